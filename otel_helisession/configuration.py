"""``configure()``: provider, processor, httpx and exporters in one call."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from opentelemetry import trace
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SpanExporter

from otel_helisession import environment
from otel_helisession import environment_variables as names
from otel_helisession.guard import logger
from otel_helisession.processor import SHUTDOWN_TIMEOUT_MILLIS, DefaultSession, SessionSpanProcessor

EXPORTERS: Final = ("otlp", "helicone", "local", "none")
"""What may be named as an exporter."""


class Handle:
    """What :func:`configure` set up, for flushing and ending it.

    Attributes:
        provider: The TracerProvider that has our processor; None when switched off.
        destinations: Where spans go, one sentence part each.
    """

    def __init__(
        self,
        provider: TracerProvider | None,
        processor: SessionSpanProcessor | None,
        destinations: Sequence[str],
        uninstrument: Callable[[], None] | None,
    ) -> None:
        self.provider = provider
        self.destinations = tuple(destinations)
        self._processor = processor
        self._uninstrument = uninstrument

    def flush(self, timeout_millis: int = 30_000) -> bool:
        """Deliver what has ended.

        Returns:
            True when every span that ended since the last flush was accepted by every
            destination within *timeout_millis*.
        """
        return self._processor is None or self._processor.force_flush(timeout_millis)

    def shutdown(self, timeout_millis: int = SHUTDOWN_TIMEOUT_MILLIS) -> bool:
        """Deliver what has ended, take the headers off httpx, and stop, in *timeout_millis*.

        Returns:
            True when nothing was lost since the start.
        """
        if self._uninstrument is not None:
            self._uninstrument()
        return self._processor is None or self._processor.shutdown(timeout_millis)

    def __enter__(self) -> Handle:
        return self

    def __exit__(self, *error: object) -> None:
        self.shutdown()


def configure(
    *,
    exporters: Iterable[str | SpanExporter] | None = None,
    store: str | None = None,
    helicone_api_key: str | None = None,
    allow_hosts: Iterable[str] | None = None,
    default_session: DefaultSession | None = None,
    service_name: str | None = None,
    httpx: bool = True,
    http_spans: bool = False,
    tracer_provider: TracerProvider | None = None,
) -> Handle:
    """Set sessions up: the processor on the TracerProvider, headers on httpx, exporters.

    Argument beats environment beats default. Without a destination, spans go to the
    embedded store; one INFO line says where they go.

    Args:
        exporters: Any of ``"otlp"``, ``"helicone"``, ``"local"``, ``"none"``, and exporter
            objects. None reads ``HELISESSION_EXPORTERS``; when that is unset, ``otlp`` if
            an ``OTEL_EXPORTER_OTLP_*ENDPOINT`` is set, ``helicone`` if there is a key, else
            ``local``.
        store: The file of the embedded store. None: ``HELISESSION_STORE`` or the default.
        helicone_api_key: None reads ``HELICONE_API_KEY``.
        allow_hosts: Hosts that may get session headers, besides Helicone's own.
        default_session: ``"trace"`` makes a session of each trace that has none.
        service_name: ``service.name`` of a provider that is made here. None:
            ``OTEL_SERVICE_NAME``.
        httpx: Whether to instrument httpx and httpx2 (see instrument_httpx).
        http_spans: Whether to turn on opentelemetry-instrumentation-httpx too, which makes
            HTTP spans and sends traceparent.
        tracer_provider: The provider to add to. None: the global one; when none is set yet,
            one is made and set.

    Returns:
        A handle with ``flush()`` and ``shutdown()``, which return the truth.

    Raises:
        ValueError: An argument or variable has a value that is not accepted.
        TypeError: An argument has the wrong type, or the provider is not the SDK's.
        ImportError: A destination needs an extra that is not installed.
    """
    if environment.disabled():
        logger.info("otel-helisession is switched off by the environment")
        return Handle(None, None, (), None)
    chosen = _chosen(exporters, store, helicone_api_key)
    made, destinations = _exporters(chosen, store, helicone_api_key)
    processor = SessionSpanProcessor(*made, default_session=default_session)
    provider = _provider(tracer_provider, service_name)
    uninstrument = _instrument(allow_hosts, provider, http_spans) if httpx else None
    provider.add_span_processor(processor)
    where = ", ".join(destinations) or "nowhere (they are only stamped)"
    logger.info("spans of sessions go to %s", where)
    return Handle(provider, processor, destinations, uninstrument)


def _chosen(
    given: Iterable[str | SpanExporter] | None, store: str | None, key: str | None
) -> list[str | SpanExporter]:
    """Return which exporters were asked for, checked."""
    if given is None:
        given = environment.items(names.HELISESSION_EXPORTERS)
        source = names.HELISESSION_EXPORTERS
    else:
        source = "exporters"
        if isinstance(given, str):
            raise TypeError(f"exporters takes a sequence, as in [{given!r}], not a text")
    if given is None:
        return list(_default_exporters(store, key))
    chosen = list(given)
    for exporter in chosen:
        known = exporter in EXPORTERS if isinstance(exporter, str) else hasattr(exporter, "export")
        if not known:
            raise ValueError(
                f"{source} has {exporter!r}; accepted: {', '.join(EXPORTERS)}"
                + ("" if source.isupper() else ", and span exporters")
            )
    if "none" in chosen and len(chosen) > 1:
        raise ValueError(f"{source} has 'none' beside others; give it alone")
    return chosen


def _default_exporters(store: str | None, key: str | None) -> Iterable[str]:
    if environment.text("OTEL_EXPORTER_OTLP_ENDPOINT") or environment.text(
        "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"
    ):
        yield "otlp"
        found = True
    else:
        found = False
    if key or environment.text(names.HELICONE_API_KEY):
        yield "helicone"
        found = True
    if store or not found:
        yield "local"


def _exporters(
    chosen: Sequence[str | SpanExporter], store: str | None, key: str | None
) -> tuple[list[SpanExporter], list[str]]:
    """Make the exporters, and say where each one sends."""
    makers: Mapping[str, Callable[[], tuple[SpanExporter, str]]] = {
        "otlp": _otlp,
        "helicone": lambda: _helicone(key),
        "local": lambda: _local(store),
    }
    made: list[SpanExporter] = []
    destinations: list[str] = []
    for exporter in chosen:
        if exporter == "none":
            continue
        if isinstance(exporter, str):
            ready, destination = makers[exporter]()
        else:
            ready, destination = exporter, type(exporter).__name__
        made.append(ready)
        destinations.append(destination)
    return made, destinations


def _otlp() -> tuple[SpanExporter, str]:
    protocol = (
        environment.text("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL")
        or environment.text("OTEL_EXPORTER_OTLP_PROTOCOL")
        or "grpc"
    )
    exporter: type[SpanExporter]
    try:
        if protocol == "grpc":
            from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import (
                OTLPSpanExporter as exporter,
            )
        elif protocol == "http/protobuf":
            from opentelemetry.exporter.otlp.proto.http.trace_exporter import (
                OTLPSpanExporter as exporter,
            )
        else:
            raise ValueError(
                f"OTEL_EXPORTER_OTLP_PROTOCOL is {protocol!r}; accepted: grpc, http/protobuf"
            )
    except ImportError as error:
        raise ImportError(
            "the otlp exporter needs an extra: pip install 'otel-helisession[otlp]'"
        ) from error
    endpoint = (
        environment.text("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
        or environment.text("OTEL_EXPORTER_OTLP_ENDPOINT")
        or "the default endpoint"
    )
    return exporter(), f"OTLP over {protocol} at {endpoint}"


def _helicone(key: str | None) -> tuple[SpanExporter, str]:
    from otel_helisession.exporters.helicone import HeliconeSpanExporter

    exporter = HeliconeSpanExporter(api_key=key)
    return exporter, "Helicone"


def _local(store: str | None) -> tuple[SpanExporter, str]:
    from otel_helisession.exporters.local import LocalSpanExporter

    exporter = LocalSpanExporter(store)
    return exporter, f"the embedded store at {exporter.path} (see: helisession ls)"


def _provider(given: Any, service_name: str | None) -> TracerProvider:
    """Return the provider to add to: the given, the global, or a new global one."""
    provider: Any = given
    if provider is None:
        provider = trace.get_tracer_provider()
        if isinstance(provider, trace.ProxyTracerProvider):
            attributes = {SERVICE_NAME: service_name} if service_name else {}
            provider = TracerProvider(resource=Resource.create(attributes))
            trace.set_tracer_provider(provider)
    if not callable(getattr(provider, "add_span_processor", None)):
        raise TypeError(
            f"the TracerProvider is a {type(provider).__module__}.{type(provider).__qualname__}, "
            "which takes no span processors; give an opentelemetry.sdk.trace.TracerProvider as "
            "tracer_provider, or set one as the global provider first"
        )
    return provider  # type: ignore[no-any-return]


def _instrument(
    allow_hosts: Iterable[str] | None, provider: TracerProvider, http_spans: bool
) -> Callable[[], None]:
    from otel_helisession.http import instrument_httpx, uninstrument_httpx

    instrument_httpx(allow_hosts=allow_hosts, tracer_provider=provider)
    if http_spans:
        try:
            from opentelemetry.instrumentation.httpx import HTTPXClientInstrumentor
        except ImportError as error:
            raise ImportError(
                "http_spans=True needs an extra: pip install 'otel-helisession[httpx]'"
            ) from error
        HTTPXClientInstrumentor().instrument(tracer_provider=provider)
    return uninstrument_httpx
