"""A stored span as the SDK's ReadableSpan again, for whoever sends it on."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import SpanContext, SpanKind, Status, StatusCode, TraceFlags, TraceState

from otel_helisession import semconv
from otel_helisession.otlp.received import (
    ReceivedEvent,
    ReceivedLink,
    ReceivedResource,
    ReceivedSpan,
)
from otel_helisession.store.reader import SpanDetail
from otel_helisession.store.row import SpanRow

_HEX: Final = re.compile(r"[0-9a-f]+")


def original(row: SpanRow, detail: SpanDetail) -> ReadableSpan:
    """Return the span of *row* as it was, with the session that it belongs to.

    Its session's id, name, path and user are those of the row: a span that came without one
    got them in the store only.
    """
    said = detail.span
    return ReceivedSpan(
        (
            int(said.get("dropped_attributes", 0)),
            int(said.get("dropped_events", 0)),
            int(said.get("dropped_links", 0)),
        ),
        name=row.name,
        context=_context(row.trace_id, row.span_id, said),
        parent=_parent(row, said),
        resource=ReceivedResource(
            detail.resource.get("attributes") or {}, detail.resource.get("schema_url") or ""
        ),
        attributes=_stamped(row, said.get("attributes") or {}),
        events=[_event(one) for one in said.get("events", ())],
        links=[_link(one) for one in said.get("links", ())],
        kind=SpanKind[str(said.get("kind", "internal")).upper()],
        instrumentation_scope=_scope(detail.scope),
        status=_status(row, said),
        start_time=row.start_unix_nano,
        end_time=row.end_unix_nano,
    )


def _stamped(row: SpanRow, attributes: Mapping[str, Any]) -> dict[str, Any]:
    made = dict(attributes)
    for key, value in (
        (semconv.SESSION_ID, row.session_id),
        (semconv.SESSION_NAME, row.session_name),
        (semconv.SESSION_PATH, row.path),
        (semconv.USER_ID, row.user_id),
    ):
        if value and row.session_id:
            made[key] = value
    return made


def _context(trace_id: str, span_id: str, said: Mapping[str, Any]) -> SpanContext:
    return SpanContext(
        int(trace_id, 16),
        int(span_id, 16),
        is_remote=False,
        trace_flags=TraceFlags(int(said.get("trace_flags", 1))),
        trace_state=TraceState.from_header([str(said.get("trace_state") or "")]),
    )


def _parent(row: SpanRow, said: Mapping[str, Any]) -> SpanContext | None:
    if not _HEX.fullmatch(row.parent_span_id or ""):
        return None
    return SpanContext(
        int(row.trace_id, 16),
        int(str(row.parent_span_id), 16),
        is_remote=bool(said.get("parent_is_remote")),
        trace_flags=TraceFlags(int(said.get("trace_flags", 1))),
    )


def _scope(said: Mapping[str, Any] | None) -> InstrumentationScope | None:
    if said is None:
        return None
    return InstrumentationScope(
        str(said.get("name") or ""),
        said.get("version"),
        said.get("schema_url"),
        said.get("attributes") or None,
    )


def _status(row: SpanRow, said: Mapping[str, Any]) -> Status:
    code = StatusCode[row.status.upper()]
    text = said.get("status_description")
    return Status(code, text if code is StatusCode.ERROR else None)


def _event(said: Mapping[str, Any]) -> ReceivedEvent:
    time = int(said.get("time_unix_nano") or 0)
    return ReceivedEvent(str(said.get("name") or ""), said.get("attributes") or {}, time, 0)


def _link(said: Mapping[str, Any]) -> ReceivedLink:
    context = _context(said["trace_id"], said["span_id"], said)
    return ReceivedLink(context, said.get("attributes") or {}, 0)
