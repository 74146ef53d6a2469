"""The last look at a span before it leaves: its final path, what limits evicted or log records
say of it, and no secrets.

Works on a copy that shares everything it does not change, in the background.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from opentelemetry.sdk.trace import Event, ReadableSpan
from opentelemetry.trace import SpanContext, Status, format_trace_id

from otel_helisession import joining, semconv
from otel_helisession.conventions import reader
from otel_helisession.conventions.operation import REQUEST_KINDS
from otel_helisession.guard import caught
from otel_helisession.redaction import redact, redacted
from otel_helisession.sessions import ancestry
from otel_helisession.sessions.adoption import adopt
from otel_helisession.sessions.live import LiveSpan
from otel_helisession.sessions.value import Session

_OURS: Final = frozenset(
    {semconv.SESSION_ID, semconv.SESSION_PATH, semconv.SESSION_NAME, semconv.SESSION_BUCKET}
)


class FinishedSpan(ReadableSpan):
    """A span with attributes, events, status or parent of ours, and all else as it was.

    The counts of what the SDK's limits dropped are the original's; a plain copy loses them.
    """

    def __init__(
        self,
        span: ReadableSpan,
        attributes: Mapping[str, Any],
        events: Sequence[Event],
        status: Status,
        parent: SpanContext | None,
    ) -> None:
        super().__init__(
            name=span.name,
            context=span.get_span_context(),
            parent=parent,
            resource=span.resource,
            attributes=attributes,
            events=events,
            links=span.links,
            kind=span.kind,
            status=status,
            start_time=span.start_time,
            end_time=span.end_time,
            instrumentation_scope=span.instrumentation_scope,
        )
        self._dropped = (span.dropped_attributes, span.dropped_events, span.dropped_links)

    @property
    def dropped_attributes(self) -> int:
        """How many attributes the SDK's limits dropped from the original."""
        return self._dropped[0]

    @property
    def dropped_events(self) -> int:
        """How many events the SDK's limits dropped from the original."""
        return self._dropped[1]

    @property
    def dropped_links(self) -> int:
        """How many links the SDK's limits dropped from the original."""
        return self._dropped[2]


def session_id(span: ReadableSpan, entry: LiveSpan | None, adopted: tuple[str, ...]) -> str | None:
    """Return whose span this is, for grouping; None when it is nobody's. Never raises."""
    if entry is not None and not is_default(entry.session, span):
        return entry.session.id
    try:
        session = _adopted_late(span, entry, reader.attributes_of(span), adopted)
    except Exception as error:
        caught("finding a span's session", error)
        return None
    return None if session is None else session.id


def finish(span: ReadableSpan, entry: LiveSpan | None, adopted: tuple[str, ...]) -> ReadableSpan:
    """Return *span* as it shall leave: itself when nothing has to change, else a copy.

    Args:
        span: The ended span. Not modified.
        entry: Whose it is, as far as its start knew; its path becomes final. None when it
            had no session then; an id that was written on it later is taken now.
        adopted: The attributes in which other libraries name a session.

    Never raises: a span that cannot be finished leaves as it is.
    """
    try:
        finished = _finish(span, entry, adopted)
        if ancestry.wanted:
            ancestry.put(finished)
        return finished
    except Exception as error:
        caught("finishing a span", error)
        return span


def under(span: ReadableSpan, parent: SpanContext | None) -> FinishedSpan:
    """Return *span* as it would be had *parent* started it; None makes it a root."""
    return FinishedSpan(span, span.attributes or {}, span.events, span.status, parent)


def _finish(span: ReadableSpan, entry: LiveSpan | None, adopted: tuple[str, ...]) -> ReadableSpan:
    attributes = reader.attributes_of(span)
    changes: dict[str, Any] = {}
    if entry is not None and not is_default(entry.session, span):
        changes = _stamp(attributes, entry.session, entry.fix())
    elif attributes:
        session = _adopted_late(span, entry, attributes, adopted)
        if session is not None:
            changes = _stamp(attributes, session, session.path if entry is None else entry.fix())
    changes.update(redacted(attributes))
    changes.update(_joined(span, attributes))
    events = _redacted_events(span.events)
    status = _redacted_status(span.status)
    if not changes and events is None and status is span.status:
        return span
    return FinishedSpan(
        span,
        {**attributes, **changes},
        span.events if events is None else events,
        status,
        span.parent,
    )


def is_default(session: Session, span: ReadableSpan) -> bool:
    """Tell whether *session* is only *span*'s trace, for want of a better one."""
    context = span.get_span_context()
    return (
        not session.id_given
        and context is not None
        and session.id == format_trace_id(context.trace_id)
    )


def _adopted_late(
    span: ReadableSpan,
    entry: LiveSpan | None,
    attributes: Mapping[str, Any],
    adopted: tuple[str, ...],
) -> Session | None:
    """Return the session that another library wrote on *span* while it lived, else its trace's.

    Langfuse's and Traceloop's processors come after ours where the program adds them.
    """
    if entry is None:
        return adopt(attributes, span.kind, adopted)
    default = entry.session
    theirs = {name: value for name, value in attributes.items() if value != default.id}
    return adopt(theirs, span.kind, adopted) or default


def _stamp(attributes: Mapping[str, Any], session: Session, path: str) -> dict[str, Any]:
    """Return what is missing on a span of *session* at *path*, and what we know better now."""
    changes: dict[str, Any] = {
        name: value
        for name, value in session.attributes.items()
        if name not in attributes or (name in _OURS and attributes[name] != value)
    }
    if attributes.get(semconv.SESSION_PATH) == path:
        changes.pop(semconv.SESSION_PATH, None)
    else:
        changes[semconv.SESSION_PATH] = path
    if semconv.REQUEST_TYPE not in attributes:
        kind = reader.kind(attributes)
        if kind in REQUEST_KINDS:
            changes[semconv.REQUEST_TYPE] = kind
    return changes


def _joined(span: ReadableSpan, attributes: Mapping[str, Any]) -> dict[str, Any]:
    """Return what log records say of *span* and it does not say itself, secrets masked.

    Nothing for a span that is no call: the record was written outside of it.
    """
    context = span.get_span_context()
    said = context and joining.current.take((context.trace_id, context.span_id))
    if not said or (semconv.REQUEST_MODEL not in attributes and reader.kind(attributes) is None):
        return {}
    missing = {name: value for name, value in said.items() if name not in attributes}
    return {**missing, **redacted(missing)}


def _redacted_events(events: Sequence[Event]) -> list[Event] | None:
    """Return the events with secrets masked; None when there is none to mask."""
    found = False
    copies: list[Event] = []
    for event in events:
        changes = redacted(event.attributes or {})
        if changes:
            found = True
            event = Event(event.name, {**(event.attributes or {}), **changes}, event.timestamp)
        copies.append(event)
    return copies if found else None


def _redacted_status(status: Status) -> Status:
    if not status.description:
        return status
    description = redact(status.description)
    return status if description == status.description else Status(status.status_code, description)
