"""Spans made by hand, with the real SDK, and what the reader finds in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from opentelemetry.sdk.trace import ReadableSpan, SpanLimits, TracerProvider
from opentelemetry.trace import SpanKind

from otel_helisession.conventions import reader
from otel_helisession.conventions.operation import Operation

START = 1_767_225_600_000_000_000
"""When the spans start, in nanoseconds; they last two seconds."""

SECOND = 1_000_000_000

_provider = TracerProvider(shutdown_on_exit=False, span_limits=SpanLimits(max_events=128))


def span(
    attributes: Mapping[str, Any] | None = None,
    *,
    name: str = "a span",
    events: Sequence[tuple[str, Mapping[str, Any], float]] = (),
    kind: SpanKind = SpanKind.INTERNAL,
    seconds: float = 2,
) -> ReadableSpan:
    """Return an ended span; each event is its name, attributes, and seconds after the start.

    It has structured attributes also where the SDK is too old to take them.
    """
    tracer = _provider.get_tracer("made by hand")
    made = tracer.start_span(name, kind=kind, start_time=START)
    made.set_attributes(dict(attributes or {}))
    for event, said, at in events:
        made.add_event(event, dict(said), START + int(at * SECOND))
    made.end(START + int(seconds * SECOND))
    assert isinstance(made, ReadableSpan)
    if set(made.attributes or {}) == set(attributes or {}):
        return made
    return ReadableSpan(
        name,
        made.get_span_context(),
        attributes=dict(attributes or {}),
        events=made.events,
        kind=kind,
        start_time=made.start_time,
        end_time=made.end_time,
    )


def read(attributes: Mapping[str, Any] | None = None, **more: Any) -> Operation:
    """Return what the reader finds in a span of these attributes."""
    return reader.read(span(attributes, **more))


def text(role: str, content: str, **more: Any) -> dict[str, Any]:
    """Return a message of one text."""
    return {"role": role, "parts": [{"type": "text", "content": content}], **more}
