"""Spans of real libraries as readable JSON, and back: exact in every field.

``load("openai3_official")`` returns the spans that ``tests.compatibility`` recorded, in the
order of their starts; ``scenes("openai3_official")["chat"]`` those of one scene.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from opentelemetry.attributes import BoundedAttributes
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import Event, ReadableSpan
from opentelemetry.sdk.util import BoundedList
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import Link, SpanContext, SpanKind, Status, StatusCode, TraceFlags
from opentelemetry.trace.span import TraceState

FOLDER = Path(__file__).parent / "conventions" / "recordings"

Json = dict[str, Any]


def path(row: str) -> Path:
    """Return the file of a row."""
    return FOLDER / f"{row}.json"


def recording(row: str) -> Json:
    """Return all that was recorded of a row: ``about``, ``versions`` and ``scenes``."""
    read: Json = json.loads(path(row).read_text(encoding="utf-8"))
    return read


def scenes(row: str) -> dict[str, list[ReadableSpan]]:
    """Return the spans of each scene of a row."""
    said = recording(row)["scenes"]
    return {name: [load_span(one) for one in scene["spans"]] for name, scene in said.items()}


def load(row: str) -> list[ReadableSpan]:
    """Return the spans of all scenes of a row, in order."""
    return [span for spans in scenes(row).values() for span in spans]


def dump_span(span: ReadableSpan) -> Json:
    """Return *span* as JSON; what is empty is left out."""
    context = span.get_span_context()
    assert context is not None
    scope = span.instrumentation_scope
    made = {
        "name": span.name,
        "kind": span.kind.name,
        **_context(context),
        "parent": span.parent and _context(span.parent),
        "start": span.start_time,
        "end": span.end_time,
        "status": _status(span.status),
        "scope": scope
        and {
            "name": scope.name,
            "version": scope.version,
            "schema_url": scope.schema_url,
            "attributes": dumped(dict(scope.attributes or {})),
        },
        "resource": {
            "schema_url": span.resource.schema_url,
            "attributes": dumped(dict(span.resource.attributes)),
        },
        "attributes": dumped(dict(span.attributes or {})),
        "events": [
            {
                "name": event.name,
                "time": event.timestamp,
                "attributes": dumped(dict(event.attributes or {})),
            }
            for event in span.events
        ],
        "links": [
            {**_context(link.context), "attributes": dumped(dict(link.attributes or {}))}
            for link in span.links
        ],
        "dropped": {
            "attributes": span.dropped_attributes,
            "events": span.dropped_events,
            "links": span.dropped_links,
        },
    }
    made["dropped"] = {name: count for name, count in made["dropped"].items() if count}
    return {name: value for name, value in made.items() if value not in (None, {}, [])}


def load_span(said: Mapping[str, Any]) -> ReadableSpan:
    """Return the span that :func:`dump_span` wrote."""
    dropped = said.get("dropped", {})
    status = said.get("status", {})
    return ReadableSpan(
        said["name"],
        _load_context(said),
        parent=_load_context(said["parent"]) if "parent" in said else None,
        resource=_resource(said.get("resource", {})),
        attributes=_attributes(said.get("attributes", {}), dropped.get("attributes", 0)),
        events=_bounded(
            [
                Event(event["name"], loaded(event["attributes"]), event["time"])
                for event in said.get("events", ())
            ],
            dropped.get("events", 0),
        ),
        links=_bounded(
            [
                Link(_load_context(link), loaded(link["attributes"]))
                for link in said.get("links", ())
            ],
            dropped.get("links", 0),
        ),
        kind=SpanKind[said["kind"]],
        status=Status(StatusCode[status.get("code", "UNSET")], status.get("description")),
        start_time=said.get("start"),
        end_time=said.get("end"),
        instrumentation_scope=_scope(said.get("scope")),
    )


def _context(context: SpanContext) -> Json:
    made: Json = {
        "trace_id": f"{context.trace_id:032x}",
        "span_id": f"{context.span_id:016x}",
        "flags": int(context.trace_flags),
    }
    if context.is_remote:
        made["remote"] = True
    if context.trace_state:
        made["trace_state"] = dict(context.trace_state)
    return made


def _load_context(said: Mapping[str, Any]) -> SpanContext:
    return SpanContext(
        int(said["trace_id"], 16),
        int(said["span_id"], 16),
        said.get("remote", False),
        TraceFlags(said["flags"]),
        TraceState(list(said.get("trace_state", {}).items())),
    )


def _status(status: Status) -> Json:
    if status.status_code is StatusCode.UNSET:
        return {}
    made: Json = {"code": status.status_code.name}
    return made if status.description is None else {**made, "description": status.description}


def _resource(said: Mapping[str, Any]) -> Resource:
    return Resource(loaded(said.get("attributes", {})), said.get("schema_url"))


def _scope(said: Mapping[str, Any] | None) -> InstrumentationScope | None:
    if said is None:
        return None
    attributes = loaded(said["attributes"])
    return InstrumentationScope(said["name"], said["version"], said["schema_url"], attributes)


def _attributes(said: Mapping[str, Any], dropped: int) -> BoundedAttributes:
    made = BoundedAttributes(attributes=loaded(said))
    made.dropped = dropped
    return made


def _bounded(items: Sequence[Any], dropped: int) -> BoundedList[Any]:
    made: BoundedList[Any] = BoundedList.from_seq(max(len(items), 1), items)
    made.dropped = dropped
    return made


def dumped(value: Any) -> Any:
    """Return *value* as JSON can hold it; bytes are marked."""
    if isinstance(value, bytes):
        return {"base64": base64.b64encode(value).decode()}
    if isinstance(value, Mapping):
        return {str(name): dumped(one) for name, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [dumped(one) for one in value]
    return value


def loaded(value: Any) -> Any:
    """Return what :func:`dumped` was given; sequences are tuples, as the SDK has them."""
    if isinstance(value, dict):
        if value.keys() == {"base64"}:
            return base64.b64decode(value["base64"])
        return {name: loaded(one) for name, one in value.items()}
    return tuple(loaded(one) for one in value) if isinstance(value, list) else value
