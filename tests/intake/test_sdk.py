"""The SDK's own exporters, pointed at us with nothing else changed."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from opentelemetry._logs import LogRecord
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import (
    OTLPSpanExporter as GrpcSpanExporter,
)
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SimpleSpanProcessor
from opentelemetry.trace import StatusCode

from otel_helisession import SessionSpanProcessor, session, step
from otel_helisession.intake.grpc import GrpcReceiver
from otel_helisession.intake.http import HttpReceiver
from otel_helisession.intake.intake import Intake
from otel_helisession.store.reader import SessionReader
from otel_helisession.store.row import SpanRow

Stored = Callable[[], dict[str, SpanRow]]


@pytest.fixture(params=["http", "http gzip", "grpc"])
def exporter(request: Any, http: HttpReceiver, grpc_receiver: GrpcReceiver) -> Any:
    if request.param == "grpc":
        return GrpcSpanExporter(endpoint=grpc_receiver.url, insecure=True)
    how = Compression.Gzip if "gzip" in request.param else Compression.NoCompression
    return OTLPSpanExporter(endpoint=http.url + "/v1/traces", compression=how)


def test_a_program_without_us_has_a_session(
    provider: TracerProvider, exporter: Any, stored: Stored
) -> None:
    """Its trace; with the paths of its agents and tools, whatever order spans come in."""
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    tracer = provider.get_tracer("theirs")
    agent = {"gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "planner"}
    tool = {"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "search"}
    chat = {"gen_ai.operation.name": "chat", "gen_ai.request.model": "gpt-5.4-mini"}
    with tracer.start_as_current_span("invoke_agent planner", attributes=agent) as root:
        with tracer.start_as_current_span("chat", attributes=chat) as call:
            call.set_status(StatusCode.ERROR, "overloaded")
        with tracer.start_as_current_span("execute_tool search", attributes=tool):
            tracer.start_span("GET /hotels").end()
    provider.force_flush()
    found = stored()
    trace_id = f"{root.get_span_context().trace_id:032x}"
    assert {row.session_id for row in found.values()} == {trace_id}
    assert {name: (row.path, row.kind, row.status) for name, row in found.items()} == {
        "chat": ("/planner", "llm", "error"),
        "GET /hotels": ("/planner/search", "structure", "unset"),
        "execute_tool search": ("/planner/search", "tool", "unset"),
        "invoke_agent planner": ("/planner", "structure", "unset"),
    }


def test_a_session_of_ours_comes_as_it_is(
    provider: TracerProvider, exporter: Any, stored: Stored, store: Any
) -> None:
    """Id, path, name, user and properties are those that the program gave."""
    provider.add_span_processor(SessionSpanProcessor(exporter))
    tracer = provider.get_tracer("theirs")
    with session("Trip", user_id="ana", properties={"plan": "pro"}) as mine, step("research"):
        tracer.start_span("work").end()
    provider.force_flush()
    row = stored()["work"]
    assert (row.session_id, row.session_name, row.path) == (mine.id, "Trip", "/research")
    with SessionReader(store) as reader:
        summary = reader.session(mine.id)
    assert summary is not None
    assert (summary.user_id, summary.properties) == ("ana", {"plan": "pro"})


def test_two_languages_in_one_trace(
    http: HttpReceiver, provider: TracerProvider, stored: Stored
) -> None:
    """What another process does below a span of a session is part of the session."""
    exporter = OTLPSpanExporter(endpoint=http.url + "/v1/traces")
    theirs = TracerProvider(shutdown_on_exit=False)
    theirs.add_span_processor(SimpleSpanProcessor(exporter))
    provider.add_span_processor(SessionSpanProcessor(exporter))
    tool = {"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "book"}
    ours = provider.get_tracer("a")
    with session("Trip", path="/trip") as mine, ours.start_as_current_span("call"):
        theirs.get_tracer("b").start_span("remote tool", attributes=tool).end()
    provider.force_flush()
    theirs.shutdown()
    row = stored()["remote tool"]
    assert (row.session_id, row.session_name, row.path) == (mine.id, "Trip", "/trip/book")


@pytest.mark.parametrize("first", ["log", "span"])
def test_messages_in_log_records_join_their_span(
    intake: Intake,
    http: HttpReceiver,
    provider: TracerProvider,
    stored: Stored,
    store: Any,
    first: str,
) -> None:
    """Whichever comes first."""
    provider.add_span_processor(
        SimpleSpanProcessor(OTLPSpanExporter(endpoint=http.url + "/v1/traces"))
    )
    loggers = LoggerProvider(shutdown_on_exit=False)
    loggers.add_log_record_processor(
        BatchLogRecordProcessor(OTLPLogExporter(endpoint=http.url + "/v1/logs"))
    )
    said = [{"role": "assistant", "parts": [{"type": "text", "content": "In Alfama."}]}]
    chat = {"gen_ai.operation.name": "chat", "gen_ai.request.model": "gpt-5.4-mini"}
    with provider.get_tracer("x").start_as_current_span("chat", attributes=chat) as span:
        loggers.get_logger("x").emit(
            LogRecord(
                event_name="gen_ai.client.inference.operation.details",
                attributes={"gen_ai.output.messages": json.dumps(said)},
            )
        )
        loggers.get_logger("x").emit(LogRecord(body="something else"))
        if first == "log":
            loggers.force_flush()
            assert intake.settle(5)
    if first == "span":
        stored()
    loggers.shutdown()
    row = stored()["chat"]
    assert row.trace_id == f"{span.get_span_context().trace_id:032x}"
    with SessionReader(store) as reader:
        detail = reader.detail(row)
    assert detail is not None
    assert detail.operation["conversation"]["output"] == said


def test_an_sdk_that_sends_everything_logs_no_errors(
    http: HttpReceiver, provider: TracerProvider, caplog: pytest.LogCaptureFixture
) -> None:
    """OTEL_EXPORTER_OTLP_ENDPOINT alone points all three signals at us."""
    exporter = OTLPMetricExporter(endpoint=http.url + "/v1/metrics")
    meters = MeterProvider(
        [PeriodicExportingMetricReader(exporter, 60_000)], shutdown_on_exit=False
    )
    meters.get_meter("x").create_counter("calls").add(1)
    provider.add_span_processor(
        BatchSpanProcessor(OTLPSpanExporter(endpoint=http.url + "/v1/traces"))
    )
    provider.get_tracer("x").start_span("span").end()
    assert provider.force_flush()
    assert meters.force_flush()
    meters.shutdown()
    assert [line for line in caplog.records if line.levelname in ("WARNING", "ERROR")] == []
