"""One exporter, its queue and its thread: a slow destination delays nobody else."""

from __future__ import annotations

import inspect
import logging
import threading
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

from otel_helisession.delivery.settings import DeliverySettings
from otel_helisession.delivery.suppression import suppressed
from otel_helisession.guard import once


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of the spans that an exporter was given."""

    accepted: int = 0
    refused: int = 0
    dropped: int = 0

    @property
    def lost(self) -> int:
        """Spans that did not arrive."""
        return self.refused + self.dropped


def started(thread: threading.Thread) -> bool:
    """Start *thread*; False when it cannot be, as in an exit hook of Python 3.12 and later."""
    try:
        thread.start()
    except RuntimeError:
        return False
    return True


class ExporterQueue:
    """A bounded queue of sessions before *exporter*, emptied by a thread of its own.

    Each session has a call of its own, because an OTLP request sorts spans by resource and
    scope, and so would mix the sessions within it. When more spans wait than fit a call,
    sessions share calls: an exporter that is behind must not be held up by small ones.
    When the queue is full, the oldest session is dropped whole, and counted.
    """

    def __init__(self, exporter: SpanExporter, settings: DeliverySettings) -> None:
        self.exporter: Final = exporter
        self.name: Final = type(exporter).__name__
        self._settings = settings
        self._packs = bool(getattr(exporter, "packs_sessions", False))
        self._accepted = self._refused = self._dropped = 0
        self.restart()

    def restart(self) -> None:
        """Forget queue and thread: after a fork they are the parent's."""
        self._sessions: deque[Sequence[ReadableSpan]] = deque()
        self._size = 0
        self._in_flight = 0
        self._closed = False
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._closer: threading.Thread | None = None

    @property
    def tally(self) -> Tally:
        """The counts since the start."""
        return Tally(self._accepted, self._refused, self._dropped)

    def put(self, spans: Sequence[ReadableSpan]) -> None:
        """Queue one session's *spans*, which the queue owns from now on."""
        with self._changed:
            if self._closed:
                self._dropped += len(spans)
                return
            self._sessions.append(spans)
            self._size += len(spans)
            while self._size > self._settings.max_queue_size and len(self._sessions) > 1:
                oldest = self._sessions.popleft()
                self._size -= len(oldest)
                self._dropped += len(oldest)
                once(
                    ("queue", "full", self.name),
                    logging.WARNING,
                    "%s is slower than spans arrive: its queue of %d spans is full and the oldest "
                    "sessions are dropped; raise OTEL_BSP_MAX_QUEUE_SIZE or look at the "
                    "destination",
                    self.name,
                    self._settings.max_queue_size,
                )
            self._changed.notify_all()
        if not self.start():
            self._export_here()

    def start(self) -> bool:
        """Start the thread, if it is not running; False when the interpreter is ending."""
        with self._changed:
            if self._thread is not None or self._closed:
                return True
            thread = threading.Thread(
                target=self._run, name=f"helisession-{self.name}", daemon=True
            )
            if not started(thread):
                return False
            self._thread = thread
            return True

    def wait_empty(self, deadline: float) -> bool:
        """Wait until all that was queued has been exported, or *deadline* (monotonic) passed."""
        with self._changed:
            return self._changed.wait_for(
                lambda: not self._sessions and not self._in_flight,
                timeout=max(0.0, deadline - time.monotonic()),
            )

    def flush_exporter(self, deadline: float) -> bool:
        """Flush the exporter itself; False when it fails or says so."""
        remaining = max(0, int((deadline - time.monotonic()) * 1_000))
        try:
            return self.exporter.force_flush(remaining) is not False
        except Exception as error:
            self._report("failed to flush", error)
            return False

    def close(self, deadline: float) -> None:
        """Take no more, drop and count what still waits, and begin to shut the exporter down."""
        with self._changed:
            self._closed = True
            self._dropped += self._size
            self._sessions.clear()
            self._size = 0
            self._changed.notify_all()
        self._closer = threading.Thread(
            target=self._shut_exporter_down, args=(deadline,), name="helisession-close", daemon=True
        )
        if not started(self._closer):
            self._closer = None
            self._shut_exporter_down(deadline)

    def join(self, deadline: float) -> None:
        """Wait for close() to be done, until *deadline* (monotonic) at the latest.

        A batch whose export has not returned by then was not accepted: it counts as dropped.
        """
        for thread in (self._closer, self._thread):
            if thread is not None:
                thread.join(max(0.0, deadline - time.monotonic()))
        with self._changed:
            self._dropped += self._in_flight
            self._in_flight = 0

    def _shut_exporter_down(self, deadline: float) -> None:
        try:
            shutdown = self.exporter.shutdown
            if "timeout_millis" in inspect.signature(shutdown).parameters:
                remaining = max(0, int((deadline - time.monotonic()) * 1_000))
                shutdown(timeout_millis=remaining)  # type: ignore[call-arg]
            else:
                shutdown()
        except Exception as error:
            self._report("failed to shut down", error)

    def _run(self) -> None:
        with suppressed():
            while True:
                batch = self._take()
                if batch is None:
                    return
                self._export(batch)

    def _export_here(self) -> None:
        with suppressed():
            while self._sessions:
                batch = self._take()
                if batch is not None:
                    self._export(batch)

    def _take(self) -> list[ReadableSpan] | None:
        """Wait for sessions and return one, or several where that is asked; None at the end."""
        limit = self._settings.max_export_batch_size
        with self._changed:
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._sessions or self._closed)
            if not self._sessions:
                return None
            packs = self._packs or self._size > limit
            batch = list(self._sessions.popleft())
            while packs and self._sessions and len(batch) + len(self._sessions[0]) <= limit:
                batch.extend(self._sessions.popleft())
            self._size -= len(batch)
            self._in_flight = len(batch)
            return batch

    def _export(self, batch: Sequence[ReadableSpan]) -> None:
        limit = self._settings.max_export_batch_size
        for start in range(0, len(batch), limit):
            part = batch[start : start + limit]
            try:
                result = self.exporter.export(part)
            except Exception as error:
                self._report("failed to export", error)
                result = SpanExportResult.FAILURE
            with self._changed:
                if not self._in_flight:  # join() has given it up
                    return
                self._in_flight -= len(part)
                if result is SpanExportResult.SUCCESS:
                    self._accepted += len(part)
                else:
                    self._refused += len(part)

    def _report(self, what: str, error: Exception) -> None:
        once(
            ("exporter", self.name, what, type(error)),
            logging.ERROR,
            "%s %s: %s: %s. The spans are counted as lost; your program is not affected.",
            self.name,
            what,
            type(error).__name__,
            error,
        )
