"""What exporters share that do something when a session ends: the thread, the clock, the locks."""

from __future__ import annotations

import os
import threading
import time
import weakref
from abc import abstractmethod
from collections.abc import Callable, Sequence
from typing import Any, ClassVar, Final, Generic, Protocol, TypeVar

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

from otel_helisession.delivery.destination import destination_names
from otel_helisession.delivery.outcome import Outcome
from otel_helisession.delivery.outlet import Outlet
from otel_helisession.delivery.suppression import suppressed
from otel_helisession.delivery.thread import started
from otel_helisession.holding.parcels import Parcels
from otel_helisession.sessions import ending
from otel_helisession.sessions.value import Session

_LOOK_SECONDS: Final = 1.0
"""How often ended sessions are looked for, while any is held: who leaves a session() may wait
for no lock, and so wakes nobody."""

_DELIVERING: Final = 0.8
"""The part of shutdown's time that is for delivering; the rest closes the exporter."""


GiveBack = Callable[[Sequence[ReadableSpan], str], None]


class Worklist(Protocol):
    """What sessions are held, and what is to be sent of them. Has no thread, lock or clock; used
    by one thread at a time, but for :meth:`end`."""

    @property
    def parcels(self) -> Parcels:
        """What is to be sent."""

    def __len__(self) -> int:
        """How many sessions are held."""

    def end(self, session_id: str, now: float) -> None:
        """Take note that a session has ended. From any thread, at any time: takes no lock."""

    def decide_due(self, now: float) -> None:
        """Queue what is to be sent of sessions that have ended a while ago, or are idle."""

    def decide_ended(self, now: float) -> None:
        """Queue what is to be sent of sessions that have ended."""

    def decide_all(self, now: float) -> None:
        """Queue what is to be sent of every session as it is."""

    def next_due(self) -> float | None:
        """Return when there may be something to do; None while there is not."""


AnyWorklist = TypeVar("AnyWorklist", bound=Worklist)


class AtEndExporter(SpanExporter, Generic[AnyWorklist]):
    """Holds something of each session until it ends, and sends to *exporter* then.

    Args:
        exporter: Where spans go. Owned from now on: shut down with this one.

    Raises:
        TypeError: *exporter* cannot export.
    """

    packs_sessions = True
    retries_itself = True  # as deliver() tells what to send again
    reports_itself = True

    HOLDS_SPANS: ClassVar[bool]
    """Whether nobody has accepted the spans of the sessions that are held."""

    def __init__(self, exporter: SpanExporter) -> None:
        if isinstance(exporter, type) or not callable(getattr(exporter, "export", None)):
            raise TypeError(
                f"{type(self).__name__} wraps a span exporter (an object with an export method), "
                f"not {type(exporter).__name__}"
            )
        self._outlet: Final = Outlet(exporter, destination_names([exporter])[0])
        self._closed = False
        self._takes_back: GiveBack | None = None
        self.restart()
        self._stop_listening: Final = _listen(self)
        _restart_after_fork(self)

    @abstractmethod
    def _make_worklist(self) -> AnyWorklist:
        """Return one that holds nothing."""

    @abstractmethod
    def _say_how_it_went(self, lost: int) -> None:
        """Log what became of the sessions, at the end."""

    @abstractmethod
    def deliver(self, spans: Sequence[ReadableSpan]) -> Outcome:
        """Take *spans*, and return what was not accepted."""

    @property
    def give_back(self) -> GiveBack | None:
        """Called with spans of ours that do not get through, and why they were refused; an empty
        reason: they may be sent another day. A SessionSpanProcessor sets it, for its spool."""
        return self._takes_back

    @give_back.setter
    def give_back(self, give_back: GiveBack | None) -> None:
        self._takes_back = give_back
        self._worklist.parcels.returns = give_back is not None

    def _give_back(self) -> None:
        """Hand back what does not get through, if anybody takes it."""
        with self._changed:
            returned = self._worklist.parcels.take_returned()
        for spans, reason in returned:
            if self.give_back is not None:
                self.give_back(spans, reason)

    def restart(self) -> None:
        """Start anew with nothing: after a fork what is held is the parent's to send."""
        self._changed = threading.Condition()
        self._exporting = threading.Lock()
        self._worklist = self._make_worklist()
        self._worklist.parcels.returns = self._takes_back is not None
        self._reported = 0
        self._in_flight = 0
        self._thread: threading.Thread | None = None

    def session_left(self, session: Session, over: bool) -> None:
        """Take note that a session() was left."""
        if over:
            self._worklist.end(session.id, time.monotonic())

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Do as :meth:`deliver`; a success when nothing was refused."""
        accepted = self.deliver(spans).accepted
        return SpanExportResult.SUCCESS if accepted else SpanExportResult.FAILURE

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        """Send what is to be sent of the sessions that have ended.

        Returns:
            True when all of it was accepted, nothing was lost since the last flush, and no
            spans are held any more, within *timeout_millis*. The first call that fails ends it.
        """
        deadline = time.monotonic() + timeout_millis / 1_000
        with self._changed:
            self._worklist.decide_ended(time.monotonic())
            parcels = self._worklist.parcels
            parcels.hasten()
            failures = parcels.failures
        self._work_until(
            lambda: not (parcels or self._in_flight) or parcels.failures > failures, deadline
        )
        flushed = self._outlet.flush(deadline)
        with self._changed:
            parcels.hurried = self._closed
            lost, self._reported = parcels.lost - self._reported, parcels.lost
            held = self.HOLDS_SPANS and len(self._worklist)
            return flushed and not (lost or parcels or self._in_flight or held)

    def shutdown(self, timeout_millis: int = 5_000) -> bool:  # type: ignore[override]
        """End everything that is held as it is, send what is to be sent of it, and stop. One log
        line.

        Returns:
            True when nothing of that was lost.
        """
        now = time.monotonic()
        with self._changed:
            parcels = self._worklist.parcels
            if self._closed:
                return not parcels.lost
            self._worklist.decide_all(now)
            parcels.hasten()
            self._closed = True
        self._stop_listening()
        self._work_until(
            lambda: not (parcels or self._in_flight), now + timeout_millis / 1_000 * _DELIVERING
        )
        with self._changed:
            parcels.close()
            self._changed.notify_all()
        self._give_back()
        self._outlet.shut_down(now + timeout_millis / 1_000)
        self._say_how_it_went(parcels.lost)
        return not parcels.lost

    def _send(self, spans: Sequence[ReadableSpan]) -> Outcome:
        with self._exporting:  # no exporter has to bear two calls at a time
            return self._outlet.send(spans)

    def _start(self) -> bool:
        """Start the thread if there is something to do; False when the interpreter is ending."""
        if self._thread is None and self._worklist.next_due() is not None:
            thread = threading.Thread(target=self._run, name="helisession-holding", daemon=True)
            if not started(thread):
                return False
            self._thread = thread
        return True

    def _run(self) -> None:
        with suppressed():
            while not self._closed or self._worklist.parcels:
                self._step(None)

    def _step(self, deadline: float | None) -> None:
        """See to what is due and send one parcel; or wait until there is something to do, at
        most to *deadline*."""
        with self._changed:
            now = time.monotonic()
            worklist = self._worklist
            worklist.decide_due(now)
            parcel = worklist.parcels.next(now)
            if parcel is None:
                self._changed.wait(self._pause(now, deadline))
                return
            self._in_flight = len(parcel.spans)
        outcome = self._send(parcel.call)
        with self._changed:
            self._in_flight = 0
            worklist.parcels.settle(parcel, outcome, time.monotonic())
            self._changed.notify_all()
        self._give_back()

    def _pause(self, now: float, deadline: float | None) -> float | None:
        """Return for how many seconds there is nothing to do; None: until something comes."""
        times = [time - now for time in (self._worklist.next_due(), deadline) if time is not None]
        if len(self._worklist):
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


def _listen(exporter: AtEndExporter[Any]) -> Callable[[], None]:
    """Tell *exporter* of ends, for as long as somebody else holds it."""
    alive = weakref.ref(exporter)

    def told(session: Session, over: bool) -> None:
        listener = alive()
        if listener is not None:
            listener.session_left(session, over)

    stop = ending.listen(told)
    weakref.finalize(exporter, stop).atexit = False
    return stop


def _restart_after_fork(exporter: AtEndExporter[Any]) -> None:
    if not hasattr(os, "register_at_fork"):  # Windows has no fork
        return
    alive = weakref.ref(exporter)

    def in_child() -> None:
        restarted = alive()
        if restarted is not None:
            restarted.restart()

    os.register_at_fork(after_in_child=in_child)
