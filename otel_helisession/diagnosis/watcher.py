"""The span processor of a diagnosis: it counts whose spans have a session, and why not."""

from __future__ import annotations

import threading
from typing import Any, Final

from opentelemetry import context as context_api
from opentelemetry.context import Context
from opentelemetry.sdk.trace import ReadableSpan, Span, SpanProcessor
from opentelemetry.trace import SpanKind

from otel_helisession import observing, semconv
from otel_helisession.conventions import reader
from otel_helisession.conventions.understanding import understood
from otel_helisession.diagnosis import destination
from otel_helisession.guard import caught
from otel_helisession.http import settings
from otel_helisession.observing import ReadingKey, RequestKey, RequestOutcome, SpanKey, SpanOutcome
from otel_helisession.sessions import live
from otel_helisession.sessions.adoption import adopt
from otel_helisession.sessions.context import context_session, set_session
from otel_helisession.sessions.value import Session

MAX_OPEN: Final = 10_000
"""Open spans that are remembered; beyond it a span without a session counts as ``outside``."""

_Reason = tuple[SpanOutcome, str]
"""What becomes of a span, and the thread, if that is why."""

_SESSION: Final[_Reason] = ("session", "")
_OUTSIDE: Final[_Reason] = ("outside", "")
_INBOUND: Final = (SpanKind.SERVER, SpanKind.CONSUMER)


class WatchingSpanProcessor(SpanProcessor):
    """Counts into :mod:`otel_helisession.observing`, while that is on. Changes no span.

    Its place among the processors does not matter: it reads at the end what was written at
    the start.

    Args:
        provider: The class of the provider that it watches, for sentences.
    """

    def __init__(self, provider: str) -> None:
        self._provider = provider
        self._open: dict[int, _Reason] = {}

    def on_start(self, span: Span, parent_context: Context | None = None) -> None:
        """Note why *span* has no session, should it have none. On the user's thread."""
        if observing.current is None or len(self._open) >= MAX_OPEN:
            return
        try:
            self._open[span.context.span_id] = self._reason(span, parent_context)
        except Exception as error:
            caught("watching a span's start", error)

    def on_end(self, span: ReadableSpan) -> None:
        """Count *span*. On the user's thread."""
        observations = observing.current
        if observations is None:
            return
        try:
            reason = self._open.pop(span.context.span_id, _OUTSIDE)
            outcome, thread = _SESSION if _has_session(span) else reason
            scope = span.instrumentation_scope
            name = scope.name if scope is not None else "(none)"
            observations.span(SpanKey(outcome, name, self._provider, thread), span.name)
            _remember(observations)
            _count_reading(observations, span, name)
            if outcome in ("session", "unstamped"):
                _count_request(observations, span, name)
        except Exception as error:
            caught("watching a span's end", error)

    def _reason(self, span: Span, given: Context | None) -> _Reason:
        """Return why *span* would have no session, and the thread if that is why."""
        context = context_api.get_current() if given is None else given
        parent = span.parent
        if context_session(context) is not None:
            return "unstamped", ""
        if parent is not None:
            if parent.is_remote:
                return "remote", ""
            return self._open.get(parent.span_id, _OUTSIDE)
        if span.kind in _INBOUND:
            return "inbound", ""
        thread = threading.current_thread()
        if not context and live.count() and thread is not threading.main_thread():
            return "lost", thread.name
        return _OUTSIDE


def _remember(observations: observing.Observations) -> None:
    """Keep what is in force: at a program's end its configuration may be undone already."""
    if settings.current is not None:
        observations.httpx = settings.current
    if not observations.propagates:
        observations.propagates = announces(_propagator())


def _has_session(span: ReadableSpan) -> bool:
    attributes = reader.attributes_of(span)
    return semconv.SESSION_ID in attributes or adopt(attributes, span.kind) is not None


def _count_reading(observations: observing.Observations, span: ReadableSpan, scope: str) -> None:
    """Count by whom the span is understood, if by anybody: as an exporter would read it."""
    operation = understood(span)
    if operation.convention != "none":
        observations.reading(
            ReadingKey(
                operation.kind,
                scope,
                operation.convention,
                tuple(sorted(operation.provenance.items())),
                tuple(operation.unread),
            )
        )


def _count_request(observations: observing.Observations, span: ReadableSpan, scope: str) -> None:
    """Count the request that an HTTP client's span describes, unless we see it elsewhere."""
    host = destination.of(span)
    if host is None or (scope.startswith(destination.HTTPX) and settings.current is not None):
        return
    observations.request(RequestKey(announcement(host), host, scope))


def announcement(host: str) -> RequestOutcome:
    """Ask the global propagator whether it tells *host* of sessions."""
    propagator = _propagator()
    if not announces(propagator):
        return "no_propagator"
    carrier = {"host": host}
    context = set_session(Session("diagnosis"), Context())
    propagator.inject(carrier, context)
    told = semconv.SESSION_ID_HEADER.lower() in {name.lower() for name in carrier}
    return "announced" if told else "not_allowed"


def _propagator() -> Any:
    from opentelemetry import propagate  # reads the environment: not before the program may

    return propagate.get_global_textmap()


def announces(propagator: Any) -> bool:
    """Tell whether *propagator*, or one in it, sends Helicone's headers."""
    wanted = semconv.SESSION_ID_HEADER.lower()
    return any(field.lower() == wanted for field in propagator.fields)
