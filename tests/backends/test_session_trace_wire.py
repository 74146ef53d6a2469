"""The trace of a session over both protocols: errors, links, no content, found by what it says."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

import pytest
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter as GrpcExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter as HttpExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.trace import format_trace_id

from otel_helisession import SessionSpanProcessor, SessionTraceExporter, session
from otel_helisession.session_trace import ids
from tests.backends.jaeger import Jaeger
from tests.backends.processes import until
from tests.backends.tempo import Tempo

CHAT = {
    "gen_ai.operation.name": "chat",
    "gen_ai.request.model": "gpt-4o",
    "gen_ai.input.messages": '[{"role": "user", "parts": [{"type": "text", "content": "hush"}]}]',
}
TOOL = {"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "s"}

EXPORTERS = {
    "grpc": lambda backend: GrpcExporter(endpoint=f"http://{backend.otlp}", insecure=True),
    "http": lambda backend: HttpExporter(endpoint=backend.otlp_http),
}

Shape = dict[str, tuple[str, str]]
"""Each name, with its parent's name and its status."""

EXPECTED: Shape = {
    "Trip planner": ("", "error"),
    "trip": ("Trip planner", "error"),
    "chat gpt-4o": ("trip", "ok"),
    "s": ("trip", "error"),
    "execute_tool s": ("s", "error"),
}


@pytest.fixture
def provider() -> Iterator[TracerProvider]:
    made = TracerProvider(
        resource=Resource.create({"service.name": "trips"}), shutdown_on_exit=False
    )
    yield made
    made.shutdown()


def send(provider: TracerProvider, exporter: Any) -> str:
    """Run a trip with a tool that fails, and return its trace's id when all was accepted."""
    processor = SessionSpanProcessor(SessionTraceExporter(exporter))
    provider.add_span_processor(processor)
    tracer = provider.get_tracer("tests")
    with session("Trip planner", path="/trip") as own:
        tracer.start_span("chat", attributes=CHAT).end()
        with (
            pytest.raises(OSError, match="full"),
            tracer.start_as_current_span("search", attributes=TOOL),
        ):
            raise OSError("full")
    assert processor.force_flush(60_000) is True
    return format_trace_id(ids.trace_id(own.id))


def in_jaeger(spans: list[dict[str, Any]]) -> Shape:
    names = {one["spanID"]: one["operationName"] for one in spans}
    shape: Shape = {}
    for one in spans:
        parents = [ref["spanID"] for ref in one["references"] if ref["refType"] == "CHILD_OF"]
        failed = any(tag["key"] == "error" and tag["value"] for tag in one["tags"])
        above = names[parents[0]] if parents else ""
        shape[one["operationName"]] = (above, "error" if failed else "ok")
    return shape


def in_tempo(spans: list[dict[str, Any]]) -> Shape:
    names = {_hex(one["spanId"]): one["name"] for one in spans}
    return {
        one["name"]: (
            names.get(_hex(one.get("parentSpanId") or ""), ""),
            "error" if one.get("status", {}).get("code") == "STATUS_CODE_ERROR" else "ok",
        )
        for one in spans
    }


def _hex(identity: str) -> str:
    return identity if len(identity) in (0, 16, 32) else base64.b64decode(identity).hex()


@pytest.mark.parametrize("protocol", EXPORTERS)
def test_jaeger_marks_errors_and_links_requests_to_their_originals(
    protocol: str, jaeger: Jaeger, provider: TracerProvider
) -> None:
    """No span is there twice, and nothing that was said."""
    trace_id = send(provider, EXPORTERS[protocol](jaeger))
    spans = jaeger.get(f"/api/traces/{trace_id}")["data"][0]["spans"]
    assert (len(spans), in_jaeger(spans)) == (len(EXPECTED), EXPECTED)
    assert "hush" not in str(spans)
    (chat,) = [one for one in spans if one["operationName"] == "chat gpt-4o"]
    (link,) = [ref for ref in chat["references"] if ref["refType"] == "FOLLOWS_FROM"]
    assert link["traceID"] != chat["traceID"]


@pytest.mark.parametrize("protocol", EXPORTERS)
def test_tempo_marks_errors_and_has_nothing_that_was_said(
    protocol: str, tempo: Tempo, provider: TracerProvider
) -> None:
    """The same tree there."""
    trace_id = send(provider, EXPORTERS[protocol](tempo))
    until(lambda: len(tempo.trace(trace_id)) == len(EXPECTED), 20)
    spans = tempo.trace(trace_id)
    assert (len(spans), in_tempo(spans)) == (len(EXPECTED), EXPECTED)
    assert "hush" not in str(spans)


def test_jaegers_search_lists_sessions(jaeger: Jaeger, provider: TracerProvider) -> None:
    """One trace a session, by what its root says."""
    trace_id = send(provider, EXPORTERS["grpc"](jaeger))
    tags = {"helicone.session.trace.role": "session", "helicone.session.total.errors": "1"}
    until(lambda: bool(jaeger.traces("trips", tags)), 10)
    assert trace_id in {one["traceID"] for one in jaeger.traces("trips", tags)}


def test_traceql_finds_sessions_by_their_totals(tempo: Tempo, provider: TracerProvider) -> None:
    """Roots are spans like any other: those of sessions with errors, say."""
    trace_id = send(provider, EXPORTERS["grpc"](tempo))
    query = (
        '{ span.helicone.session.trace.role = "session" && span.helicone.session.total.errors > 0'
        " && span.helicone.session.total.requests = 2 }"
    )
    until(lambda: trace_id in {one["traceID"].zfill(32) for one in tempo.search(query)}, 20)
    found = [one for one in tempo.search(query) if one["traceID"].zfill(32) == trace_id]
    assert [(one["rootTraceName"], one["rootServiceName"]) for one in found] == [
        ("Trip planner", "trips")
    ]
