"""The instrumentor ``helisession``: sessions under ``opentelemetry-instrument``, without code."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection
from typing import Any, Final

from opentelemetry import trace
from opentelemetry.instrumentation.instrumentor import (  # type: ignore[attr-defined]
    BaseInstrumentor,
)

from otel_helisession import environment
from otel_helisession import environment_variables as names
from otel_helisession.configuration import Handle, check, configure, configure_headers
from otel_helisession.guard import caught, once
from otel_helisession.late_provider import follow
from otel_helisession.processor import SessionSpanProcessor

OPTIONS: Final = (
    *("exporters", "store", "helicone_api_key", "allow_hosts", "trust_inbound"),
    *("default_session", "logs", "spool", "handle_sigterm", "bucket", "link_traces"),
    *("capture_content", "redact", "session_metrics"),
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
    to the program. Sessions hold on a provider that the program sets later, too.

    It never raises, because that would stop every instrumentor after it: where something is
    wrong it logs once, and is off.
    """

    _handle: Handle | None = None
    _stop_following: Callable[[], None] | None = None

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
            self._set_up(options)
        except (TypeError, ValueError, ImportError) as error:
            once(("instrumentor",), logging.ERROR, "sessions are off: %s", error)
        except Exception as error:
            caught("HelisessionInstrumentor.instrument", error)

    def _set_up(self, options: dict[str, Any]) -> None:
        given = _checked(options)
        provider = options.get("tracer_provider")
        if tuple(given["exporters"]) == ("none",) and provider is None and _is_missing():
            # Setting a provider here would shut the program's own out.
            self._handle = _headers_only(given)
        else:
            self._handle = configure(**given, tracer_provider=provider)
        if provider is None:
            stamping = SessionSpanProcessor(default_session=given.get("default_session"))
            self._stop_following = follow(lambda later: self._join(later, stamping))

    def _join(self, provider: Any, stamping: SessionSpanProcessor) -> None:
        """Have sessions hold on a provider that the program has set up after us."""
        if self._handle is None or not callable(getattr(provider, "add_span_processor", None)):
            return
        if self._handle.provider is None:
            provider.add_span_processor(stamping)
        else:
            self._handle.add_to(provider)

    def _uninstrument(self, **_: Any) -> None:
        """Deliver what has ended, and stop: no stamps, headers or exports from now on."""
        handle, self._handle = self._handle, None
        if self._stop_following is not None:
            self._stop_following()
        if handle is not None:
            handle.shutdown()


def _checked(options: dict[str, Any]) -> dict[str, Any]:
    """Return those of *options* that configure() takes, exporters always among them.

    Raises:
        TypeError: One is unknown.
    """
    given = {name: value for name, value in options.items() if name not in _CUSTOMARY}
    unknown = sorted(given.keys() - set(OPTIONS))
    if unknown:
        raise TypeError(
            f"the instrumentor helisession has no option {unknown[0]!r}; "
            f"accepted: {', '.join(OPTIONS)}"
        )
    exporters = given.get("exporters")
    if exporters is None:
        exporters = environment.items(names.HELISESSION_EXPORTERS) or ("none",)
    elif not isinstance(exporters, (list, tuple)):
        raise TypeError(f"exporters takes a list, as in [local], not {exporters!r}")
    return {**given, "exporters": exporters}


def _is_missing() -> bool:
    """Tell whether nobody has set a TracerProvider."""
    return isinstance(trace.get_tracer_provider(), trace.ProxyTracerProvider)


def _headers_only(options: dict[str, Any]) -> Handle:
    """Put the headers on, until the program sets a TracerProvider."""
    hosts, trust = options.get("allow_hosts"), options.get("trust_inbound")
    check(exporters=("none",), allow_hosts=hosts, default_session=options.get("default_session"))
    return configure_headers(allow_hosts=hosts, trust_inbound=trust)
