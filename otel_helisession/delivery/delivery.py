"""Delivery: from the end of a span, over grouping by session, to each exporter's queue."""

from __future__ import annotations

import logging
import os
import threading
import time
import weakref
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter

from otel_helisession.delivery.child_exit import at_child_exit
from otel_helisession.delivery.groups import SessionGroups
from otel_helisession.delivery.queue import ExporterQueue, started
from otel_helisession.delivery.settings import DeliverySettings
from otel_helisession.delivery.suppression import suppressed
from otel_helisession.guard import logger, once
from otel_helisession.sessions.live import LiveSpan

Item = tuple[ReadableSpan, "LiveSpan | None"]

_WAKE_AT: Final = 0.25
"""The part of the queue that, once filled, wakes the thread before anything is due: early
enough that a burst is passed on long before the queue is full."""

_DELIVERING: Final = 0.8
"""The part of shutdown's time that is for delivering. The rest is for closing the exporters,
so that one destination that hangs does not keep the others from closing in order."""

_WORKER_TIMEOUT_MILLIS: Final = 5_000
"""How long the end of a forked worker may take: as long as that of any process."""


class Delivery:
    """Takes ended spans from any thread, and delivers them by session, in the background.

    One thread groups and finishes; each exporter has a queue and a thread of its own.
    Threads start with the first span, so that importing, and forking before it, are free.

    Args:
        exporters: Where spans go, each independent of the others.
        settings: Sizes and times.
        session_id: Names the group of an ended span; None: no session.
        finish: Makes of an ended span what shall leave. Must not raise.
    """

    def __init__(
        self,
        exporters: Sequence[SpanExporter],
        settings: DeliverySettings,
        session_id: Callable[[ReadableSpan, LiveSpan | None], str | None],
        finish: Callable[[ReadableSpan, LiveSpan | None], ReadableSpan],
    ) -> None:
        self._settings = settings
        self._session_id = session_id
        self._finish = finish
        self._queues = [ExporterQueue(exporter, settings) for exporter in exporters]
        self._wake_at = max(1, int(settings.max_queue_size * _WAKE_AT))
        self._held = settings.max_queue_size
        self._dropped = 0
        self._reported = 0
        self._closed = False
        self._reset()
        _restart_after_fork(self)

    def _reset(self) -> None:
        """Forget threads and what waits: after a fork, both are the parent's."""
        self._intake: deque[Item] = deque()
        self._groups: SessionGroups[Item] = SessionGroups(
            self._settings.schedule_delay_millis / 1_000
        )
        self._awake = threading.Event()
        self._idle = True
        self._start_lock = threading.Lock()
        self._drain_lock = threading.Lock()
        self._flush_lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def restart(self) -> None:
        """Start afresh in a forked child: the parent delivers what it queued."""
        self._reset()
        for queue in self._queues:
            queue.restart()

    def put(self, span: ReadableSpan, entry: LiveSpan | None) -> None:
        """Queue an ended span. Costs about a microsecond; never blocks."""
        if self._closed or len(self._intake) >= self._settings.max_queue_size:
            self._drop()
            return
        self._intake.append((span, entry))
        if self._idle or len(self._intake) >= self._wake_at:
            self._idle = False
            self._awake.set()
            if self._thread is None:
                self._start()

    def force_flush(self, timeout_millis: float) -> bool:
        """Deliver everything that waits.

        Returns:
            True when every span that ended since the last flush was accepted by every
            exporter in time.
        """
        deadline = time.monotonic() + timeout_millis / 1_000
        if not self._flush_lock.acquire(timeout=max(0.0, timeout_millis / 1_000)):
            return False  # another flush took all the time
        try:
            self._pass_on(everything=True)
            in_time = [queue.wait_empty(deadline) for queue in self._queues]
            flushed = [queue.flush_exporter(deadline) for queue in self._queues]
            lost = self._lost()
            fresh, self._reported = lost - self._reported, lost
            return all(in_time) and all(flushed) and fresh == 0
        finally:
            self._flush_lock.release()

    def shutdown(self, timeout_millis: float) -> bool:
        """Deliver what waits, stop threads and exporters, and say in one line how it went.

        Returns:
            True when no span was lost since the start.
        """
        if self._closed:
            return self._lost() == 0
        now = time.monotonic()
        deadline = now + timeout_millis / 1_000
        self._closed = True
        self._awake.set()
        self._pass_on(everything=True)
        for queue in self._queues:
            queue.wait_empty(now + timeout_millis / 1_000 * _DELIVERING)
        for queue in self._queues:
            queue.close(deadline)
        for queue in self._queues:
            queue.join(deadline)
        if self._thread is not None:
            self._thread.join(max(0.0, deadline - time.monotonic()))
        self._say_how_it_went()
        return self._lost() == 0

    def end_of_worker(self) -> None:
        """Deliver what a forked worker still has when it ends."""
        self.shutdown(_WORKER_TIMEOUT_MILLIS)

    def _lost(self) -> int:
        return self._dropped + sum(queue.tally.lost for queue in self._queues)

    def _drop(self) -> None:
        self._dropped += 1
        once(
            ("delivery", "full", self._closed),
            logging.WARNING,
            "a span ended %s and was dropped",
            "after shutdown"
            if self._closed
            else f"while {self._settings.max_queue_size} waited (OTEL_BSP_MAX_QUEUE_SIZE)",
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
                for queue in self._queues:
                    queue.start()

    def _run(self) -> None:
        with suppressed():
            while not self._closed:
                self._awake.wait(self._pause())
                self._awake.clear()
                self._pass_on(everything=False)

    def _pause(self) -> float | None:
        """Return for how many seconds there is nothing to do; None: until something comes."""
        due = self._groups.next_due()
        if due is None and not self._intake:
            self._idle = True
            return None if not self._intake else 0.0
        tick = self._settings.schedule_delay_millis / 5_000
        return tick if due is None else max(0.0, min(tick, due - time.monotonic()))

    def _pass_on(self, *, everything: bool) -> None:
        """Group what came, and pass on the sessions that are due, or all of them."""
        with self._drain_lock:
            now = time.monotonic()
            for _ in range(len(self._intake)):
                span, entry = self._intake.popleft()
                self._groups.add(self._session_id(span, entry), (span, entry), now)
            for group in self._groups.due(now):
                self._pass_on_group(group)
            for group in self._groups.oldest(keep=0 if everything else self._held):
                self._pass_on_group(group)

    def _pass_on_group(self, group: Sequence[Item]) -> None:
        spans = tuple(self._finish(span, entry) for span, entry in group)
        for queue in self._queues:
            queue.put(spans)

    def _say_how_it_went(self) -> None:
        for queue in self._queues:
            tally = queue.tally
            if getattr(queue.exporter, "reports_itself", False):
                tally = replace(tally, accepted=0, refused=0)
            if tally.lost or self._dropped:
                logger.warning(
                    "%s: %d spans delivered, %d refused, %d dropped",
                    queue.name,
                    tally.accepted,
                    tally.refused,
                    tally.dropped + self._dropped,
                )
            elif tally.accepted:
                logger.info("%s: all %d spans delivered", queue.name, tally.accepted)


def _restart_after_fork(delivery: Delivery) -> None:
    if not hasattr(os, "register_at_fork"):  # Windows has no fork
        return
    alive = weakref.ref(delivery)

    def in_child() -> None:
        delivery = alive()
        if delivery is not None:
            delivery.restart()
            at_child_exit(delivery, Delivery.end_of_worker)

    os.register_at_fork(after_in_child=in_child)
