"""OTLP's JSON: a request in one line of text, and back.

It is protobuf's JSON but for the ids, which are hexadecimal, and for enums, which are numbers
(their names are read, too). 64-bit integers are text, bytes base64. What a reader does not know
it passes over; see https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding.
"""

from __future__ import annotations

import json
from typing import Any, Final

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import InstrumentationScope
from opentelemetry.proto.resource.v1.resource_pb2 import Resource
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, ScopeSpans, Span, Status

from otel_helisession.otlp import json_fields as fields
from otel_helisession.otlp.json_values import json_attributes, key_values

_KINDS: Final = dict(Span.SpanKind.items())
_CODES: Final = dict(Status.StatusCode.items())


def loads(text: str | bytes) -> dict[str, Any]:
    """Return the JSON object that *text* is.

    Raises:
        ValueError: It is none, is not UTF-8, or nests too deep.
    """
    try:
        said = json.loads(text)
    except RecursionError:
        raise ValueError("the JSON nests too deep") from None
    except ValueError as error:
        raise ValueError(f"this is no JSON: {error}") from None
    if not isinstance(said, dict):
        raise ValueError(f"OTLP's JSON is an object, not {fields.shown(said)}")
    return said


def request_from_json(text: str | bytes) -> ExportTraceServiceRequest:
    """Return the request that *text* is: an object with ``resourceSpans``, or an empty one.

    Raises:
        ValueError: It is no JSON object, or a field has a value that OTLP does not allow; the
            message names the field.
    """
    return request_from_object(loads(text))


def request_from_object(said: dict[str, Any]) -> ExportTraceServiceRequest:
    """Return the request that *said*, parsed already, is. See :func:`request_from_json`."""
    try:
        groups = fields.objects(said, "resourceSpans")
        return ExportTraceServiceRequest(resource_spans=[_resource_spans(one) for one in groups])
    except RecursionError:
        raise ValueError("a value nests too deep") from None


def request_to_json(request: ExportTraceServiceRequest) -> str:
    """Return *request* as one line of JSON, in ASCII; fields that say nothing are left out."""
    said = {
        "resourceSpans": [
            _said(
                resource=_said(
                    attributes=json_attributes(group.resource.attributes),
                    droppedAttributesCount=group.resource.dropped_attributes_count,
                ),
                scopeSpans=[_json_scope_spans(one) for one in group.scope_spans],
                schemaUrl=group.schema_url,
            )
            for group in request.resource_spans
        ]
    }
    return json.dumps(said, separators=(",", ":"))


def _resource_spans(said: dict[str, Any]) -> ResourceSpans:
    resource = fields.object_(said, "resource")
    return ResourceSpans(
        resource=Resource(
            attributes=key_values(fields.objects(resource, "attributes")),
            dropped_attributes_count=fields.count(resource, "droppedAttributesCount"),
        ),
        scope_spans=[_scope_spans(one) for one in fields.objects(said, "scopeSpans")],
        schema_url=fields.text(said, "schemaUrl"),
    )


def _scope_spans(said: dict[str, Any]) -> ScopeSpans:
    scope = fields.object_(said, "scope")
    return ScopeSpans(
        scope=InstrumentationScope(
            name=fields.text(scope, "name"),
            version=fields.text(scope, "version"),
            attributes=key_values(fields.objects(scope, "attributes")),
            dropped_attributes_count=fields.count(scope, "droppedAttributesCount"),
        ),
        spans=[_span(one) for one in fields.objects(said, "spans")],
        schema_url=fields.text(said, "schemaUrl"),
    )


def _span(said: dict[str, Any]) -> Span:
    status = fields.object_(said, "status")
    return Span(
        trace_id=fields.identifier(said, "traceId"),
        span_id=fields.identifier(said, "spanId"),
        trace_state=fields.text(said, "traceState"),
        parent_span_id=fields.identifier(said, "parentSpanId"),
        flags=fields.count(said, "flags"),
        name=fields.text(said, "name"),
        kind=fields.number_of(said, "kind", _KINDS),  # type: ignore[arg-type]
        start_time_unix_nano=fields.nano(said, "startTimeUnixNano"),
        end_time_unix_nano=fields.nano(said, "endTimeUnixNano"),
        attributes=key_values(fields.objects(said, "attributes")),
        dropped_attributes_count=fields.count(said, "droppedAttributesCount"),
        events=[_event(one) for one in fields.objects(said, "events")],
        dropped_events_count=fields.count(said, "droppedEventsCount"),
        links=[_link(one) for one in fields.objects(said, "links")],
        dropped_links_count=fields.count(said, "droppedLinksCount"),
        status=Status(
            message=fields.text(status, "message"),
            code=fields.number_of(status, "code", _CODES),  # type: ignore[arg-type]
        ),
    )


def _event(said: dict[str, Any]) -> Span.Event:
    return Span.Event(
        time_unix_nano=fields.nano(said, "timeUnixNano"),
        name=fields.text(said, "name"),
        attributes=key_values(fields.objects(said, "attributes")),
        dropped_attributes_count=fields.count(said, "droppedAttributesCount"),
    )


def _link(said: dict[str, Any]) -> Span.Link:
    return Span.Link(
        trace_id=fields.identifier(said, "traceId"),
        span_id=fields.identifier(said, "spanId"),
        trace_state=fields.text(said, "traceState"),
        attributes=key_values(fields.objects(said, "attributes")),
        dropped_attributes_count=fields.count(said, "droppedAttributesCount"),
        flags=fields.count(said, "flags"),
    )


def _json_scope_spans(group: ScopeSpans) -> dict[str, Any]:
    scope = group.scope
    return _said(
        scope=_said(
            name=scope.name,
            version=scope.version,
            attributes=json_attributes(scope.attributes),
            droppedAttributesCount=scope.dropped_attributes_count,
        ),
        spans=[_json_span(span) for span in group.spans],
        schemaUrl=group.schema_url,
    )


def _json_span(span: Span) -> dict[str, Any]:
    return _said(
        traceId=span.trace_id.hex(),
        spanId=span.span_id.hex(),
        traceState=span.trace_state,
        parentSpanId=span.parent_span_id.hex(),
        flags=span.flags,
        name=span.name,
        kind=int(span.kind),
        startTimeUnixNano=str(span.start_time_unix_nano),
        endTimeUnixNano=str(span.end_time_unix_nano),
        attributes=json_attributes(span.attributes),
        droppedAttributesCount=span.dropped_attributes_count,
        events=[
            _said(
                timeUnixNano=str(event.time_unix_nano),
                name=event.name,
                attributes=json_attributes(event.attributes),
                droppedAttributesCount=event.dropped_attributes_count,
            )
            for event in span.events
        ],
        droppedEventsCount=span.dropped_events_count,
        links=[
            _said(
                traceId=link.trace_id.hex(),
                spanId=link.span_id.hex(),
                traceState=link.trace_state,
                attributes=json_attributes(link.attributes),
                droppedAttributesCount=link.dropped_attributes_count,
                flags=link.flags,
            )
            for link in span.links
        ],
        droppedLinksCount=span.dropped_links_count,
        status=_said(message=span.status.message, code=int(span.status.code)),
    )


def _said(**said: Any) -> dict[str, Any]:
    return {name: value for name, value in said.items() if value}
