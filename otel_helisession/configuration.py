"""``configure()``: provider, processor, httpx and exporters in one call."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from opentelemetry import propagate, trace
from opentelemetry.metrics import MeterProvider
from opentelemetry.propagators.composite import CompositePropagator
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SpanExporter
from opentelemetry.trace import set_tracer_provider

from otel_helisession import destinations, environment, termination
from otel_helisession import environment_variables as names
from otel_helisession.delivery.exit import EXIT_MILLIS
from otel_helisession.finishing import Redact
from otel_helisession.guard import logger
from otel_helisession.late_provider import SharedProcessor
from otel_helisession.linking import SessionLinkProcessor
from otel_helisession.processor import DefaultSession, SessionSpanProcessor
from otel_helisession.propagator import SessionPropagator
from otel_helisession.spool.choice import SpoolChoice


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
        undo: Sequence[Callable[[], None]],
    ) -> None:
        self.provider = provider
        self.destinations = tuple(destinations)
        self._processor = processor
        self._undo = tuple(undo)

    def flush(self, timeout_millis: int = 30_000) -> bool:
        """Deliver what has ended.

        Returns:
            True when every span that ended since the last flush was accepted by every
            destination within *timeout_millis*.
        """
        return self._processor is None or self._processor.force_flush(timeout_millis)

    def add_to(self, provider: TracerProvider) -> None:
        """Stamp and deliver the spans of *provider* as well; its end is not ours."""
        if self._processor is not None and provider is not self.provider:
            provider.add_span_processor(SharedProcessor(self._processor))

    def shutdown(self, timeout_millis: int = EXIT_MILLIS) -> bool:
        """Deliver what has ended, send no more headers, and stop, in *timeout_millis*.

        Returns:
            True when every span since the start was accepted by every destination.
        """
        for undo in self._undo:
            undo()
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
    trust_inbound: bool | None = None,
    default_session: DefaultSession | None = None,
    service_name: str | None = None,
    httpx: bool = True,
    http_spans: bool = False,
    logs: bool = False,
    spool: SpoolChoice = None,
    handle_sigterm: bool | None = None,
    capture_content: bool | None = None,
    redact: Redact | None = None,
    session_metrics: bool | None = None,
    bucket: bool | None = None,
    link_traces: bool | None = None,
    tracer_provider: TracerProvider | None = None,
    meter_provider: MeterProvider | None = None,
) -> Handle:
    """Set sessions up: processor, exporters, headers on httpx, propagator for other clients.

    Argument beats environment beats default. Without a destination, spans go to the
    embedded store; one INFO line says where they go. A propagator of ours that is there
    already (``OTEL_PROPAGATORS``) stays; another is added only for what is given here.

    Args:
        exporters: Any of ``"otlp"``, ``"session_trace"`` (one trace a session, to where
            ``otlp`` sends), ``"helicone"``, ``"local"``, ``"none"``, and exporter objects. None
            reads ``HELISESSION_EXPORTERS``; when that is unset, ``otlp`` if an
            ``OTEL_EXPORTER_OTLP_*ENDPOINT`` is set, ``helicone`` if there is a key, else ``local``.
        store: The file of the embedded store. None: ``HELISESSION_STORE`` or the default.
        helicone_api_key: None reads ``HELICONE_API_KEY``.
        allow_hosts: Hosts that may get session headers, besides Helicone's own.
        trust_inbound: Whether inbound headers continue a session (see SessionPropagator).
        default_session: ``"trace"`` makes a session of each trace that has none.
        service_name: ``service.name`` of a provider made here; None: ``OTEL_SERVICE_NAME``.
        httpx: Whether to instrument httpx and httpx2 (see instrument_httpx).
        http_spans: Whether to turn on opentelemetry-instrumentation-httpx too, which makes
            HTTP spans and sends traceparent.
        logs: Whether log records name their session, after shutdown too: see instrument_logging.
        spool: A directory for spans that a destination does not take, until it does; True:
            the default one, False: none, None: ``HELISESSION_SPOOL``, else none.
        handle_sigterm: Whether SIGTERM delivers first. None: ``HELISESSION_HANDLE_SIGTERM``.
        capture_content: False: no destination gets messages, arguments, results, queries and
            data. None: ``HELISESSION_CAPTURE_CONTENT``, else all that is on the spans.
        redact: Your own masking, a function of an attribute's name and a text in it: see
            SessionSpanProcessor, and docs/content.md.
        session_metrics: Whether to count what sessions do. None: ``HELISESSION_SESSION_METRICS``.
        bucket: Whether spans say their session's hundredth. None: ``HELISESSION_BUCKET``.
        link_traces: Whether the traces of one session link to each other, each to the one before
            it. None: ``HELISESSION_LINK_TRACES``.
        tracer_provider: The provider to add to. None: the global one, made if there is none.
        meter_provider: Where metrics go (docs/metrics.md). None: the global one.

    Returns:
        A handle with ``flush()`` and ``shutdown()``, which return the truth.

    Raises:
        ValueError: An argument or variable has a value that is not accepted.
        TypeError: An argument has the wrong type, or the provider is not the SDK's.
        ImportError: A destination needs an extra that is not installed.
    """
    if logs:
        _instrument_logging()
    if _is_disabled():
        return Handle(None, None, (), ())
    allow_hosts = _to_read_twice(allow_hosts)
    on_sigterm = termination.chosen(handle_sigterm)
    chosen = destinations.chosen(exporters, store, helicone_api_key)
    made, places = destinations.exporters(chosen, store, helicone_api_key, capture_content)
    processor = SessionSpanProcessor(
        *made,
        default_session=default_session,
        bucket=_chosen(bucket, names.HELISESSION_BUCKET),
        spool=spool,
        redact=redact,
        session_metrics=session_metrics,
        meter_provider=meter_provider,
    )
    propagator = SessionPropagator(allow_hosts=allow_hosts, trust_inbound=trust_inbound)
    provider = _provider(tracer_provider, service_name)
    undo = [_instrument(allow_hosts, provider, http_spans)] if httpx else []
    undo.append(_propagate(propagator, given=(allow_hosts, trust_inbound) != (None, None)))
    provider.add_span_processor(processor)
    if _chosen(link_traces, names.HELISESSION_LINK_TRACES):
        provider.add_span_processor(SessionLinkProcessor())
    undo.append(on_sigterm())
    logger.info("spans of sessions go to %s", ", ".join(places) or "nowhere (only stamped)")
    return Handle(provider, processor, places, undo)


def configure_headers(
    *, allow_hosts: Iterable[str] | None = None, trust_inbound: bool | None = None
) -> Handle:
    """Set up the headers alone, for a program that makes its TracerProvider later.

    Raises:
        ValueError: An argument or variable has a value that is not accepted.
        TypeError: An argument has the wrong type.
    """
    if environment.disabled():
        return Handle(None, None, (), ())
    allow_hosts = _to_read_twice(allow_hosts)
    propagator = SessionPropagator(allow_hosts=allow_hosts, trust_inbound=trust_inbound)
    given = (allow_hosts, trust_inbound) != (None, None)
    undo = (_instrument(allow_hosts, None, False), _propagate(propagator, given))
    return Handle(None, None, (), undo)


def check(
    *,
    exporters: Iterable[str] | None = None,
    store: str | None = None,
    allow_hosts: Iterable[str] | None = None,
    default_session: DefaultSession | None = None,
) -> tuple[str, ...]:
    """Raise what configure() would raise of this and the environment, and set nothing up.

    Returns:
        The names of the exporters that it would use; empty for ``none``.
    """
    from otel_helisession.http.settings import Settings

    chosen = destinations.chosen(exporters, store, None)
    made, _ = destinations.exporters(chosen, store, None)
    try:
        SessionSpanProcessor(*made, default_session=default_session)
        Settings.of(allow_hosts, True, None, None)
        SessionPropagator(allow_hosts=allow_hosts)
    finally:
        for exporter in made:
            exporter.shutdown()
    return tuple(str(name) for name in chosen if name != "none")


def _is_disabled() -> bool:
    environment.flag(names.HELISESSION_DISABLED)  # a switch that is neither on nor off raises
    if environment.disabled():
        logger.info("otel-helisession is switched off by the environment")
    return environment.disabled()


def _chosen(given: bool | None, name: str) -> bool:
    return environment.flag(name) if given is None else given


def _to_read_twice(hosts: Iterable[str] | None) -> Iterable[str] | None:
    return hosts if hosts is None or isinstance(hosts, str) else tuple(hosts)


def _provider(given: Any, service_name: str | None) -> TracerProvider:
    """Return the provider to add to: the given, the global, or a new global one."""
    provider: Any = given
    if provider is None:
        provider = trace.get_tracer_provider()
        if isinstance(provider, trace.ProxyTracerProvider):
            attributes = {SERVICE_NAME: service_name} if service_name else {}
            provider = TracerProvider(resource=Resource.create(attributes))
            set_tracer_provider(provider)
    if not callable(getattr(provider, "add_span_processor", None)):
        raise TypeError(
            f"the TracerProvider is a {type(provider).__module__}.{type(provider).__qualname__}, "
            "which takes no span processors; give an opentelemetry.sdk.trace.TracerProvider as "
            "tracer_provider, or set one as the global provider first"
        )
    return provider  # type: ignore[no-any-return]


_take_back: Callable[[], None] = lambda: None  # noqa: E731
"""Undoes what _propagate() did last."""


def _propagate(propagator: SessionPropagator, given: bool) -> Callable[[], None]:
    """Put *propagator* beside the global one, in place of the last; return what undoes it.

    Where one of ours is there already, only if something was *given* that it may not know.
    """
    global _take_back
    _take_back()
    before = propagate.get_global_textmap()
    if before.fields.isdisjoint(propagator.fields) or given:
        both = CompositePropagator([before, propagator])
        propagate.set_global_textmap(both)

        def take_back() -> None:
            if propagate.get_global_textmap() is both:
                propagate.set_global_textmap(before)

        _take_back = take_back
    return _take_back


def _instrument_logging() -> None:
    from otel_helisession.logs import instrument_logging

    instrument_logging()


def _instrument(
    allow_hosts: Iterable[str] | None, provider: TracerProvider | None, http_spans: bool
) -> Callable[[], None]:
    from otel_helisession.http import instrument_httpx, uninstrument_httpx
    from otel_helisession.http.spans import instrument_http_spans

    instrument_httpx(allow_hosts=allow_hosts, tracer_provider=provider)
    if http_spans:
        instrument_http_spans(provider)
    return uninstrument_httpx
