"""spans_of(): the spans of an OTLP request, as the SDK has spans."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import (
    SpanContext,
    SpanKind,
    Status,
    StatusCode,
    TraceFlags,
    TraceState,
)

from otel_helisession.otlp.received import (
    ReceivedEvent,
    ReceivedLink,
    ReceivedResource,
    ReceivedSpan,
)
from otel_helisession.otlp.values import attributes_of

if TYPE_CHECKING:
    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

Refused = Callable[[str], None]
"""Told why one span cannot be taken."""

HAS_IS_REMOTE: Final = 0x100
IS_REMOTE: Final = 0x200
"""Bits of ``flags`` beside W3C's eight: whether it is known that a parent, or a linked span, is
another process's, and whether it is."""

_W3C_FLAGS: Final = 0xFF
_KINDS: Final = {
    0: SpanKind.INTERNAL,
    1: SpanKind.INTERNAL,
    2: SpanKind.SERVER,
    3: SpanKind.CLIENT,
    4: SpanKind.PRODUCER,
    5: SpanKind.CONSUMER,
}
_UNSET: Final = Status(StatusCode.UNSET)
_OK: Final = Status(StatusCode.OK)
_MEMBER: Final = re.compile(
    r"[ \t]*([a-z][_0-9a-z\-*/]{0,255}|[a-z0-9][_0-9a-z\-*/]{0,240}@[a-z][_0-9a-z\-*/]{0,13})"
    r"=([\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e])[ \t]*"
)
_MAX_MEMBERS: Final = 32
_NO_STATE: Final = TraceState()


def spans_of(
    request: ExportTraceServiceRequest, refused: Refused | None = None
) -> Iterator[ReadableSpan]:
    """Iterate over the spans of *request*: resource and scope are one object for all that share
    them; what OTLP does not say is the SDK's default. Attributes are the span's own, to keep.

    A span came because it was sampled; where its flags do not say so, ``trace_flags`` are 1.
    Some 30 µs a span of 20 attributes.

    Args:
        request: From :mod:`.json`, a receiver, or ``FromString``.
        refused: Told why a span cannot be taken, and it is passed over.

    Raises:
        ValueError: A span's ids are no ids, and there is no *refused*.
    """
    for resource_spans in request.resource_spans:
        resource = ReceivedResource(
            attributes_of(resource_spans.resource.attributes), resource_spans.schema_url
        )
        for scope_spans in resource_spans.scope_spans:
            scope = _scope(scope_spans)
            for span in scope_spans.spans:
                problem = fault_of(span)
                if problem is None:
                    yield _span(span, resource, scope)
                elif refused is None:
                    raise ValueError(problem)
                else:
                    refused(problem)


def fault_of(span: Any) -> str | None:
    """Return why the message *span* cannot be taken; None when it can. Half a microsecond."""
    trace_id, span_id, parent = span.trace_id, span.span_id, span.parent_span_id
    if len(trace_id) != 16 or not any(trace_id):
        return f"trace_id has {len(trace_id)} bytes{_zero(trace_id)}; it must have 16, not all zero"
    if len(span_id) != 8 or not any(span_id):
        return f"span_id has {len(span_id)} bytes{_zero(span_id)}; it must have 8, not all zero"
    if parent and len(parent) != 8:
        return f"parent_span_id has {len(parent)} bytes; it must have 8, or none"
    return None


def _zero(identifier: bytes) -> str:
    return ", all zero" if identifier and not any(identifier) else ""


def _scope(scope_spans: Any) -> InstrumentationScope | None:
    scope = scope_spans.scope
    attributes = attributes_of(scope.attributes)
    if not (scope.name or scope.version or attributes or scope_spans.schema_url):
        return None
    return InstrumentationScope(scope.name, scope.version, scope_spans.schema_url, attributes)


def _span(
    span: Any, resource: ReceivedResource, scope: InstrumentationScope | None
) -> ReceivedSpan:
    flags = span.flags
    trace_id = int.from_bytes(span.trace_id, "big")
    w3c = TraceFlags(flags & _W3C_FLAGS or TraceFlags.SAMPLED)
    state = _trace_state(span.trace_state) if span.trace_state else _NO_STATE
    context = SpanContext(trace_id, int.from_bytes(span.span_id, "big"), False, w3c, state)
    parent = None
    if any(span.parent_span_id):
        parent_id = int.from_bytes(span.parent_span_id, "big")
        parent = SpanContext(trace_id, parent_id, bool(flags & IS_REMOTE), w3c, state)
    return ReceivedSpan(
        (span.dropped_attributes_count, span.dropped_events_count, span.dropped_links_count),
        name=span.name,
        context=context,
        parent=parent,
        resource=resource,
        attributes=attributes_of(span.attributes),
        events=tuple(map(_event, span.events)),
        links=tuple(_link(link) for link in span.links if _is_link(link)),
        kind=_KINDS.get(span.kind, SpanKind.INTERNAL),
        status=_status(span.status),
        start_time=span.start_time_unix_nano,
        end_time=span.end_time_unix_nano,
        instrumentation_scope=scope,
    )


def _event(event: Any) -> ReceivedEvent:
    attributes = attributes_of(event.attributes)
    return ReceivedEvent(
        event.name, attributes, event.time_unix_nano, event.dropped_attributes_count
    )


def _is_link(link: Any) -> bool:
    return len(link.trace_id) == 16 and len(link.span_id) == 8


def _link(link: Any) -> ReceivedLink:
    context = SpanContext(
        int.from_bytes(link.trace_id, "big"),
        int.from_bytes(link.span_id, "big"),
        bool(link.flags & IS_REMOTE),
        TraceFlags(link.flags & _W3C_FLAGS),
        _trace_state(link.trace_state) if link.trace_state else _NO_STATE,
    )
    return ReceivedLink(context, attributes_of(link.attributes), link.dropped_attributes_count)


def _status(status: Any) -> Status:
    """Return the status; the SDK has a description for errors only."""
    if status.code == StatusCode.ERROR.value:
        return Status(StatusCode.ERROR, status.message or None)
    return _OK if status.code == StatusCode.OK.value else _UNSET


@lru_cache(maxsize=256)
def _trace_state(header: str) -> TraceState:
    """Return what *header* says; nothing at all where it is malformed, as the SDK's own reader,
    which logs a line for each."""
    members: dict[str, str] = {}
    for part in header.split(","):
        if not part.strip(" \t"):
            continue
        found = _MEMBER.fullmatch(part)
        if found is None or found[1] in members or len(members) == _MAX_MEMBERS:
            return _NO_STATE
        members[found[1]] = found[2]
    return TraceState(list(members.items()))
