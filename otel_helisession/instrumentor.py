"""The instrumentor ``helisession``: sessions under ``opentelemetry-instrument``, without code."""

from __future__ import annotations

import logging
from collections.abc import Collection
from typing import Any, Final

from opentelemetry import trace
from opentelemetry.instrumentation.instrumentor import (  # type: ignore[attr-defined]
    BaseInstrumentor,
)

from otel_helisession import environment
from otel_helisession import environment_variables as names
from otel_helisession.configuration import Handle, check, configure, configure_headers
from otel_helisession.guard import caught, logger, once

OPTIONS: Final = (
    *("exporters", "store", "helicone_api_key", "allow_hosts", "trust_inbound"),
    *("default_session", "logs"),
)
"""What ``instrument()`` takes, and a configuration file may say; see configure()."""

_CUSTOMARY: Final = ("tracer_provider", "meter_provider", "logger_provider")
"""What every instrumentor may be given. Only the first one means something here."""


class HelisessionInstrumentor(BaseInstrumentor):  # type: ignore[misc]
    """Stamps sessions on the spans of the TracerProvider, and puts their headers on httpx.

    ``opentelemetry-instrument`` finds it by itself, and ``OTEL_CONFIG_FILE`` by its name::

        instrumentation/development:
          python:
            helisession:
              allow_hosts: [gateway.example.com]
              exporters: [local]

    It adds exporters only when ``HELISESSION_EXPORTERS`` or the file names them. If there is
    no TracerProvider yet, it makes one for these exporters; without exporters it leaves that
    to the program, and only puts the headers on.

    It never raises, because that would stop every instrumentor after it: where something is
    wrong it logs once, and is off.
    """

    _handle: Handle | None = None

    def instrumentation_dependencies(self) -> Collection[str]:
        """Return nothing: httpx and httpx2 are patched when the program imports them."""
        return ()

    def instrument(self, **options: Any) -> None:
        """Switch sessions on. The second call does nothing, and says nothing: with a
        configuration file, ``opentelemetry-instrument`` calls once more."""
        if not self.is_instrumented_by_opentelemetry:
            super().instrument(**options)

    def _instrument(self, **options: Any) -> None:
        if environment.disabled():
            return
        try:
            self._handle = _configured(options)
        except (TypeError, ValueError, ImportError) as error:
            once(("instrumentor",), logging.ERROR, "sessions are off: %s", error)
        except Exception as error:
            caught("HelisessionInstrumentor.instrument", error)

    def _uninstrument(self, **_: Any) -> None:
        """Deliver what has ended, and stop: no stamps, headers or exports from now on."""
        handle, self._handle = self._handle, None
        if handle is not None:
            handle.shutdown()


def _configured(options: dict[str, Any]) -> Handle:
    """Set up what *options* and the environment ask for.

    Raises:
        TypeError: An option is unknown, or has the wrong type.
        ValueError: An option or variable has a value that is not accepted.
        ImportError: An exporter needs an extra that is not installed.
    """
    given = {name: value for name, value in options.items() if name not in _CUSTOMARY}
    unknown = sorted(given.keys() - set(OPTIONS))
    if unknown:
        raise TypeError(
            f"the instrumentor helisession has no option {unknown[0]!r}; "
            f"accepted: {', '.join(OPTIONS)}"
        )
    provider = options.get("tracer_provider")
    exporters = given.get("exporters")
    if exporters is None:
        exporters = environment.items(names.HELISESSION_EXPORTERS) or ("none",)
    elif not isinstance(exporters, (list, tuple)):
        raise TypeError(f"exporters takes a list, as in [local], not {exporters!r}")
    given["exporters"] = exporters
    if tuple(exporters) == ("none",) and provider is None and _is_missing():
        return _headers_only(given)
    return configure(**given, tracer_provider=provider)


def _is_missing() -> bool:
    """Tell whether nobody has set a TracerProvider."""
    return isinstance(trace.get_tracer_provider(), trace.ProxyTracerProvider)


def _headers_only(options: dict[str, Any]) -> Handle:
    """Leave the provider to the program: setting one here would shut its own out."""
    hosts, trust = options.get("allow_hosts"), options.get("trust_inbound")
    check(exporters=("none",), allow_hosts=hosts, default_session=options.get("default_session"))
    handle = configure_headers(allow_hosts=hosts, trust_inbound=trust)
    logger.info(
        "there is no TracerProvider yet, so spans are not stamped: install opentelemetry-distro, "
        "or name exporters in %s, or add a SessionSpanProcessor to the provider that the program "
        "makes",
        names.HELISESSION_EXPORTERS,
    )
    return handle
