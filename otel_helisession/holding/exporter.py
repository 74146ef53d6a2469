"""The exporter that holds each session until it has ended, and keeps or drops it whole."""

from __future__ import annotations

import logging
import os
import threading
import time
import weakref
from collections.abc import Callable, Sequence
from typing import Final

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

from otel_helisession.delivery.destination import destination_names
from otel_helisession.delivery.outcome import Outcome
from otel_helisession.delivery.outlet import Outlet
from otel_helisession.delivery.suppression import suppressed
from otel_helisession.delivery.thread import started
from otel_helisession.guard import logger
from otel_helisession.holding.bounds import MAX_BYTES, MAX_SPANS, SETTLE_SECONDS, Bounds
from otel_helisession.holding.decisions import Decisions
from otel_helisession.holding.docket import Docket
from otel_helisession.holding.whole import WholeSession
from otel_helisession.sessions import ending
from otel_helisession.sessions.value import Session

_LOOK_SECONDS: Final = 1.0
"""How often ended sessions are looked for, while any is held: who leaves a session() may wait
for no lock, and so wakes nobody."""

_DELIVERING: Final = 0.8
"""The part of shutdown's time that is for delivering; the rest closes the exporter."""


class WholeSessionExporter(SpanExporter):
    """Holds each session until it ends, then hands all of it to *exporter*, or nothing.

    ``SessionSpanProcessor(WholeSessionExporter(OTLPSpanExporter(), keep=Keep(errors=True)))``;
    in a pipeline of your own
    ``BatchSpanProcessor(SessionSpanExporter(WholeSessionExporter(OTLPSpanExporter())))``. Spans
    without a session pass at once. Spans that come after the decision follow it.

    force_flush decides and delivers the sessions that have ended, and is False as long as
    spans of others are held: nobody has accepted them. shutdown decides all of them as they
    are. A session that was kept is sent again while *exporter* fails, for five minutes.

    Args:
        exporter: Where sessions go. Owned from now on: shut down with this one.
        keep: Told a WholeSession, in the background, returns whether to keep it: a Keep, or a
            function of yours. One that raises keeps the session. None keeps all.
        idle_seconds: When a session has ended that nobody ends, because its id was given.
        settle_seconds: How long an ended session waits for its last spans.
        max_spans: Spans that are held at most. Beyond, the sessions that ended, and then those
            that have been quiet for longest, are decided early, as they are.
        max_bytes: Their size at most, as estimated from the lengths of texts.

    Raises:
        TypeError: *exporter* cannot export, or *keep* cannot be called.
        ValueError: A number is too small.
    """

    packs_sessions = True
    retries_itself = True  # as deliver() tells what to send again
    reports_itself = True

    def __init__(
        self,
        exporter: SpanExporter,
        *,
        keep: Callable[[WholeSession], bool] | None = None,
        idle_seconds: float = ending.IDLE_SECONDS,
        settle_seconds: float = SETTLE_SECONDS,
        max_spans: int = MAX_SPANS,
        max_bytes: int = MAX_BYTES,
    ) -> None:
        if isinstance(exporter, type) or not callable(getattr(exporter, "export", None)):
            raise TypeError(
                "WholeSessionExporter wraps a span exporter (an object with an export method), "
                f"not {type(exporter).__name__}"
            )
        if keep is not None and not callable(keep):
            raise TypeError(f"keep must be a function of a session, not {type(keep).__name__}")
        self.destination: Final = destination_names([exporter])[0]
        self._outlet: Final = Outlet(exporter, self.destination)
        self.spooled: Final = self._outlet.spooled
        self._bounds: Final = Bounds(idle_seconds, settle_seconds, max_spans, max_bytes)
        self._decisions: Final = Decisions(keep)
        self._closed = False
        self.restart()
        self._stop_listening: Final = _listen(self)
        _restart_after_fork(self)

    def restart(self) -> None:
        """Start anew with nothing: after a fork what is held is the parent's to decide."""
        self._changed = threading.Condition()
        self._exporting = threading.Lock()
        self._decisions.forget_counts()
        self._docket = Docket(self._bounds, self._decisions, self._outlet.name)
        self._reported = 0
        self._in_flight = 0
        self._thread: threading.Thread | None = None

    def session_left(self, session: Session, over: bool) -> None:
        """Take note that a session() was left."""
        if over:
            self._docket.end(session.id, time.monotonic())

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Hold the *spans* of sessions, and export the others; the result is that of these."""
        accepted = self.deliver(spans).accepted
        return SpanExportResult.SUCCESS if accepted else SpanExportResult.FAILURE

    def deliver(self, spans: Sequence[ReadableSpan]) -> Outcome:
        """Hold the *spans* of sessions, and export the others; return what was not accepted."""
        with self._changed:
            if self._closed:
                return Outcome(refused=spans, reason="it was shut down before")
            passing = self._docket.sort(spans, time.monotonic())
            self._changed.notify_all()
            self._start()
        outcomes = [self._send(group) for group in passing]
        return Outcome(
            [span for outcome in outcomes for span in outcome.undelivered],
            [span for outcome in outcomes for span in outcome.refused],
            next((outcome.reason for outcome in outcomes if outcome.reason), ""),
        )

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        """Decide and deliver the sessions that have ended.

        Returns:
            True when no session is held any more, all that was kept was accepted, and nothing
            was lost since the last flush, within *timeout_millis*. The first call that fails
            ends it.
        """
        deadline = time.monotonic() + timeout_millis / 1_000
        with self._changed:
            self._docket.decide_ended(time.monotonic())
            parcels = self._docket.parcels
            parcels.hasten()
            failures = parcels.failures
        self._work_until(
            lambda: not (parcels or self._in_flight) or parcels.failures > failures, deadline
        )
        flushed = self._outlet.flush(deadline)
        with self._changed:
            parcels.hurried = self._closed
            lost, self._reported = parcels.lost - self._reported, parcels.lost
            return flushed and not (lost or parcels or self._in_flight or self._docket)

    def shutdown(self, timeout_millis: int = 5_000) -> bool:  # type: ignore[override]
        """Decide everything that is held as it is, deliver what is kept, and stop. One log line.

        Returns:
            True when nothing that was kept was lost.
        """
        now = time.monotonic()
        with self._changed:
            parcels = self._docket.parcels
            if self._closed:
                return not parcels.lost
            self._docket.decide_all(now)
            parcels.hasten()
            self._closed = True
        self._stop_listening()
        self._work_until(
            lambda: not (parcels or self._in_flight), now + timeout_millis / 1_000 * _DELIVERING
        )
        with self._changed:
            parcels.close(self._in_flight)
            self._changed.notify_all()
        self._outlet.shut_down(now + timeout_millis / 1_000)
        self._say_how_it_went(parcels.lost)
        return not parcels.lost

    def _say_how_it_went(self, lost: int) -> None:
        made = self._decisions
        if made.kept or made.dropped or lost:
            logger.log(
                logging.WARNING if lost else logging.INFO,
                "%s: %d sessions kept, %d dropped%s",
                self._outlet.name,
                made.kept,
                made.dropped,
                f"; {lost} spans of kept sessions did not arrive" if lost else "",
            )

    def _send(self, spans: Sequence[ReadableSpan]) -> Outcome:
        with self._exporting:  # no exporter has to bear two calls at a time
            return self._outlet.send(spans)

    def _start(self) -> bool:
        """Start the thread if there is something to do; False when the interpreter is ending."""
        if self._thread is None and self._docket.next_due() is not None:
            thread = threading.Thread(target=self._run, name="helisession-holding", daemon=True)
            if not started(thread):
                return False
            self._thread = thread
        return True

    def _run(self) -> None:
        with suppressed():
            while not self._closed or self._docket.parcels:
                self._step(None)

    def _step(self, deadline: float | None) -> None:
        """Decide what is due and send one parcel; or wait until there is something to do, at
        most to *deadline*."""
        with self._changed:
            now = time.monotonic()
            docket = self._docket
            docket.decide_due(now)
            parcel = docket.parcels.next(now)
            if parcel is None:
                self._changed.wait(self._pause(now, deadline))
                return
            self._in_flight = len(parcel.spans)
        outcome = self._send(parcel.call)
        with self._changed:
            self._in_flight = 0
            docket.parcels.settle(parcel, outcome, time.monotonic())
            self._changed.notify_all()

    def _pause(self, now: float, deadline: float | None) -> float | None:
        """Return for how many seconds there is nothing to do; None: until something comes."""
        times = [time - now for time in (self._docket.next_due(), deadline) if time is not None]
        if len(self._docket):
            times.append(_LOOK_SECONDS)
        return max(0.0, min(times)) if times else None

    def _work_until(self, is_done: Callable[[], bool], deadline: float) -> None:
        """Wait until *is_done*; where no thread can be started, do its work here meanwhile."""
        with self._changed:
            self._changed.notify_all()
            has_thread = self._start()
            if has_thread:
                self._changed.wait_for(is_done, max(0.0, deadline - time.monotonic()))
                return
        with suppressed():
            while not is_done() and time.monotonic() < deadline:
                self._step(deadline)


def _listen(exporter: WholeSessionExporter) -> Callable[[], None]:
    """Tell *exporter* of ends, for as long as somebody else holds it."""
    alive = weakref.ref(exporter)

    def told(session: Session, over: bool) -> None:
        listener = alive()
        if listener is not None:
            listener.session_left(session, over)

    stop = ending.listen(told)
    weakref.finalize(exporter, stop).atexit = False
    return stop


def _restart_after_fork(exporter: WholeSessionExporter) -> None:
    if not hasattr(os, "register_at_fork"):  # Windows has no fork
        return
    alive = weakref.ref(exporter)

    def in_child() -> None:
        restarted = alive()
        if restarted is not None:
            restarted.restart()

    os.register_at_fork(after_in_child=in_child)
