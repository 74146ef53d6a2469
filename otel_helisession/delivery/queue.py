"""One exporter, its queue and its thread: a slow or dead destination delays nobody else."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import Final

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter

from otel_helisession.delivery.agenda import Agenda, Wait
from otel_helisession.delivery.bundle import Bundle
from otel_helisession.delivery.dispatcher import Dispatcher
from otel_helisession.delivery.keeper import Keeper, ReducingKeeper
from otel_helisession.delivery.leftovers import Leftovers
from otel_helisession.delivery.outlet import Outlet
from otel_helisession.delivery.resending import Resending
from otel_helisession.delivery.settings import DeliverySettings
from otel_helisession.delivery.suppression import suppressed
from otel_helisession.delivery.tally import Tally
from otel_helisession.delivery.thread import started
from otel_helisession.guard import caught


class ExporterQueue:
    """A bounded queue of sessions before *exporter*, emptied by a thread of its own.

    Each session has a call of its own, because an OTLP request sorts spans by resource and
    scope, and so would mix the sessions within it. When more spans wait than fit a call,
    sessions share calls: an exporter that is behind must not be held up by small ones.
    What fails is sent again, in smaller parts each time. Of what becomes too old, has no
    place, or is still there at the end, the spool takes care, or it is counted as lost.

    Args:
        exporter: Where spans go.
        settings: Bounds and times.
        destination: Its stable name.
        keeper: The spool, if there is one.

    Attributes:
        outlet: The exporter, as the queue sees it.
        ended_well: Whether the exporter's own shutdown did not say that something was lost.
    """

    def __init__(
        self,
        exporter: SpanExporter,
        settings: DeliverySettings,
        destination: str,
        keeper: Keeper | None = None,
    ) -> None:
        self.outlet: Final = Outlet(exporter, destination)
        self._settings = settings
        if keeper is not None and self.outlet.spooled is not None:
            keeper = ReducingKeeper(keeper, self.outlet.spooled)
        self._keeper = keeper
        self.restart()

    def restart(self) -> None:
        """Start anew with nothing: after a fork queue, thread and counts are the parent's."""
        name, destination = self.outlet.name, self.outlet.destination
        self._changed = threading.Condition()
        self._agenda = Agenda(self._settings, self.outlet.packs, self._keeper is not None)
        self._spool = None if self._keeper is None else Resending(self._keeper, destination)
        self._leftovers = Leftovers(
            destination, name, self._settings, self._keeper, self._something_was_kept
        )
        self._dispatcher = Dispatcher(
            self.outlet,
            self._agenda,
            self._changed,
            self._leftovers,
            self._spool,
            self._settings.max_export_batch_size,
        )
        if hasattr(self.outlet.exporter, "give_back"):
            self.outlet.exporter.give_back = self._leftovers.given_back
        self._closed = False
        self.ended_well = True
        self._thread: threading.Thread | None = None
        self._closer: threading.Thread | None = None

    @property
    def tally(self) -> Tally:
        """The counts since the process began."""
        return self._leftovers.tally

    @property
    def waiting(self) -> int:
        """How many spans wait or are on their way."""
        with self._changed:
            return self._agenda.waiting

    def put(self, session_id: str | None, spans: Sequence[ReadableSpan], weight: int) -> None:
        """Queue *spans* of one session, which the queue owns from now on. Never blocks."""
        bundle = Bundle(session_id, spans, weight, time.monotonic())
        with self._changed:
            closed = self._closed
            homeless = [] if closed else self._agenda.backlog.add(bundle)
            self._changed.notify_all()
        if closed:
            self._leftovers.keep(spans)
        self._leftovers.overflow(homeless)
        self.start()

    def cut(self, session_id: str) -> None:
        """Give up what waits of a session that has lost spans on the way here."""
        with self._changed:
            homeless = self._agenda.backlog.cut(session_id)
        self._leftovers.overflow(homeless)

    def start(self) -> bool:
        """Start the thread, if it is not running; False when the interpreter is ending."""
        with self._changed:
            if self._thread is not None or self._closed:
                return True
            thread = threading.Thread(
                target=self._run, name=f"helisession-{self.outlet.name}", daemon=True
            )
            if not started(thread):
                return False
            self._thread = thread
            return True

    def begin_flush(self, deadline: float) -> None:
        """Have everything that waits tried once more, now; see :meth:`end_flush`."""
        with self._changed:
            if not self._closed and (self._thread is not None or self._agenda.backlog):
                self._agenda.begin_flush(time.monotonic(), deadline)
                self._changed.notify_all()

    def end_flush(self, deadline: float) -> bool:
        """Wait until that is done; True when all of it was accepted by *deadline*."""
        self._work_until(self._agenda.is_tried, deadline)
        in_time = self._leftovers.wait(deadline)
        with self._changed:
            return self._agenda.end_flush() and in_time

    def begin_drain(self) -> None:
        """Have everything delivered from now on, without the patience of other times."""
        with self._changed:
            self._agenda.begin_drain(time.monotonic())
            self._changed.notify_all()

    def end_drain(self, deadline: float) -> None:
        """Wait until nothing waits, or the destination is found to be down."""
        self._work_until(self._agenda.is_drained, deadline)

    def close(self, deadline: float) -> None:
        """Take no more, find a place for what still waits, and begin to shut the exporter down."""
        with self._changed:
            self._closed = True
            self._agenda.exporter_flushed(False)
            self._changed.notify_all()
        self._closer = threading.Thread(
            target=self._end, args=(deadline,), name="helisession-close", daemon=True
        )
        if not started(self._closer):
            self._closer = None
            self._end(deadline)

    def join(self, deadline: float) -> None:
        """Wait for close() to be done, until *deadline* (monotonic) at the latest.

        A batch whose export has not returned by then was not accepted.
        """
        for thread in (self._closer, self._thread):
            if thread is not None:
                thread.join(max(0.0, deadline - time.monotonic()))
        self._leftovers.keep(self._dispatcher.abandon())
        self._keep_what_waits()  # what has failed since close()
        self._leftovers.wait(deadline)

    def _end(self, deadline: float) -> None:
        self._keep_what_waits()
        self.ended_well = self.outlet.shut_down(deadline)

    def _keep_what_waits(self) -> None:
        with self._changed:
            left = self._agenda.backlog.clear()
        self._leftovers.keep([span for bundle in left for span in bundle.spans])

    def _something_was_kept(self) -> None:
        if self._spool is not None:
            with self._changed:
                self._spool.look()
                self._changed.notify_all()

    def _work_until(self, is_done: Callable[[float], bool], deadline: float) -> None:
        """Wait until *is_done*; where no thread can be started, do its work here meanwhile."""
        if self.waiting and not self.start():
            with suppressed():
                while not is_done(time.monotonic()) and time.monotonic() < deadline:
                    self._work(deadline)
        with self._changed:
            self._changed.wait_for(
                lambda: is_done(time.monotonic()), max(0.0, deadline - time.monotonic())
            )

    def _run(self) -> None:
        with suppressed():
            while not self._closed:
                try:
                    self._work(None)
                except Exception as error:
                    self._dispatcher.put_back()
                    caught("delivering spans", error)
            if self._spool is not None:
                self._spool.close()

    def _work(self, deadline: float | None) -> None:
        """Do one thing that is due; or wait until something is, at most until *deadline*."""
        with self._changed:
            now = time.monotonic()
            task = self._agenda.next(now, None if self._spool is None else self._spool.due)
            if isinstance(task, Wait):
                if not self._closed:
                    self._changed.notify_all()  # it may be what somebody waits for
                    rest = None if deadline is None else max(0.0, deadline - now)
                    rests = [pause for pause in (task.seconds, rest) if pause is not None]
                    self._changed.wait(min(rests, default=None))
                return
        self._dispatcher.carry_out(task)
