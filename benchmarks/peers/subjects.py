"""Each peer, set up as its own documentation says and at its cheapest, around a plain SDK span.

Imported in the peer's environment, which has no other. A subject is made in a process of its own.
Whoever delivers does so to an exporter that drops everything, on a thread of its own, which the
figures leave out: they are the CPU time of the user's thread.
"""

from __future__ import annotations

import os
import tempfile
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from opentelemetry import baggage, context, trace
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult

SECRET = "sk-helicone-0000000-0000000-0000000-0000000"


class Nowhere(SpanExporter):
    """Takes spans and drops them."""

    def export(self, spans: Any) -> SpanExportResult:
        return SpanExportResult.SUCCESS


class Nothing(SpanProcessor):
    """Does nothing: the bare span that the others add to."""


@dataclass(frozen=True)
class Subject:
    """What is measured of a peer.

    Attributes:
        span: Starts and ends one span; what it costs more than a bare one is the peer's.
        session: A block in which a session is set, or None where there is no such thing.
        delivers: Whether the span is also queued for delivery.
    """

    span: Callable[[], object]
    session: Callable[[], AbstractContextManager[Any]] | None
    delivers: bool


def plain(processor: SpanProcessor) -> Callable[[], object]:
    """Return what starts and ends a span of a plain provider with *processor*."""
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(processor)
    return spans_of(provider.get_tracer("benchmark"))


def spans_of(tracer: Any) -> Callable[[], object]:
    return lambda: tracer.start_span("work").end()


def bare() -> Subject:
    return Subject(plain(Nothing()), None, False)


def batch() -> Subject:
    return Subject(plain(BatchSpanProcessor(Nowhere())), None, True)


def helisession(deliver: bool) -> Subject:
    from otel_helisession import SessionSpanProcessor, session

    exporters = [Nowhere()] if deliver else []
    return Subject(
        plain(SessionSpanProcessor(*exporters)),
        lambda: session("Trip planner", id="t-1", path="/trip/research"),
        deliver,
    )


def baggage_processor() -> Subject:
    from opentelemetry.processor.baggage import ALLOW_ALL_BAGGAGE_KEYS, BaggageSpanProcessor

    @contextmanager
    def entries() -> Any:
        changed = context.get_current()
        for name in ("id", "path", "name"):
            changed = baggage.set_baggage(f"session.{name}", "t-1", changed)
        token = context.attach(changed)
        yield
        context.detach(token)

    return Subject(plain(BaggageSpanProcessor(ALLOW_ALL_BAGGAGE_KEYS)), entries, False)


def openinference() -> Subject:
    from openinference.instrumentation import TracerProvider as TheirProvider
    from openinference.instrumentation import using_session

    provider = TheirProvider(shutdown_on_exit=False)
    provider.add_span_processor(Nothing())
    tracer = provider.get_tracer("benchmark")
    return Subject(spans_of(tracer), lambda: using_session("t-1"), False)


def langfuse() -> Subject:
    from langfuse import Langfuse, propagate_attributes

    provider = TracerProvider(shutdown_on_exit=False)
    Langfuse(
        public_key="pk-lf-0000",
        secret_key="sk-lf-0000",
        base_url="http://127.0.0.1:9",
        tracer_provider=provider,
        span_exporter=Nowhere(),
    )
    span = spans_of(provider.get_tracer("benchmark"))
    return Subject(span, lambda: propagate_attributes(session_id="t-1"), True)


def logfire() -> Subject:
    import logfire

    logfire.configure(
        send_to_logfire=False,
        console=False,
        metrics=False,
        additional_span_processors=[BatchSpanProcessor(Nowhere())],
    )
    span = spans_of(trace.get_tracer("benchmark"))
    return Subject(span, lambda: logfire.set_baggage(session_id="t-1"), True)


def traceloop() -> Subject:
    os.environ.update(TRACELOOP_TELEMETRY="false", TRACELOOP_METRICS_ENABLED="false")
    from traceloop.sdk import Traceloop
    from traceloop.sdk.instruments import Instruments

    Traceloop.init("benchmark", exporter=Nowhere(), instruments={Instruments.OPENAI})

    @contextmanager
    def properties() -> Any:
        Traceloop.set_association_properties({"session_id": "t-1", "path": "/trip", "name": "t"})
        yield

    return Subject(spans_of(trace.get_tracer("benchmark")), properties, True)


def openlit() -> Subject:
    import openlit
    from openlit import __helpers as helpers

    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(Nothing())
    trace.set_tracer_provider(provider)
    prices = Path(tempfile.mkstemp(suffix=".json")[1])  # or it downloads them
    prices.write_text("{}")
    openlit.init(pricing_json=str(prices), disable_metrics=True)
    tracer = provider.get_tracer("benchmark")

    def span() -> None:  # what each of its instrumentations does with its own spans
        made = tracer.start_span("work")
        helpers._apply_custom_span_attributes(made)
        made.end()

    keys = {"session.id": "t-1", "session.path": "/trip", "session.name": "t"}
    return Subject(span, lambda: openlit.using_attributes(keys), False)


class _Taken(BaseHTTPRequestHandler):
    """Answers every log with 200."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, format: str, *args: Any) -> None:
        pass


def helicone_helpers() -> Subject:
    from helicone_helpers import HeliconeManualLogger

    server = ThreadingHTTPServer(("127.0.0.1", 0), _Taken)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    logger = HeliconeManualLogger(
        SECRET, logging_endpoint=f"http://127.0.0.1:{server.server_address[1]}"
    )
    headers = {"Helicone-Session-Id": "t-1", "Helicone-Session-Path": "/trip"}  # per call
    request = {"model": "gpt-5-mini", "messages": [{"role": "user", "content": "Where to?"}]}

    def log() -> None:
        logger.log_request(
            request, lambda result: result.append_results({"id": "1"}), headers, "openai"
        )

    return Subject(log, None, True)


SUBJECTS: dict[str, Callable[[], Subject]] = {
    "SDK, BatchSpanProcessor alone": batch,
    "otel-helisession, stamping": lambda: helisession(False),
    "otel-helisession, with delivery": lambda: helisession(True),
    "BaggageSpanProcessor, 3 entries": baggage_processor,
    "OpenLIT, 3 keys (its own spans)": openlit,
    "Traceloop, 3 properties": traceloop,
    "OpenInference (its own spans)": openinference,
    "Langfuse, session id": langfuse,
    "Logfire, one baggage entry": logfire,
    "helicone-helpers, one log": helicone_helpers,
}
"""What makes each row of the table; environments.py says where it runs."""
