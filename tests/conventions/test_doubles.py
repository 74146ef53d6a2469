"""Spans that another span tells again: never a call, never counted, never stored twice."""

from __future__ import annotations

from typing import Any

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from otel_helisession import LocalSpanExporter, SessionSpanExporter, SessionSpanProcessor
from otel_helisession.conventions import reader
from otel_helisession.store.reader import SessionReader
from tests.conventions.made import read, span
from tests.conventions.recorded import operations

CALL = {"gen_ai.operation.name": "chat", "gen_ai.request.model": "gpt-5.4-mini"}
PENDING = {**CALL, "logfire.span_type": "pending_span", "helicone.session.id": "s-1"}
ASKED = {**CALL, "logfire.span_type": "span", "request_data": '{"model":"gpt-5.4-mini"}'}


def test_a_pending_span_is_no_call() -> None:
    """Whatever it says."""
    assert (read(PENDING).kind, reader.kind(PENDING)) == ("structure", "structure")


def test_a_pending_span_goes_nowhere(provider: TracerProvider) -> None:
    """Not past the processor, and not past an exporter that Logfire was given. It ends when it
    begins."""
    pending, memory = span(PENDING, seconds=0), InMemorySpanExporter()
    processor = SessionSpanProcessor(memory)
    processor.on_end(pending)
    assert processor.force_flush()
    processor.shutdown()
    SessionSpanExporter(memory).export([pending])
    assert memory.get_finished_spans() == ()


def test_a_pending_span_is_not_stored() -> None:
    """The store takes the span that follows it, once."""
    exporter = LocalSpanExporter()
    exporter.export([span(PENDING), span({**CALL, "helicone.session.id": "s-1"})])
    exporter.shutdown()
    with SessionReader() as stored:
        (found,) = stored.sessions()
    assert (found.spans, found.request_count) == (1, 1)


@pytest.mark.parametrize(
    ("more", "kind"),
    [
        ({}, "llm"),  # still open, for all that is known
        ({"gen_ai.response.model": "gpt-5.4-mini"}, "structure"),
        ({"request_data": '{"model":"gpt-5.4-mini","stream":true}'}, "structure"),
        ({"gen_ai.response.model": "m", "logfire.level_num": 17}, "llm"),
        ({"gen_ai.response.model": "m", "gen_ai.response.id": "chatcmpl-1"}, "llm"),
        ({"gen_ai.response.model": "m", "gen_ai.operation.name": "embeddings"}, "llm"),
        ({"gen_ai.response.model": "m", "logfire.span_type": "log"}, "llm"),
    ],
)
def test_a_request_whose_stream_is_told_apart(more: dict[str, Any], kind: str) -> None:
    """Only one that has ended, well, and without an answer."""
    assert read({**ASKED, **more}).kind == kind


def test_adk_tells_a_call_twice_in_schema_1() -> None:
    """The outer span has what was said; of a call that failed only the inner says anything."""
    found = [(one.kind, one.convention) for one in operations("google_adk_schema1", "chat")]
    assert found == [
        ("structure", "none"),
        ("structure", "genai"),
        ("llm", "adk"),
        ("structure", "doubles"),
    ]
    assert [one.kind for one in operations("google_adk_schema1", "failure")][-1] == "llm"


def test_adk_s_summary_of_parallel_tools_is_no_tool() -> None:
    """Each of them has its own span."""
    merged = {"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "(merged tools)"}
    found = read({**merged, "gcp.vertex.agent.event_id": "1"})
    assert (found.kind, found.segment) == ("structure", "")
