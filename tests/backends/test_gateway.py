"""gateway.yaml: what it masks, what it refuses, and what it keeps when it is killed."""

from __future__ import annotations

from collections.abc import Callable

import grpc
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from otel_helisession import SessionSpanProcessor, session, step
from tests.backends.collector import Collector
from tests.backends.processes import free_port, until
from tests.backends.sending import tracing
from tests.servers.otlp import GrpcSink, attributes_of

KEY = "sk-helicone-" + "0" * 24


def test_secrets_do_not_arrive(
    collector: Callable[..., Collector], sink: GrpcSink, sink_address: str
) -> None:
    """Keys, tokens and addresses are masked wherever a span has attributes; counts are not."""
    gateway = collector("gateway", BACKEND_OTLP=sink_address)
    with (
        tracing(gateway.grpc, SessionSpanProcessor()) as tracer,
        session("Trip", id="trip-1"),
        tracer.start_as_current_span("chat") as span,
    ):
        span.set_attribute("gen_ai.headers", f"{{'Helicone-Auth': 'Bearer {KEY}'}}")
        span.set_attribute("http.request.header.authorization", ["Basic c2VjcmV0"])
        span.set_attribute("note", f"the key is {KEY}, ask traveller@example.test")
        span.set_attribute("gen_ai.usage.input_tokens", 4111)
        span.add_event("said", {"text": f"use {KEY}"})
    assert until(lambda: len(sink.spans()) == 1)
    (request,) = sink.requests
    told = attributes_of(sink.spans()[0])
    assert KEY.encode() not in request.SerializeToString()
    assert b"c2VjcmV0" not in request.SerializeToString()
    assert b"traveller@example.test" not in request.SerializeToString()
    assert told["note"] == "the key is ****, ask ****"
    assert told["gen_ai.usage.input_tokens"] == 4111
    assert told["helicone.session.id"] == told["session.id"] == "trip-1"


def test_a_killed_gateway_loses_nothing_that_it_had_accepted(
    collector: Callable[..., Collector], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Spans that were taken while the backend was down arrive after kill -9 and a new start."""
    port = free_port()
    gateway = collector("gateway", BACKEND_OTLP=f"127.0.0.1:{port}")
    with tracing(gateway.grpc, SessionSpanProcessor()) as tracer:
        for number in range(40):
            with session("Trip", id=f"kept-{number}"), step("plan"):
                tracer.start_span("chat").end()
    gateway.kill()
    with GrpcSink(port) as backend:
        gateway.start()
        assert until(lambda: len(backend.spans()) >= 40)
        told = [attributes_of(span)["helicone.session.id"] for span in backend.spans()]
    assert sorted(told) == sorted(f"kept-{number}" for number in range(40))


def test_a_full_queue_refuses_so_that_senders_keep_their_spans(
    collector: Callable[..., Collector],
) -> None:
    """With its queue full the gateway answers that it has no room, and takes nothing more."""
    small = "yaml:exporters::otlp_grpc/backend::sending_queue::queue_size: 5"
    batches = "yaml:exporters::otlp_grpc/backend::sending_queue::batch::max_size: 5"
    least = "yaml:exporters::otlp_grpc/backend::sending_queue::batch::min_size: 1"
    gateway = collector("gateway", small, batches, least, BACKEND_OTLP=f"127.0.0.1:{free_port()}")
    with grpc.insecure_channel(f"127.0.0.1:{gateway.grpc_port}") as channel:
        send = channel.unary_unary(
            "/opentelemetry.proto.collector.trace.v1.TraceService/Export",
            request_serializer=ExportTraceServiceRequest.SerializeToString,
        )
        refused = [code for code in (_code(send, 4) for _ in range(6)) if code is not None]
    assert refused
    assert set(refused) <= {grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.RESOURCE_EXHAUSTED}


def _code(send: grpc.UnaryUnaryMultiCallable, spans: int) -> grpc.StatusCode | None:
    request = ExportTraceServiceRequest()
    scope = request.resource_spans.add().scope_spans.add()
    for number in range(spans):
        scope.spans.add(trace_id=b"t" * 16, span_id=bytes([number + 1]) * 8, name="chat")
    try:
        send(request, timeout=10)
    except grpc.RpcError as error:
        return error.code()
    return None
