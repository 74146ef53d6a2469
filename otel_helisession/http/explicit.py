"""The user's own session headers on a request: they say whose the request is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from opentelemetry import trace

from otel_helisession import semconv
from otel_helisession.conventions import reader
from otel_helisession.conventions.operation import REQUEST_KINDS
from otel_helisession.conventions.totals.covering import covering
from otel_helisession.sessions import live
from otel_helisession.sessions.context import announced_session, current_session
from otel_helisession.sessions.headers import missing_headers
from otel_helisession.sessions.value import Session

_OURS = semconv.SESSION_KEYS


@dataclass(frozen=True, slots=True)
class ExplicitSession:
    """The session of a request on which the user put ``Helicone-Session-Id``.

    Attributes:
        session: What the headers say; where they are silent and their id is the current
            session's, what the current session says.
        complement: Path and name, if the headers lack them and the ids agree.
    """

    session: Session
    complement: Mapping[str, str]


def explicit_session(headers: Any) -> ExplicitSession | None:
    """Return the session that *headers* announce; None without an id that can be used.

    Args:
        headers: httpx's; they were set by the user. Not modified.
    """
    said = Session.from_headers(headers)
    if said is None:
        return None
    current = current_session()
    if current is None or current.id != said.id:
        return ExplicitSession(said, {})
    if semconv.SESSION_PATH_HEADER not in headers:
        current = announced_session() or current
    named = {name.lower() for name in said.properties}
    inherited = {k: v for k, v in current.properties.items() if k.lower() not in named}
    session = Session(
        name=said.name or current.name,
        id=said.id,
        path=said.path if semconv.SESSION_PATH_HEADER in headers else current.path,
        user_id=said.user_id or current.user_id,
        properties={**inherited, **said.properties},
        id_given=current.id_given,
    )
    present = {name.lower(): value for name, value in headers.items()}
    return ExplicitSession(session, missing_headers(current, present))


def claim_llm_span(session: Session) -> None:
    """Make the LLM span around this request *session*'s, whatever it was stamped with."""
    span = covering(trace.get_current_span(), "llm")
    if span is not None:
        _claim(span, session)


def _claim(span: Any, session: Session) -> None:
    context = span.get_span_context()
    entry = live.find(context.span_id)
    before: Mapping[str, str | int] = {}
    if entry is None:
        entry = live.add(span, context, session, session, None, reader.segment)
    elif entry.scope is not None or not entry.session.id_given:  # else it was adopted: theirs
        before = entry.session.attributes
    if entry is None:  # its processor has just registered it, on another thread
        return
    entry.claim(session)
    attributes = reader.attributes_of(span)
    stamp: dict[str, Any] = {
        name: value
        for name, value in session.attributes.items()
        if name in _OURS or attributes.get(name) in (None, before.get(name))
    }
    kind = reader.kind(attributes)
    if kind in REQUEST_KINDS and semconv.REQUEST_TYPE not in attributes:
        stamp[semconv.REQUEST_TYPE] = kind
    span.set_attributes(stamp)
