"""Finished spans made by hand: every id and time is known."""

from __future__ import annotations

import itertools
import json
from typing import Any

from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.trace import SpanContext, Status, StatusCode, TraceFlags

EPOCH = 1_767_225_600_000_000_000
"""2026-01-01T00:00:00Z, in nanoseconds."""

TRACE_ID = 0x5E551011_00000000_00000000_00000001

SESSION = {
    "helicone.session.id": "0a1b2c3d-0000-4000-8000-000000000001",
    "helicone.session.path": "/trip/research",
    "helicone.session.name": "Trip planner",
}

_RESOURCE = Resource({"service.name": "tests"})
_numbers = itertools.count(1)


def span(
    name: str,
    attributes: dict[str, Any],
    *,
    number: int | None = None,
    parent: ReadableSpan | None = None,
    times: tuple[float | None, float | None] = (0, 1_234),
    error: str | None = None,
) -> ReadableSpan:
    """Return a finished span; *times* are milliseconds after EPOCH, or None."""
    start, end = (None if time is None else EPOCH + int(time * 1e6) for time in times)
    number = next(_numbers) if number is None else number
    return ReadableSpan(
        name,
        SpanContext(TRACE_ID, number, False, TraceFlags(1)),
        resource=_RESOURCE,
        parent=None if parent is None else parent.get_span_context(),
        attributes=attributes,
        status=Status(StatusCode.ERROR, error) if error is not None else Status(),
        start_time=start,
        end_time=end,
    )


def text_message(role: str, text: str, **more: Any) -> dict[str, Any]:
    """Return a message of the GenAI conventions."""
    return {"role": role, "parts": [{"type": "text", "content": text}], **more}


def llm(
    question: str = "Where to stay?",
    answer: str | None = "In Alfama.",
    *,
    provider: str = "openai",
    model: str = "gpt-4o-mini",
    extra: dict[str, Any] | None = None,
    **rest: Any,
) -> ReadableSpan:
    """Return an LLM span in the GenAI conventions."""
    attributes = {
        **SESSION,
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": provider,
        "gen_ai.request.model": model,
        "gen_ai.input.messages": json.dumps([text_message("user", question)]),
    }
    if answer is not None:
        said = text_message("assistant", answer, finish_reason="stop")
        attributes |= {
            "gen_ai.response.model": model,
            "gen_ai.usage.input_tokens": 100,
            "gen_ai.usage.output_tokens": 50,
            "gen_ai.output.messages": json.dumps([said]),
        }
    return span(f"chat {model}", attributes | (extra or {}), **rest)


def tool(
    name: str = "search_hotels", extra: dict[str, Any] | None = None, **rest: Any
) -> ReadableSpan:
    """Return a tool span in the GenAI conventions."""
    attributes = {
        **SESSION,
        "gen_ai.operation.name": "execute_tool",
        "gen_ai.tool.name": name,
        "gen_ai.tool.call.arguments": '{"city": "Lisbon"}',
        "gen_ai.tool.call.result": '[{"hotel": "Alfama House"}]',
    }
    return span(f"execute_tool {name}", attributes | (extra or {}), **rest)


def vector(matches: Any = None, extra: dict[str, Any] | None = None, **rest: Any) -> ReadableSpan:
    """Return a search of a vector database as record.vector writes it."""
    attributes = {
        **SESSION,
        "helicone.vector.operation": "search",
        "db.system.name": "qdrant",
        "db.collection.name": "hotels",
        "gen_ai.retrieval.query.text": "near a tram",
        "gen_ai.retrieval.top_k": 3,
        "gen_ai.retrieval.documents": json.dumps(matches or [{"id": "h1", "score": 0.83}]),
    }
    return span("search hotels", attributes | (extra or {}), **rest)


def data(
    name: str = "load profile", extra: dict[str, Any] | None = None, **rest: Any
) -> ReadableSpan:
    """Return an operation on data as record.data writes it."""
    attributes = {
        **SESSION,
        "helicone.data.name": name,
        "helicone.data.value": '{"user": 7}',
        "helicone.data.result": '{"plan": "pro"}',
    }
    return span(name, attributes | (extra or {}), **rest)
