"""What an ended span tells its session's trace."""

from __future__ import annotations

from dataclasses import dataclass

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.trace import format_trace_id

from otel_helisession import semconv
from otel_helisession.conventions import reader
from otel_helisession.conventions.operation import Operation
from otel_helisession.conventions.totals.candidate import Candidate
from otel_helisession.conventions.understanding import understood
from otel_helisession.finishing import finish
from otel_helisession.sessions.path import ROOT


@dataclass(frozen=True, slots=True, eq=False)
class Told:
    """One span of a session.

    Attributes:
        given: The span, as it was handed to us.
        span: The span, finished.
        said: What it says.
        candidate: What decides whether it counts.
        session_id: Whose it is.
        path: Where it hangs.
    """

    given: ReadableSpan
    span: ReadableSpan
    said: Operation
    candidate: Candidate
    session_id: str
    path: str

    @classmethod
    def by(cls, given: ReadableSpan) -> Told | None:
        """Return what *given* tells; None when it is nobody's, was not sampled, or is no ended
        span. Some 40 µs, and 50 for a price."""
        if not given.context.trace_flags.sampled or reader.is_pending(given):
            return None
        span = finish(given, None, ())
        attributes = span.attributes or {}
        session_id = attributes.get(semconv.SESSION_ID)
        if not isinstance(session_id, str) or not session_id:
            return None
        path = attributes.get(semconv.SESSION_PATH)
        said = understood(span)
        return cls(
            given,
            span,
            said,
            Candidate.of(span, said),
            session_id,
            path if isinstance(path, str) and path.startswith(ROOT) else ROOT,
        )

    @property
    def start(self) -> int:
        """When it started, in Unix nanoseconds."""
        return self.span.start_time or self.span.end_time or 0

    @property
    def end(self) -> int:
        """When it ended; never before its start, whatever clocks say."""
        return max(self.start, self.span.end_time or 0)

    @property
    def begins_trace(self) -> bool:
        """Whether it is the first of its trace."""
        return self.span.parent is None

    @property
    def is_conversation(self) -> bool:
        """Whether somebody gave the session's id, in place of having it made."""
        return semconv.CONVERSATION_ID in (self.span.attributes or {})

    @property
    def ends_session(self) -> bool:
        """Whether the session is the trace itself, and this its first span, which ends last."""
        return self.begins_trace and self.session_id == format_trace_id(self.span.context.trace_id)
