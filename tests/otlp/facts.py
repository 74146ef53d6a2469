"""All that a span says, as values that can be compared."""

from __future__ import annotations

from typing import Any

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.trace import SpanContext


def facts(span: ReadableSpan, *, link_states: bool = True) -> dict[str, Any]:
    """Return what *span* says; trace states of links only if asked for."""
    return {
        "name": span.name,
        "context": _context(span.get_span_context()),
        "parent": _context(span.parent),
        "kind": span.kind,
        "times": (span.start_time, span.end_time),
        "status": (span.status.status_code, span.status.description),
        "attributes": dict(span.attributes or {}),
        "events": [
            (event.name, event.timestamp, dict(event.attributes or {}), event.dropped_attributes)
            for event in span.events
        ],
        "links": [
            (
                _context(link.context) if link_states else link.context.span_id,
                dict(link.attributes or {}),
                link.dropped_attributes,
            )
            for link in span.links
        ],
        "resource": (dict(span.resource.attributes), span.resource.schema_url),
        "scope": span.instrumentation_scope,
        "dropped": (span.dropped_attributes, span.dropped_events, span.dropped_links),
    }


def _context(context: SpanContext | None) -> Any:
    if context is None:
        return None
    state = dict(context.trace_state)
    return context.trace_id, context.span_id, context.is_remote, int(context.trace_flags), state
