"""helicone.yaml: what reaches Helicone's OTLP intake, in the names that it reads."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from otel_helisession import SessionSpanProcessor, session, step
from tests.backends.collector import Collector
from tests.backends.processes import until
from tests.backends.sending import tracing
from tests.servers.echo import EchoServer
from tests.servers.otlp import GrpcSink, attributes_of, spans_of

KEY = "sk-helicone-" + "0" * 24
INTAKE = "/v1/trace/log-python"

Start = Callable[..., Collector]


def one_session(tracer: Any) -> None:
    """Make a session with a call to a model and one to a tool."""
    with session("Trip", id="trip-1", user_id="user-1", properties={"plan": "pro"}), step("plan"):
        span = tracer.start_span("chat m1")
        span.set_attributes(
            {
                "helicone.request.type": "llm",
                "gen_ai.provider.name": "openai",
                "gen_ai.request.model": "m1",
                "gen_ai.usage.input_tokens": 10,
                "gen_ai.usage.output_tokens": 5,
                "gen_ai.input.messages": '[{"role":"user"}]',
                "gen_ai.output.messages": '[{"role":"assistant"}]',
            }
        )
        span.end()
        tracer.start_span("tool", attributes={"helicone.request.type": "tool"}).end()


def test_llm_calls_arrive_in_the_intakes_names(
    collector: Start, sink: GrpcSink, sink_address: str, echo: EchoServer
) -> None:
    """One span of two, with session, user, property, model, tokens and text."""
    endpoint = {"HELICONE_OTLP_ENDPOINT": echo.url + INTAKE, "HELICONE_API_KEY": KEY}
    hop = collector("helicone", BACKEND_OTLP=sink_address, **endpoint)
    with tracing(hop.grpc, SessionSpanProcessor()) as tracer:
        one_session(tracer)
    assert until(lambda: len(sink.spans()) == 2 and bool(echo.requests))
    (request,) = echo.requests
    assert (request.path, request.headers["authorization"]) == (INTAKE, f"Bearer {KEY}")
    (span,) = spans_of(ExportTraceServiceRequest.FromString(request.body))
    told, prefix = attributes_of(span), "traceloop.association.properties.Helicone-"
    wanted = {
        prefix + "Session-Id": "trip-1",
        prefix + "Session-Path": "/plan",
        prefix + "Session-Name": "Trip",
        prefix + "User-Id": "user-1",
        prefix + "Property-plan": "pro",
        "gen_ai.system": "openai",
        "gen_ai.response.model": "m1",
        "gen_ai.usage.prompt_tokens": 10,
        "gen_ai.usage.completion_tokens": 5,
        "llm.usage.total_tokens": 15,
        "gen_ai.prompt.0.content": '[{"role":"user"}]',
        "gen_ai.completion.0.content": '[{"role":"assistant"}]',
    }
    assert {**told, **wanted} == told


def test_what_the_intake_refuses_is_not_sent_twice(
    collector: Start, sink: GrpcSink, sink_address: str, echo: EchoServer
) -> None:
    """The intake cannot tell a repeat, so a failure is final; the backend has the spans."""
    echo.answers[INTAKE] = (503, {}, b"")
    endpoint = {"HELICONE_OTLP_ENDPOINT": echo.url + INTAKE, "HELICONE_API_KEY": KEY}
    hop = collector("helicone", BACKEND_OTLP=sink_address, **endpoint)
    with tracing(hop.grpc, SessionSpanProcessor()) as tracer:
        one_session(tracer)
    assert until(lambda: bool(echo.requests) and len(sink.spans()) == 2)
    assert not until(lambda: len(echo.requests) > 1, 2)
