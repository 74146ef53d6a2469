"""OTLP requests, made by hand."""

from __future__ import annotations

from typing import Any

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.trace import SpanContext, TraceFlags

from otel_helisession.otlp.encoding import request_of

TRACE = 0x5E551011_00000000_00000000_00000001
START = 1_767_225_600_000_000_000


def span(
    name: str, number: int = 1, parent: int | None = None, *, trace: int = TRACE, **attributes: Any
) -> ReadableSpan:
    """Return a span; of the names of *attributes* each ``__`` is a dot."""

    def context(span_id: int) -> SpanContext:
        return SpanContext(trace, span_id, False, TraceFlags(1))

    said = {key.replace("__", "."): value for key, value in attributes.items()}
    return ReadableSpan(
        name,
        context(number),
        None if parent is None else context(parent),
        attributes=said,
        start_time=START + number,
        end_time=START + number + 1_000_000,
    )


def llm(name: str, number: int = 1, parent: int | None = None, **attributes: Any) -> ReadableSpan:
    """Return the span of a call of a model."""
    said = {"gen_ai__operation__name": "chat", "gen_ai__request__model": "gpt-5.4-mini"}
    return span(name, number, parent, **{**said, **attributes})


def agent(name: str, number: int, parent: int | None = None, **attributes: Any) -> ReadableSpan:
    """Return the span of an agent."""
    said = {"gen_ai__operation__name": "invoke_agent", "gen_ai__agent__name": name}
    return span(name, number, parent, **{**said, **attributes})


def encoded(*spans: ReadableSpan) -> bytes:
    """Return a request of *spans* in protobuf."""
    return bytes(request_of(spans).SerializeToString())
