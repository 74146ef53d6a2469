"""Out, over OTLP, gRPC and HTTP: together, and unchanged but for the session."""

from __future__ import annotations

import time
from typing import Any

import grpc
import pytest
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter as GrpcExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter as HttpExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from opentelemetry.trace import Link, SpanContext, SpanKind, Status, StatusCode, TraceFlags

from otel_helisession.processor import SessionSpanProcessor
from otel_helisession.sessions.scope import session
from tests.servers.otlp import GrpcSink, HttpSink, attributes_of, spans_of


def http(sink: HttpSink, **arguments: Any) -> HttpExporter:
    """Return the stock exporter to *sink*."""
    return HttpExporter(sink.endpoint, **arguments)


def grpc_(sink: GrpcSink, **arguments: Any) -> GrpcExporter:
    """Return the stock exporter to *sink*."""
    return GrpcExporter(sink.endpoint, insecure=True, **arguments)


@pytest.fixture(params=["grpc", "http"])
def sink(request: pytest.FixtureRequest) -> Any:
    return request.getfixturevalue(f"otlp_{request.param}")


def exporter_to(sink: HttpSink | GrpcSink, **arguments: Any) -> SpanExporter:
    """Return the stock exporter to *sink*, whichever that is."""
    return http(sink, **arguments) if isinstance(sink, HttpSink) else grpc_(sink, **arguments)


def test_a_sessions_spans_arrive_in_one_request(sink: Any, provider: TracerProvider) -> None:
    """300 spans of each of three sessions, taking turns: one request a session, in order."""
    processor = SessionSpanProcessor(exporter_to(sink))
    provider.add_span_processor(processor)
    tracer = provider.get_tracer("tests")
    for number in range(300):
        for index in range(3):
            with session("Trip", id=f"t-{index}"):
                tracer.start_span(f"{index}.{number}").end()
    assert processor.force_flush()
    assert sorted([span.name for span in spans_of(request)] for request in sink.requests) == [
        [f"{index}.{number}" for number in range(300)] for index in range(3)
    ]


def test_a_session_of_several_scopes_arrives_in_one_request(
    sink: Any, provider: TracerProvider
) -> None:
    """OTLP sorts a request by scope; no other session's spans are among them."""
    processor = SessionSpanProcessor(exporter_to(sink))
    provider.add_span_processor(processor)
    for number in range(6):
        with session("Trip", id=f"t-{number % 2}"):
            provider.get_tracer(f"scope{number % 3}").start_span(f"{number}").end()
    assert processor.force_flush()
    ids = [
        {attributes_of(span)["helicone.session.id"] for span in spans_of(request)}
        for request in sink.requests
    ]
    assert sorted(ids, key=str) == [{"t-0"}, {"t-1"}]


def make_spans(provider: TracerProvider) -> None:
    """Make spans that use everything OTLP can say, in two sessions and in none."""
    first, second = provider.get_tracer("first", "1.0"), provider.get_tracer("second", "2.0")
    elsewhere = SpanContext(7, 8, True, TraceFlags(1))
    linked = [Link(elsewhere, {"why": "cause"})]
    with (
        session("Trip 🧭", id="t-1", user_id="u"),
        first.start_as_current_span("agent", kind=SpanKind.SERVER) as agent,
    ):
        agent.add_event("thought", {"n": 1, "list": [1.5, 2.5]}, timestamp=1_700_000_000)
        with second.start_as_current_span("chat", kind=SpanKind.CLIENT, links=linked) as chat:
            chat.set_attributes({"gen_ai.operation.name": "chat", "many": ["a", "b"]})
            chat.record_exception(ValueError("no rooms"))
            chat.set_status(Status(StatusCode.ERROR, "no rooms"))
        agent.set_status(Status(StatusCode.OK))
    with session("Other"):
        second.start_span("other", start_time=1_000, links=linked).end(end_time=2_000)
    first.start_span("nobody's", attributes={"bytes": 7}).end()


def told(sink: HttpSink | GrpcSink) -> dict[str, Any]:
    """Return what *sink* was told of each span, by name, but for what is the session's."""
    found = {}
    for request in sink.requests:
        for of_resource in request.resource_spans:
            for of_scope in of_resource.scope_spans:
                for span in of_scope.spans:
                    attributes = {pair.key: pair.value for pair in span.attributes}
                    attributes.pop("helicone.session.path", None)
                    attributes.pop("helicone.request.type", None)
                    span.ClearField("attributes")
                    found[span.name] = (of_resource.resource, of_scope.scope, span, attributes)
    return found


def test_nothing_but_the_session_differs_from_the_stock_processor(
    otlp_http: HttpSink, otlp_grpc: GrpcSink
) -> None:
    """Ids, parents, links, events, status, times, resource and scope are the SDK's own."""
    resource = Resource.create({"service.name": "tests"})
    provider = TracerProvider(resource=resource, shutdown_on_exit=False)
    with HttpSink() as stock:
        ours = SessionSpanProcessor(http(otlp_http), grpc_(otlp_grpc))
        provider.add_span_processor(ours)
        provider.add_span_processor(BatchSpanProcessor(http(stock)))
        make_spans(provider)
        assert provider.force_flush()
        expected = told(stock)
        assert len(expected) == 4
        assert told(otlp_http) == expected
        assert told(otlp_grpc) == expected
        provider.shutdown()


def test_a_compressed_request_is_the_same(otlp_http: HttpSink, provider: TracerProvider) -> None:
    """The exporter's own settings are its own."""
    from opentelemetry.exporter.otlp.proto.http import Compression

    processor = SessionSpanProcessor(http(otlp_http, compression=Compression.Gzip))
    provider.add_span_processor(processor)
    make_spans(provider)
    assert processor.force_flush()
    assert otlp_http.http.last.headers["content-encoding"] == "gzip"
    assert len(otlp_http.spans()) == 4


def test_a_refusal_is_told(sink: Any, provider: TracerProvider) -> None:
    """force_flush says False while the collector does not take it, and True when it does."""
    processor = SessionSpanProcessor(exporter_to(sink))
    provider.add_span_processor(processor)
    tracer = provider.get_tracer("tests")
    accepts = sink.status
    sink.status = 400 if isinstance(sink, HttpSink) else grpc.StatusCode.INVALID_ARGUMENT
    tracer.start_span("refused").end()
    assert not processor.force_flush()
    sink.status = accepts
    tracer.start_span("accepted").end()
    assert processor.force_flush()
    assert sorted(span.name for span in sink.spans()) == ["accepted", "refused"]


def test_a_dead_collector_delays_no_other(
    otlp_http: HttpSink, otlp_grpc: GrpcSink, provider: TracerProvider
) -> None:
    """One collector hangs; the other has its spans at once, and shutdown keeps its time."""
    otlp_http.delay_seconds = 10
    processor = SessionSpanProcessor(http(otlp_http, timeout=5), grpc_(otlp_grpc))
    provider.add_span_processor(processor)
    provider.get_tracer("tests").start_span("work").end()
    assert not processor.force_flush(300)
    assert [span.name for span in otlp_grpc.spans()] == ["work"]
    started = time.monotonic()
    assert not processor.shutdown(300)
    assert time.monotonic() - started < 2


def test_exporting_is_not_traced(otlp_http: HttpSink, provider: TracerProvider) -> None:
    """Instrumentations make no spans of our own traffic."""
    instrumentation = pytest.importorskip("opentelemetry.instrumentation.utils")
    seen: list[bool] = []

    class Watching(HttpExporter):
        def export(self, spans: Any) -> Any:
            seen.append(instrumentation.is_instrumentation_enabled())
            return super().export(spans)

    processor = SessionSpanProcessor(Watching(otlp_http.endpoint))
    provider.add_span_processor(processor)
    provider.get_tracer("tests").start_span("work").end()
    assert processor.force_flush()
    assert seen == [False]
