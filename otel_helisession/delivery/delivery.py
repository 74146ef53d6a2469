"""Delivery: from the end of a span, over grouping by session, to each exporter's queue."""

from __future__ import annotations

import logging
import os
import threading
import time
import weakref
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Final

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter

from otel_helisession.delivery.child_exit import at_child_exit, at_own_exit
from otel_helisession.delivery.exit import EXIT_MILLIS, LONGEST_MILLIS, end_with_process
from otel_helisession.delivery.groups import Group, SessionGroups
from otel_helisession.delivery.keeper import Keeper
from otel_helisession.delivery.queues import Queues
from otel_helisession.delivery.settings import DeliverySettings
from otel_helisession.delivery.sheaf import Sheaf
from otel_helisession.delivery.suppression import suppressed, suppression
from otel_helisession.delivery.thread import started
from otel_helisession.guard import caught, once
from otel_helisession.sessions.live import LiveSpan

Item = tuple[ReadableSpan, "LiveSpan | None"]

_MAX_CUT: Final = 1_000
"""Sessions remembered that have lost spans, until the thread has seen to them."""


class Delivery:
    """Takes ended spans from any thread, and delivers them by session, in the background.

    One thread groups; each exporter has a queue and a thread of its own.
    Threads start with the first span, so that importing, and forking before it, are free.

    Args:
        exporters: Where spans go, each independent of the others.
        settings: Sizes and times.
        place: Names the session of an ended span (None: it has none), and says about how many
            bytes it takes. Must not raise.
        finish: Makes of an ended span what shall leave; on the thread of an exporter, one at a
            time. Must not raise.
        keeper: The spool; None: there is none.
    """

    def __init__(
        self,
        exporters: Sequence[SpanExporter],
        settings: DeliverySettings,
        place: Callable[[ReadableSpan, LiveSpan | None], tuple[str | None, int]],
        finish: Callable[[ReadableSpan, LiveSpan | None], ReadableSpan],
        keeper: Keeper | None = None,
    ) -> None:
        self.settings: Final = settings
        self._place = place
        self._finish = finish
        self.queues: Final = Queues(exporters, settings, keeper)
        # A batch that is full wakes the thread, long before the intake is.
        self._wake_at = max(1, min(settings.max_export_batch_size, settings.max_queue_size // 4))
        self._closed = False
        suppression()
        self._process = os.getpid()
        self._restart_lock = threading.Lock()
        self._reset()
        _follow_forks(self)
        end_with_process(self)
        at_own_exit(self, Delivery.end_of_worker)

    def _reset(self) -> None:
        """Forget threads, counts and what waits: after a fork, all are the parent's."""
        self._intake: deque[Item] = deque()
        self._cut: deque[str] = deque(maxlen=_MAX_CUT)
        self._groups = SessionGroups(
            self.settings.schedule_delay_millis / 1_000, self.settings.max_export_batch_size
        )
        self.dropped = self.crowded_out = self.late = 0
        self._reported = 0
        self._awake = threading.Event()
        self._idle = True
        self._start_lock = threading.Lock()
        self._drain_lock = threading.Lock()
        self._finish_lock = threading.Lock()
        self._flush_lock = threading.Lock()
        self._shutdown_lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def _here(self) -> None:
        """Start afresh if this is a forked child: the parent delivers what it queued.

        Not before something is asked of the child: forks of C code, as uWSGI's, run no hook,
        and gevent's workers patch what threads and locks are only after theirs.
        """
        if self._process != os.getpid():
            with self._restart_lock:
                if self._process != os.getpid():
                    self._reset()
                    self.queues.restart()
                    self._process = os.getpid()

    @property
    def waiting(self) -> int:
        """How many spans wait or are on their way; each counts once a destination from when it
        has left its session's group."""
        self._here()
        return len(self._intake) + len(self._groups) + self.queues.waiting

    @property
    def in_use(self) -> bool:
        """Whether there is anything to end: spans have come, and shutdown has not."""
        waiting = self.waiting
        return not self._closed and (self._thread is not None or waiting > 0)

    def put(self, span: ReadableSpan, entry: LiveSpan | None) -> None:
        """Queue an ended span. Costs about a microsecond; never blocks."""
        if self._process != os.getpid():
            self._here()
        if self._closed:
            self._drop("after shutdown")
            return
        intake = self._intake
        if len(intake) >= self.settings.max_queue_size:
            self._make_room()
        intake.append((span, entry))
        if self._idle or len(intake) >= self._wake_at:
            self._idle = False
            if not self._awake.is_set():
                self._awake.set()
            if self._thread is None:
                self._start()

    def force_flush(self, timeout_millis: float) -> bool:
        """Deliver everything that waits; what fails is tried once, and again later.

        Returns:
            True when every span that ended since the last flush was accepted by every
            exporter in time. One in the spool was not.
        """
        self._here()
        timeout_millis = min(timeout_millis, LONGEST_MILLIS)
        deadline = time.monotonic() + timeout_millis / 1_000
        if not self._flush_lock.acquire(timeout=max(0.0, timeout_millis / 1_000)):
            return False  # another flush took all the time
        try:
            in_time = self._pass_on(deadline, everything=True)
            delivered = self.queues.flush(deadline)
            missing = self.dropped + self.queues.missing
            fresh, self._reported = missing - self._reported, missing
            return in_time and delivered and fresh == 0
        finally:
            self._flush_lock.release()

    def shutdown(self, timeout_millis: float) -> bool:
        """Deliver what waits, stop threads and exporters, and say in one line how it went.

        Returns:
            True when every span since the start was accepted by every exporter.
        """
        self._here()
        timeout_millis = min(timeout_millis, LONGEST_MILLIS)
        deadline = time.monotonic() + timeout_millis / 1_000
        if not self._shutdown_lock.acquire(timeout=max(0.0, timeout_millis / 1_000)):
            return False  # another thread is at it
        try:
            if not self._closed:
                self._shut_down(deadline)
            return not self.dropped and self.queues.is_complete
        finally:
            self._shutdown_lock.release()

    def end_of_worker(self) -> None:
        """Deliver what a forked worker still has when it ends."""
        self.shutdown(EXIT_MILLIS)

    def _shut_down(self, deadline: float) -> None:
        self._closed = True
        self._awake.set()
        self._pass_on(deadline, everything=True)
        self.queues.drain(deadline)
        self.queues.close(deadline)
        if self._thread is not None:
            self._thread.join(max(0.0, deadline - time.monotonic()))
        self.dropped += len(self._intake) + len(self._groups)
        self.queues.report(self.dropped)

    def _make_room(self) -> None:
        """Drop the oldest span that waits, and have all of its session follow it."""
        try:
            span, entry = self._intake.popleft()
        except IndexError:
            return
        session_id, _ = self._place(span, entry)
        if session_id is not None and session_id not in self._cut:
            self._cut.append(session_id)
        self._drop(f"while {self.settings.max_queue_size} waited (OTEL_BSP_MAX_QUEUE_SIZE)")

    def _drop(self, when: str) -> None:
        self.dropped += 1
        self.late += self._closed
        self.crowded_out += not self._closed
        once(
            ("delivery", when),
            logging.WARNING,
            "a span ended %s; it, or the oldest session, was dropped",
            when,
        )

    def _start(self) -> None:
        with self._start_lock:
            if self._thread is None and not self._closed:
                thread = threading.Thread(
                    target=self._run, name="helisession-delivery", daemon=True
                )
                if not started(thread):
                    return  # the interpreter is ending: shutdown delivers what waits
                self._thread = thread
                for queue in self.queues:
                    queue.start()

    def _run(self) -> None:
        with suppressed():
            while not self._closed:
                self._awake.wait(self._pause())
                self._awake.clear()
                try:
                    self._pass_on(None, everything=False)
                except Exception as error:
                    caught("passing spans on", error)

    def _pause(self) -> float | None:
        """Return for how many seconds there is nothing to do; None: until something comes."""
        due = self._groups.next_due()
        if due is None and not self._intake:
            self._idle = True
            return None if not self._intake else 0.0
        tick = self.settings.schedule_delay_millis / 5_000
        return tick if due is None else max(0.0, min(tick, due - time.monotonic()))

    def _pass_on(self, deadline: float | None, *, everything: bool) -> bool:
        """Group what came, and pass on the sessions that are due, or all of them.

        Returns:
            False when *deadline* came first.
        """
        rest = -1.0 if deadline is None else max(0.0, deadline - time.monotonic())
        if not self._drain_lock.acquire(timeout=rest):
            return False
        try:
            now = time.monotonic()
            self._group(now)
            keep = 0 if everything else self.settings.max_queue_size
            for group in self._groups.due(now):
                self._pass_on_group(group)
            for group in self._groups.oldest(keep, self.settings.max_queue_bytes):
                self._pass_on_group(group)
                if deadline is not None and time.monotonic() >= deadline:
                    return not len(self._groups)
            return True
        finally:
            self._drain_lock.release()

    def _group(self, now: float) -> None:
        """Take in what came, but for sessions that have lost spans: no half of them leaves."""
        came: list[Item] = []
        with suppress(IndexError):  # a full intake loses its oldest on other threads, too
            came.extend(self._intake.popleft() for _ in range(len(self._intake)))
        cut = {self._cut.popleft() for _ in range(len(self._cut))}
        for session_id in cut:
            lost = self._groups.remove(session_id)
            self.dropped, self.crowded_out = self.dropped + lost, self.crowded_out + lost
            self.queues.cut(session_id)
        for span, entry in came:
            owner, size = self._place(span, entry)
            if owner in cut:
                self.dropped, self.crowded_out = self.dropped + 1, self.crowded_out + 1
            else:
                self._groups.add(owner, span, entry, size, now)

    def _pass_on_group(self, group: Group) -> None:
        spans = Sheaf(group.spans, group.entries, self._finish, self._finish_lock)
        self.queues.put(group.session_id, spans, group.weight)


def _follow_forks(delivery: Delivery) -> None:
    if not hasattr(os, "register_at_fork"):  # Windows has no fork
        return
    alive = weakref.ref(delivery)

    def in_child() -> None:
        delivery = alive()
        if delivery is not None:
            delivery._restart_lock = threading.Lock()  # another thread of the parent may hold it
            at_child_exit(delivery, Delivery.end_of_worker)

    os.register_at_fork(after_in_child=in_child)
