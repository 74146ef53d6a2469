"""A span as a JSON object and back, exact in every field that an exporter can read.

Resource and scope stand apart, because thousands of spans share one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import Event, ReadableSpan
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import (
    Link,
    SpanContext,
    SpanKind,
    Status,
    StatusCode,
    TraceFlags,
    TraceState,
)

from otel_helisession.spool.attribute_values import mapping_from_json, mapping_to_json, to_json

Json = dict[str, Any]


class SpooledSpan(ReadableSpan):
    """A span that was on disk, with the counts of what the SDK's limits had dropped."""

    def __init__(self, dropped: Sequence[int], **fields: Any) -> None:
        super().__init__(**fields)
        self._dropped = tuple(dropped)

    @property
    def dropped_attributes(self) -> int:
        """How many attributes the SDK's limits dropped."""
        return self._dropped[0]

    @property
    def dropped_events(self) -> int:
        """How many events the SDK's limits dropped."""
        return self._dropped[1]

    @property
    def dropped_links(self) -> int:
        """How many links the SDK's limits dropped."""
        return self._dropped[2]


class _SpooledEvent(Event):
    dropped = 0

    @property
    def dropped_attributes(self) -> int:
        return self.dropped


class _SpooledLink(Link):
    dropped = 0

    @property
    def dropped_attributes(self) -> int:
        return self.dropped


def span_to_json(span: ReadableSpan) -> Json:
    """Return *span* without its resource and scope; fields that say nothing are left out."""
    status = span.status
    said = {
        "name": to_json(span.name),
        "context": _context_to_json(span.get_span_context()),
        "parent": _context_to_json(span.parent),
        "kind": span.kind.name,
        "start_unix_nano": to_json(span.start_time),
        "end_unix_nano": to_json(span.end_time),
        "status": None if status.status_code is StatusCode.UNSET else status.status_code.name,
        "status_description": status.description,
        "attributes": mapping_to_json(span.attributes or {}),
        "events": [_event_to_json(event) for event in span.events] or None,
        "links": [_link_to_json(link) for link in span.links] or None,
    }
    dropped = (span.dropped_attributes, span.dropped_events, span.dropped_links)
    said["dropped"] = dropped if any(dropped) else None
    return {name: value for name, value in said.items() if value is not None}


def span_from_json(
    said: Json, resource: Resource, scope: InstrumentationScope | None
) -> SpooledSpan:
    """Return the span that :func:`span_to_json` was given.

    Raises:
        ValueError, KeyError, TypeError, AttributeError: *said* is no span.
    """
    return SpooledSpan(
        said.get("dropped", (0, 0, 0)),
        name=said["name"],
        context=_context_from_json(said.get("context")),
        parent=_context_from_json(said.get("parent")),
        resource=resource,
        attributes=mapping_from_json(said["attributes"]),
        events=tuple(_event_from_json(event) for event in said.get("events", ())),
        links=tuple(_link_from_json(link) for link in said.get("links", ())),
        kind=SpanKind[said["kind"]],
        status=Status(StatusCode[said.get("status", "UNSET")], said.get("status_description")),
        start_time=said.get("start_unix_nano"),
        end_time=said.get("end_unix_nano"),
        instrumentation_scope=scope,
    )


def resource_to_json(resource: Resource) -> Json:
    """Return *resource* as JSON."""
    return {
        "attributes": mapping_to_json(resource.attributes),
        "schema_url": resource.schema_url,
    }


def resource_from_json(said: Json) -> Resource:
    """Return what :func:`resource_to_json` was given."""
    return Resource(mapping_from_json(said["attributes"]), said["schema_url"])


def scope_to_json(scope: InstrumentationScope | None) -> Json | None:
    """Return *scope* as JSON; None for none."""
    if scope is None:
        return None
    return {
        "name": scope.name,
        "version": scope.version,
        "schema_url": scope.schema_url,
        "attributes": mapping_to_json(scope.attributes or {}),
    }


def scope_from_json(said: Json | None) -> InstrumentationScope | None:
    """Return what :func:`scope_to_json` was given."""
    if said is None:
        return None
    attributes = mapping_from_json(said["attributes"])
    return InstrumentationScope(said["name"], said["version"], said["schema_url"], attributes)


def _context_to_json(context: SpanContext | None) -> Json | None:
    if context is None:
        return None
    said: Json = {"trace_id": f"{context.trace_id:032x}", "span_id": f"{context.span_id:016x}"}
    if context.trace_flags:
        said["flags"] = int(context.trace_flags)
    if context.trace_state:
        said["state"] = [list(pair) for pair in context.trace_state.items()]
    if context.is_remote:
        said["remote"] = True
    return said


def _context_from_json(said: Json | None) -> SpanContext | None:
    if said is None:
        return None
    return SpanContext(
        int(said["trace_id"], 16),
        int(said["span_id"], 16),
        said.get("remote", False),
        TraceFlags(said.get("flags", 0)),
        TraceState([(name, value) for name, value in said.get("state", ())]),
    )


def _event_to_json(event: Event) -> Json:
    return {
        "name": to_json(event.name),
        "time_unix_nano": to_json(event.timestamp),
        **_details_to_json(event.attributes, event.dropped_attributes),
    }


def _event_from_json(said: Json) -> Event:
    event = _SpooledEvent(said["name"], _attributes(said), said["time_unix_nano"])
    event.dropped = said.get("dropped", 0)
    return event


def _link_to_json(link: Link) -> Json:
    return {
        "context": _context_to_json(link.context),
        **_details_to_json(link.attributes, link.dropped_attributes),
    }


def _link_from_json(said: Json) -> Link:
    context = _context_from_json(said["context"])
    assert context is not None
    link = _SpooledLink(context, _attributes(said))
    link.dropped = said.get("dropped", 0)
    return link


def _details_to_json(attributes: Mapping[str, Any] | None, dropped: int) -> Json:
    said: Json = {} if attributes is None else {"attributes": mapping_to_json(attributes)}
    return {**said, "dropped": dropped} if dropped else said


def _attributes(said: Json) -> dict[str, Any] | None:
    attributes = said.get("attributes")
    return None if attributes is None else mapping_from_json(attributes)
