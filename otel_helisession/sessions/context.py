"""The session in the OpenTelemetry Context: where it is kept, read and passed on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from opentelemetry import context as context_api
from opentelemetry import trace
from opentelemetry.context import Context

from otel_helisession.sessions import live
from otel_helisession.sessions.live import LiveSpan
from otel_helisession.sessions.value import Session

SESSION_KEY: Final = context_api.create_key("otel_helisession-session")
"""The key in the OpenTelemetry Context. The Context, and not a ContextVar of our own,
because instrumentations that carry work across threads copy only the Context."""

SETTLED_KEY: Final = context_api.create_key("otel_helisession-settled")
"""Set while a request is sent that says all that it shall say: propagators add nothing."""


def context_session(context: Context | None = None) -> Session | None:
    """Return the session that *context* (the current one when None) carries itself."""
    return context_api.get_value(SESSION_KEY, context)  # type: ignore[return-value]


def current_session(context: Context | None = None) -> Session | None:
    """Return the session of *context*, or None.

    Its path is the present one: the steps entered, and the units of work (agents, tools)
    whose spans are open.

    Args:
        context: An OpenTelemetry Context; the current one when None.
    """
    return _session_at(context, LiveSpan.path)


def announced_session(context: Context | None = None) -> Session | None:
    """Return current_session() for showing it outside: its path is final from now on."""
    return _session_at(context, LiveSpan.fix)


def _session_at(context: Context | None, path_of: Callable[[LiveSpan], str]) -> Session | None:
    if context is None:
        context = context_api.get_current()
    session = context_session(context)
    span = live.find(trace.get_current_span(context).get_span_context().span_id)
    if span is None or (session is not None and span.scope is not session):
        return session
    path = path_of(span)
    return span.session if path == span.session.path else span.session.at(path)


def set_session(session: Session | None, context: Context | None = None) -> Context:
    """Return a Context that carries *session*, for passing it on explicitly.

    For work that leaves the current Context: threads, queues, callbacks. Attach what is
    returned there (``opentelemetry.context.attach``), or start spans with it.

    Args:
        session: The session to carry; None for a Context that has none.
        context: The Context to extend; the current one when None. Not modified.

    Raises:
        TypeError: *session* is no Session.
    """
    if session is not None and not isinstance(session, Session):
        raise TypeError(f"set_session takes a Session or None, not {type(session).__name__}")
    return context_api.set_value(SESSION_KEY, session, context)
