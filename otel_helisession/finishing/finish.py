"""finish(): of an ended span, the copy that leaves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from opentelemetry.sdk.trace import Event, ReadableSpan
from opentelemetry.trace import Status, format_trace_id

from otel_helisession import joining, semconv
from otel_helisession.conventions import reader
from otel_helisession.conventions.operation import REQUEST_KINDS
from otel_helisession.delivery.weight import SPAN_BYTES, weight
from otel_helisession.finishing.cleaning import DEFAULT, SPAN_NAME, Cleaning
from otel_helisession.finishing.finished import FinishedSpan
from otel_helisession.guard import caught
from otel_helisession.redaction import MASK
from otel_helisession.sessions import ancestry
from otel_helisession.sessions.adoption import adopt
from otel_helisession.sessions.live import LiveSpan
from otel_helisession.sessions.value import Session

_OURS: Final = semconv.SESSION_KEYS


def session_id(
    span: ReadableSpan,
    entry: LiveSpan | None,
    adopted: tuple[str, ...],
    attributes: Mapping[str, Any] | None = None,
) -> str | None:
    """Return whose span this is, for grouping; None when it is nobody's. Never raises.

    *attributes* are the span's, where somebody has read them already.
    """
    if entry is not None and not is_default(entry.session, span):
        return entry.session.id
    try:
        known = reader.attributes_of(span) if attributes is None else attributes
        session = _adopted_late(span, entry, known, adopted)
    except Exception as error:
        caught("finding a span's session", error)
        return None
    return None if session is None else session.id


def place(
    span: ReadableSpan, entry: LiveSpan | None, adopted: tuple[str, ...]
) -> tuple[str | None, int]:
    """Return whose span this is, and about how many bytes it takes. Never raises."""
    try:
        attributes = reader.attributes_of(span)
        size = weight(span, attributes)
    except Exception as error:
        caught("weighing a span", error)
        attributes, size = {}, SPAN_BYTES
    return session_id(span, entry, adopted, attributes), size


def finish(
    span: ReadableSpan,
    entry: LiveSpan | None,
    adopted: tuple[str, ...],
    cleaning: Cleaning = DEFAULT,
) -> ReadableSpan:
    """Return *span* as it shall leave: itself when it was finished before, else a copy.

    Args:
        span: The ended span. Not modified.
        entry: Whose it is, as far as its start knew; its path becomes final. None when it
            had no session then; an id that was written on it later is taken now.
        adopted: The attributes in which other libraries name a session.
        cleaning: What its texts go through. One that was finished by another cleaning goes
            through this one, too, unless this is the default.

    Never raises: of a span that cannot be finished, numbers and the session leave.
    """
    if isinstance(span, FinishedSpan) and span.cleaning is not None:
        if cleaning == DEFAULT or cleaning == span.cleaning:
            return span
        entry, adopted = None, ()
    try:
        finished = _finish(span, entry, adopted, cleaning)
    except Exception as error:
        caught("finishing a span", error)
        finished = _withheld(span, cleaning)
    if ancestry.wanted:
        ancestry.put(finished)
    return finished


def is_default(session: Session, span: ReadableSpan) -> bool:
    """Tell whether *session* is only *span*'s trace, for want of a better one."""
    context = span.get_span_context()
    return (
        not session.id_given
        and context is not None
        and session.id == format_trace_id(context.trace_id)
    )


def _finish(
    span: ReadableSpan, entry: LiveSpan | None, adopted: tuple[str, ...], cleaning: Cleaning
) -> FinishedSpan:
    attributes = reader.attributes_of(span)
    stamp: dict[str, Any] = {}
    if entry is not None and not is_default(entry.session, span):
        stamp = _stamp(attributes, entry.session, entry.fix())
    elif attributes:
        session = _adopted_late(span, entry, attributes, adopted)
        if session is not None:
            stamp = _stamp(attributes, session, session.path if entry is None else entry.fix())
    attributes.update(_joined(span, attributes))
    attributes.update(stamp)
    attributes.update(cleaning.changes(attributes))
    events, links = span.events, span.links
    return FinishedSpan(
        span,
        attributes,
        name=cleaning.text(SPAN_NAME, span.name),
        parent=span.parent,
        resource=cleaning.resource(span.resource),
        events=cleaning.events(events) if events else events,
        links=cleaning.links(links) if links else links,
        status=cleaning.status(span.status),
        cleaning=cleaning,
    )


def _withheld(span: ReadableSpan, cleaning: Cleaning) -> FinishedSpan:
    """Return *span* without its texts: what could not be looked at may hold a secret."""
    attributes = {
        name: value if name in _OURS or isinstance(value, (bool, int, float)) else MASK
        for name, value in reader.attributes_of(span).items()
    }
    status = Status(span.status.status_code, MASK if span.status.description else None)
    events = [Event(event.name, None, event.timestamp) for event in span.events]
    return FinishedSpan(
        span,
        attributes,
        parent=span.parent,
        events=events,
        links=(),
        status=status,
        cleaning=cleaning,
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
        if attributes.keys().isdisjoint(adopted):
            return None
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


def _joined(span: ReadableSpan, attributes: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what log records say of *span*.

    Nothing that it says itself, and nothing for a span that is no call: the record was written
    outside of it.
    """
    if not joining.current:
        return {}
    context = span.get_span_context()
    said = context and joining.current.take((context.trace_id, context.span_id))
    if not said or (semconv.REQUEST_MODEL not in attributes and reader.kind(attributes) is None):
        return {}
    return {name: value for name, value in said.items() if name not in attributes}
