"""Our processor with stock exporters before a real Collector that is away, slow, or full."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter as Grpc
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter as Http
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse
from opentelemetry.sdk.trace import TracerProvider

from otel_helisession import SessionSpanProcessor, session
from tests.backends.collector import Collector
from tests.backends.processes import free_port, until
from tests.servers.echo import EchoServer
from tests.servers.otlp import GrpcSink, attributes_of

Start = Callable[..., Collector]


@pytest.fixture(params=["grpc", "http"])
def pipeline(request: pytest.FixtureRequest) -> Iterator[Callable[[Collector], Any]]:
    """Return ``pipeline(collector)``: our processor with a stock exporter to it, and a tracer."""
    made: list[TracerProvider] = []

    def start(hop: Collector) -> Any:
        exporter: Any = (
            Grpc(endpoint=hop.grpc, insecure=True, timeout=2)
            if request.param == "grpc"
            else Http(endpoint=hop.http, timeout=2)
        )
        provider = TracerProvider(shutdown_on_exit=False)
        processor = SessionSpanProcessor(exporter)
        provider.add_span_processor(processor)
        made.append(provider)
        return processor, provider.get_tracer("tests")

    yield start
    for provider in made:
        provider.shutdown()


def sessions(tracer: Any, *ids: str) -> None:
    """End a span in each session."""
    for one in ids:
        with session("Trip", id=one):
            tracer.start_span("chat").end()


def ids(sink: GrpcSink) -> list[str]:
    """Return the session ids of what arrived, sorted."""
    return sorted(attributes_of(span)["helicone.session.id"] for span in sink.spans())


def test_a_collector_that_restarts_misses_nothing(
    pipeline: Callable[[Collector], Any],
    collector: Start,
    sink: GrpcSink,
    sink_address: str,
    lenient: None,
) -> None:
    """Spans that end while it is away arrive when it is back, once."""
    hop = collector("gateway", BACKEND_OTLP=sink_address)
    processor, tracer = pipeline(hop)
    sessions(tracer, "before")
    assert processor.force_flush(10_000)
    hop.kill()
    sessions(tracer, "during-1", "during-2")
    assert not processor.force_flush(3_000)
    hop.start()
    assert until(lambda: processor.force_flush(5_000), 60)
    assert until(lambda: len(sink.spans()) >= 3)
    assert ids(sink) == ["before", "during-1", "during-2"]


def test_a_collector_without_room_gets_them_when_it_has_some(
    pipeline: Callable[[Collector], Any], collector: Start, lenient: None
) -> None:
    """A full queue refuses; what was refused is kept by our processor, and arrives after all."""
    port = free_port()
    path = "yaml:exporters::otlp_grpc/backend::sending_queue::"
    small = (f"{path}queue_size: 2", f"{path}batch::max_size: 1", f"{path}batch::min_size: 1")
    soon = "yaml:exporters::otlp_grpc/backend::retry_on_failure::max_interval: 1s"
    hop = collector("gateway", *small, soon, BACKEND_OTLP=f"127.0.0.1:{port}")
    processor, tracer = pipeline(hop)
    wanted = [f"full-{number:02}" for number in range(30)]
    for one in wanted:
        sessions(tracer, one)
        processor.force_flush(50)
    with GrpcSink(port) as backend:
        assert until(lambda: processor.force_flush(5_000), 60)
        assert until(lambda: len(backend.spans()) >= 30, 60)
        assert sorted(set(ids(backend))) == wanted


def test_what_the_backend_takes_slowly_is_not_the_programs_wait(
    pipeline: Callable[[Collector], Any], collector: Start, sink: GrpcSink, sink_address: str
) -> None:
    """The gateway answers at once, and its queue waits for the backend."""
    sink.delay_seconds = 3.0
    hop = collector("gateway", BACKEND_OTLP=sink_address)
    processor, tracer = pipeline(hop)
    sessions(tracer, "slow")
    assert processor.force_flush(1_500)
    assert until(lambda: ids(sink) == ["slow"], 10)


def test_a_partial_success_is_told_and_final(provider: TracerProvider, echo: EchoServer) -> None:
    """What was rejected is not sent again, as OTLP wants, and the flush says so."""
    answer = ExportTraceServiceResponse()
    answer.partial_success.rejected_spans = 1
    answer.partial_success.error_message = "too long"
    kind = {"content-type": "application/x-protobuf"}
    echo.answers["/v1/traces"] = (200, kind, answer.SerializeToString())
    processor = SessionSpanProcessor(Http(endpoint=f"{echo.url}/v1/traces"))
    provider.add_span_processor(processor)
    sessions(provider.get_tracer("tests"), "partial")
    assert not processor.force_flush(5_000)
    assert processor.force_flush(5_000)
    assert len(echo.requests) == 1
