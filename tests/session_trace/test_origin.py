"""Requests of sessions that another process ends hang where their work came in."""

from __future__ import annotations

from typing import Any

import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.trace import (
    NonRecordingSpan,
    SpanContext,
    SpanKind,
    TraceFlags,
    set_span_in_context,
)

from otel_helisession import Session, SessionSpanProcessor, set_session
from otel_helisession.session_trace import ids
from tests.fakes import KeepingExporter
from tests.holding.spans import llm, span
from tests.session_trace.drawing import said

REMOTE = SpanContext(7, 8, True, TraceFlags(1))
HERE = "helicone__session__path"


def place(exporter: KeepingExporter, session_id: str, *paths: str) -> list[str]:
    """Return under which of *paths* each span hangs."""
    known = {ids.node_id(session_id, path): path for path in paths}
    return [known[one.parent.span_id] for one in exporter.spans if one.parent]


def served(session_id: str, path: str) -> ReadableSpan:
    """Return a span that another process asked for."""
    made = span(session_id, "POST /tool", **{HERE: path})
    return ReadableSpan(made.name, made.context, REMOTE, attributes=made.attributes)


def test_work_that_came_in_and_ended_hangs_where_it_came_in(traced: Any) -> None:
    """Caller, step and tool come in one batch; only the caller's path has a node elsewhere."""
    kept = KeepingExporter()
    exporter = traced(kept)
    top = served("s", "/trip")
    step = span("s", "search", parent=top, **{HERE: "/trip/search"})
    exporter.export([llm("s", parent=step, **{HERE: "/trip/search"}), step, top])
    assert place(kept, "s", "/trip", "/trip/search") == ["/trip"]
    assert said(kept.spans[0])["helicone.session.path"] == "/trip/search"


@pytest.mark.parametrize("remote", [True, False], ids=["called", "sent by a queue"])
def test_work_that_is_still_open_is_asked_itself(
    remote: bool, traced: Any, provider: TracerProvider
) -> None:
    """As where each span is exported when it ends."""
    kept = KeepingExporter()
    exporter = traced(kept)
    provider.add_span_processor(SessionSpanProcessor())
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    sent = Session("Trip", "11111111-1111-4111-8111-111111111111", "/trip", id_given=False)
    context = set_session(sent)
    if remote:
        context = set_span_in_context(NonRecordingSpan(REMOTE), context)
    tracer = provider.get_tracer("tests")
    with tracer.start_as_current_span("work", context, SpanKind.SERVER):
        said = {"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "search"}
        tracer.start_span("execute_tool search", attributes=said).end()
    assert place(kept, sent.id, "/trip", "/trip/search") == ["/trip"]


def test_a_tool_that_is_called_itself_hangs_where_its_caller_was(traced: Any) -> None:
    """An MCP server's span is the request, and adds a segment of its own."""
    kept = KeepingExporter()
    exporter = traced(kept)
    said = {HERE: "/trip/search", "gen_ai__operation__name": "execute_tool"}
    made = span("s", "tools/call search", gen_ai__tool__name="search", **said)
    exporter.export([ReadableSpan(made.name, made.context, REMOTE, attributes=made.attributes)])
    assert place(kept, "s", "/trip", "/trip/search") == ["/trip"]


def test_parents_in_a_ring_end_somewhere(traced: Any) -> None:
    """Broken ids hold nothing up."""
    kept = KeepingExporter()
    exporter = traced(kept)
    first = span("s", "first", **{HERE: "/a"})
    ring = ReadableSpan("ring", first.context, first.context, attributes=first.attributes)
    exporter.export([llm("s", parent=ring, **{HERE: "/a"}), ring])
    assert place(kept, "s", "/a") == ["/a"]
