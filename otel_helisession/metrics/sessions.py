"""Metrics of sessions: requests, tokens, cost, durations, errors, by name and path."""

from __future__ import annotations

import os
import threading
import time
from collections import deque
from collections.abc import Iterable, Sequence
from typing import Final

from opentelemetry.metrics import MeterProvider
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from opentelemetry.trace import format_trace_id

from otel_helisession import environment, semconv
from otel_helisession import environment_variables as names
from otel_helisession.delivery.outcome import Outcome
from otel_helisession.delivery.suppression import suppressed
from otel_helisession.delivery.thread import started
from otel_helisession.guard import caught
from otel_helisession.metrics.instruments import meter
from otel_helisession.metrics.open_sessions import MAX_REMEMBERED, OpenSessions, Whole
from otel_helisession.metrics.seen import Seen
from otel_helisession.metrics.teller import SessionTeller
from otel_helisession.sessions import ending, live
from otel_helisession.sessions.value import Session

_LOOK_SECONDS: Final = 1.0
"""How often ended sessions are looked for, while any is kept."""

_ALL: Final = Outcome()


class SessionMetricsExporter(SpanExporter):
    """Counts each session when it has ended, behind a queue of its own as any exporter.

    An ended session waits five seconds for its last spans; a given id ends when idle, after
    ten minutes; force_flush counts what has ended, and shutdown all. Only numbers and a few
    words of each span are kept meanwhile. Spans without a session are not counted.

    Args:
        provider: Makes the instruments. None: the global one, also if it is set later.
    """

    packs_sessions = True
    retries_itself = True
    reports_itself = True
    destination = "session metrics"

    def __init__(self, provider: MeterProvider | None = None) -> None:
        self._teller: Final = SessionTeller(meter(provider))
        self._ends: Final[deque[tuple[str, float]]] = deque(maxlen=MAX_REMEMBERED)
        self._closed = False
        self._restart()
        self._stop_listening: Final = ending.listen(self._left)

    def _restart(self) -> None:
        """Start anew with nothing: after a fork what is kept is the parent's to count."""
        self._process = os.getpid()
        self._changed = threading.Condition()
        self._sessions = OpenSessions(live.open_sessions, self._ends)
        self._thread: threading.Thread | None = None

    def _here(self) -> None:
        if self._process != os.getpid():
            self._restart()

    def _left(self, session: Session, over: bool) -> None:
        if over:
            self._ends.append((session.id, time.monotonic()))

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Keep what *spans* say. Always a success."""
        self.deliver(spans)
        return SpanExportResult.SUCCESS

    def deliver(self, spans: Sequence[ReadableSpan]) -> Outcome:
        """Keep what *spans* say; all of them are accepted."""
        self._here()
        said = [pair for pair in map(_said, spans) if pair is not None]
        now = time.monotonic()
        with self._changed:
            for session_id, seen, ends in said:
                self._sessions.add(session_id, seen, now)
                if ends:
                    self._ends.append((session_id, now))
            self._tell(self._sessions.due(now))
            if self._sessions and self._thread is None and not self._closed:
                self._start()
        return _ALL

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        """Count the sessions that have ended."""
        self._here()
        with self._changed:
            self._tell(self._sessions.ended(time.monotonic()))
        return True

    def shutdown(self) -> None:
        """Count all sessions as they are, and stop."""
        self._here()
        self._stop_listening()
        with self._changed:
            self._closed = True
            self._tell(self._sessions.all(time.monotonic()))
            self._changed.notify_all()

    def _start(self) -> None:
        thread = threading.Thread(target=self._run, name="helisession-metrics", daemon=True)
        if started(thread):
            self._thread = thread

    def _run(self) -> None:
        with suppressed(), self._changed:
            while self._sessions and not self._closed:
                self._changed.wait(_LOOK_SECONDS)
                self._tell(self._sessions.due(time.monotonic()))
            self._thread = None

    def _tell(self, sessions: Iterable[Whole]) -> None:
        for session in sessions:
            try:
                self._teller.tell(session)
            except Exception as error:
                caught("counting a session", error)


def _said(span: ReadableSpan) -> tuple[str, Seen, bool] | None:
    """Return whose the finished *span* is, what it says, and whether it ends its session."""
    session_id = (span.attributes or {}).get(semconv.SESSION_ID)
    if not isinstance(session_id, str) or not session_id:
        return None
    is_root = span.parent is None or span.parent.is_remote
    ends = is_root and session_id == format_trace_id(span.context.trace_id)
    return session_id, Seen.of(span), ends


def session_metrics(
    chosen: bool | None, provider: MeterProvider | None
) -> tuple[SpanExporter, ...]:
    """Return the exporter that counts sessions, if that is *chosen*; None reads
    ``HELISESSION_SESSION_METRICS``.

    Raises:
        TypeError: *chosen* is something else.
        ValueError: The variable is neither on nor off.
    """
    if chosen is not None and not isinstance(chosen, bool):
        raise TypeError(f"session_metrics must be True, False or None, not {chosen!r}")
    if chosen is None:
        chosen = environment.flag(names.HELISESSION_SESSION_METRICS)
    return (SessionMetricsExporter(provider),) if chosen else ()
