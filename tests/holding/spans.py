"""Ended spans of sessions, as an exporter gets them, without a provider."""

from __future__ import annotations

import itertools
from typing import Any

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.trace import SpanContext, Status, StatusCode, TraceFlags

_ids = itertools.count(1)
SECOND = 1_000_000_000


def span(
    session_id: str | None,
    name: str = "work",
    *,
    parent: ReadableSpan | None = None,
    start: float = 0,
    end: float = 1,
    failed: bool = False,
    trace_id: int = 1,
    **attributes: Any,
) -> ReadableSpan:
    """Return an ended span; names of attributes with ``__`` in place of dots."""
    said = {key.replace("__", "."): value for key, value in attributes.items()}
    if session_id is not None:
        said["helicone.session.id"] = session_id
    return ReadableSpan(
        name,
        context=SpanContext(trace_id, next(_ids), False, TraceFlags(1)),
        parent=None if parent is None else parent.get_span_context(),
        attributes=said,
        status=Status(StatusCode.ERROR if failed else StatusCode.UNSET),
        start_time=int(start * SECOND),
        end_time=int(end * SECOND),
    )


def llm(session_id: str | None, name: str = "chat", **attributes: Any) -> ReadableSpan:
    """Return an LLM call."""
    return span(session_id, name, **{"gen_ai__operation__name": "chat", **attributes})


def tokens(inputs: int, outputs: int, **more: Any) -> dict[str, Any]:
    """Return the attributes of usage."""
    return {
        "gen_ai__usage__input_tokens": inputs,
        "gen_ai__usage__output_tokens": outputs,
        **more,
    }
