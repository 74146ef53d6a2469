"""request_of(): spans as an OTLP request."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import InstrumentationScope
from opentelemetry.proto.resource.v1.resource_pb2 import Resource
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, ScopeSpans, Span
from opentelemetry.proto.trace.v1.trace_pb2 import Status as StatusMessage
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.trace import SpanContext, SpanKind

from otel_helisession.otlp.decoding import HAS_IS_REMOTE, IS_REMOTE
from otel_helisession.otlp.values import key_values, text

_KINDS: Final = {
    SpanKind.INTERNAL: Span.SPAN_KIND_INTERNAL,
    SpanKind.SERVER: Span.SPAN_KIND_SERVER,
    SpanKind.CLIENT: Span.SPAN_KIND_CLIENT,
    SpanKind.PRODUCER: Span.SPAN_KIND_PRODUCER,
    SpanKind.CONSUMER: Span.SPAN_KIND_CONSUMER,
}
_LARGEST_TIME: Final = 2**64 - 1
_LARGEST_COUNT: Final = 2**32 - 1


def request_of(spans: Iterable[ReadableSpan]) -> ExportTraceServiceRequest:
    """Return *spans* as one request, grouped by resource and scope in the order they come.

    Unlike the SDK's encoder it keeps W3C's trace flags, and a link's trace state; a value that
    OTLP has no word for becomes text. Spans without a context are left out.
    """
    request = ExportTraceServiceRequest()
    resources: dict[bytes, tuple[ResourceSpans, dict[bytes, ScopeSpans]]] = {}
    known: dict[int, tuple[Any, bytes]] = {}
    for span in spans:
        if span.get_span_context() is None:
            continue
        key = _key(known, span.resource, _resource)
        if key not in resources:
            group = request.resource_spans.add()
            group.ParseFromString(key)
            resources[key] = (group, {})
        group, scopes = resources[key]
        key = _key(known, span.instrumentation_scope, _scope)
        if key not in scopes:
            scopes[key] = group.scope_spans.add()
            scopes[key].ParseFromString(key)
        scopes[key].spans.append(_span(span))
    return request


def _key(known: dict[int, tuple[Any, bytes]], said: Any, encode: Any) -> bytes:
    """Return *said*, a resource or scope, in the bytes by which equal ones are found."""
    found = known.get(id(said))
    if found is None:
        found = known[id(said)] = (said, encode(said))  # held, so that its id stays its own
    return found[1]


def _resource(resource: Any) -> bytes:
    message = ResourceSpans(
        resource=Resource(attributes=key_values(resource.attributes)),
        schema_url=text(resource.schema_url or ""),
    )
    return bytes(message.SerializeToString())


def _scope(scope: Any) -> bytes:
    if scope is None:
        return b""
    message = ScopeSpans(
        scope=InstrumentationScope(
            name=text(scope.name or ""),
            version=text(scope.version or ""),
            attributes=key_values(scope.attributes),
        ),
        schema_url=text(scope.schema_url or ""),
    )
    return bytes(message.SerializeToString())


def _span(span: ReadableSpan) -> Span:
    context, status = span.get_span_context(), span.status
    assert context is not None
    return Span(
        trace_id=context.trace_id.to_bytes(16, "big"),
        span_id=context.span_id.to_bytes(8, "big"),
        trace_state=_trace_state(context),
        parent_span_id=b"" if span.parent is None else span.parent.span_id.to_bytes(8, "big"),
        flags=_flags(context, span.parent),
        name=text(span.name or ""),
        kind=_KINDS[span.kind],
        start_time_unix_nano=_nano(span.start_time),
        end_time_unix_nano=_nano(span.end_time),
        attributes=key_values(span.attributes),
        dropped_attributes_count=_count(span.dropped_attributes),
        events=[_event(event) for event in span.events],
        dropped_events_count=_count(span.dropped_events),
        links=[_link(link) for link in span.links],
        dropped_links_count=_count(span.dropped_links),
        status=StatusMessage(
            code=status.status_code.value,  # type: ignore[arg-type]
            message=text(status.description or ""),
        ),
    )


def _event(event: Any) -> Span.Event:
    return Span.Event(
        time_unix_nano=_nano(event.timestamp),
        name=text(event.name or ""),
        attributes=key_values(event.attributes),
        dropped_attributes_count=_count(event.dropped_attributes),
    )


def _link(link: Any) -> Span.Link:
    context = link.context
    return Span.Link(
        trace_id=context.trace_id.to_bytes(16, "big"),
        span_id=context.span_id.to_bytes(8, "big"),
        trace_state=_trace_state(context),
        attributes=key_values(link.attributes),
        dropped_attributes_count=_count(link.dropped_attributes),
        flags=_flags(context, context),
    )


def _flags(own: SpanContext, far: SpanContext | None) -> int:
    """Return the flags of *own*, and whether *far*, its parent or itself, is another process's."""
    remote = IS_REMOTE if far is not None and far.is_remote else 0
    return int(own.trace_flags) & 0xFF | HAS_IS_REMOTE | remote


def _trace_state(context: SpanContext) -> str:
    state = context.trace_state
    return ",".join(f"{name}={value}" for name, value in state.items()) if state else ""


def _nano(value: int | None) -> int:
    return min(max(int(value or 0), 0), _LARGEST_TIME)


def _count(value: int) -> int:
    return min(max(value, 0), _LARGEST_COUNT)
