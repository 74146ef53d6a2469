"""Intake: accepts what is sent, and stores it a moment later. One a process."""

from __future__ import annotations

import logging
import os
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from otel_helisession.finishing import captures_content
from otel_helisession.guard import once
from otel_helisession.intake import logs
from otel_helisession.intake.inbox import Inbox, directory_of
from otel_helisession.intake.reader_thread import ReaderThread
from otel_helisession.intake.reading import LOGS, SPANS, BatchReader
from otel_helisession.intake.receipt import Receipt, sift
from otel_helisession.intake.segment import Batch
from otel_helisession.store.location import store_path

if TYPE_CHECKING:
    from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

CLOSE_SECONDS: Final = 10.0
"""How long close() goes on reading by default: 30,000 spans."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What became of what was sent, since the start.

    Attributes:
        received: Spans that were accepted.
        rejected: Spans whose ids are no ids.
        refused: Requests that were told to come again, because too much waits.
        stored: Spans that are in the store, replaced ones included.
        unstorable: Spans that turned out too odd to be stored.
        waiting_bytes: What is accepted and not stored yet.
        dropped_logs: Log records that tell of no call; they are not kept.
        dropped_points: Data points of metrics; they are not kept.
    """

    received: int = 0
    rejected: int = 0
    refused: int = 0
    stored: int = 0
    unstorable: int = 0
    waiting_bytes: int = 0
    dropped_logs: int = 0
    dropped_points: int = 0


class Intake:
    """The way into the store, for receivers of any kind. Safe in threads.

    What is accepted is on disk, beside the store, until it is read: it survives the process,
    and is read by the next one. Spans that name no session themselves get their ancestors', or
    the only one that their trace names, or with *default_session* the trace's.

    Args:
        store: The store's file; see :func:`~otel_helisession.store.location.store_path`.
        default_session: ``"trace"``: a trace that names no session, and has a call of a model,
            a tool or a database, is one. None: its spans belong to none.
        capture_content: As LocalSpanExporter's.
        processes: How many other Python processes may help to read when much waits; each has
            some 70 MB while it does. 0: none.

    Raises:
        TypeError: *store* is no path.
        ValueError: *store* is empty, or a directory, or *default_session* another text.
    """

    def __init__(
        self,
        store: str | os.PathLike[str] | None = None,
        *,
        default_session: Literal["trace"] | None = "trace",
        capture_content: bool | None = None,
        processes: int = 0,
    ) -> None:
        if default_session not in ("trace", None):
            raise ValueError(f"default_session is {default_session!r}; accepted: 'trace', or None")
        self.store: Final[Path] = store_path(store)
        if self.store.is_dir():
            raise ValueError(f"the store's path {self.store} is a directory; give a file in it")
        self._inbox: Final = Inbox(directory_of(self.store))
        self._by_trace = default_session == "trace"
        self._has_content = captures_content(capture_content)
        self._reader: BatchReader | None = None
        self._thread: ReaderThread | None = None
        self._processes = processes
        self._lock = threading.Lock()
        self._counts = dict.fromkeys(
            ("received", "rejected", "refused", "dropped_logs", "dropped_points"), 0
        )

    def start(self) -> None:
        """Start reading, beginning with what an earlier process has left."""
        self._inbox.recover()
        self._reader = BatchReader(
            self.store, by_trace=self._by_trace, has_content=self._has_content
        )
        self._thread = ReaderThread(
            self._inbox, self._reader, has_content=self._has_content, processes=self._processes
        )
        self._thread.start()

    def accept(self, request: ExportTraceServiceRequest, body: bytes | None = None) -> Receipt:
        """Accept the spans of *request*, whose bytes are *body* if they are at hand.

        Raises:
            FullError: Too much waits.
            OSError: It cannot be written.
        """
        receipt = sift(request)
        if receipt.accepted:
            if body is None or receipt.rejected:
                body = request.SerializeToString()
            self._inbox.put(Batch(SPANS, body))
        self.count(received=receipt.accepted, rejected=receipt.rejected)
        return receipt

    def accept_logs(self, request: ExportLogsServiceRequest) -> Receipt:
        """Accept those records of *request* that say what was said to a model.

        Raises:
            FullError, OSError: As :meth:`accept`.
        """
        kept, every = logs.sift(request)
        if kept:
            self._inbox.put(Batch(LOGS, request.SerializeToString()))
        self.count(dropped_logs=every - kept)
        if kept == every:
            return Receipt(kept)
        return Receipt(
            kept,
            every - kept,
            "of log records only the messages of GenAI instrumentations are kept; set "
            "OTEL_LOGS_EXPORTER=none to send none",
        )

    def drop_metrics(self, points: int) -> Receipt:
        """Take note of data points, which are not kept."""
        self.count(dropped_points=points)
        if not points:
            return Receipt(0)
        return Receipt(
            0, points, "metrics are not kept here; set OTEL_METRICS_EXPORTER=none to send none"
        )

    def count(self, **more: int) -> None:
        """Add to the figures."""
        with self._lock:
            for name, number in more.items():
                self._counts[name] += number

    def figures(self) -> Figures:
        """Return what became of what was sent."""
        reader = self._reader
        with self._lock:
            return Figures(
                **self._counts,
                stored=0 if reader is None else reader.stored,
                unstorable=0 if reader is None else reader.unstorable,
                waiting_bytes=self._inbox.waiting_bytes,
            )

    def settle(self, timeout_seconds: float) -> bool:
        """Wait until all that was accepted is in the store; False when it took too long."""
        return self._inbox.wait_empty(timeout_seconds)

    def close(self, timeout_seconds: float = CLOSE_SECONDS) -> bool:
        """Accept no more, store what was accepted, and stop.

        Returns:
            True when all of it is stored. Else the rest stays on disk, for the next start; one
            log line says so.
        """
        self._inbox.wake()
        ended = self._thread is None or self._thread.stop(timeout_seconds)
        waiting = self._inbox.waiting_bytes
        if waiting and self._thread is not None:
            once(
                ("intake", "left", str(self.store)),
                logging.WARNING,
                "%d kB of received spans are not read yet; they wait in %s for the next start",
                waiting // 1_000 + 1,
                self._inbox.directory,
            )
        if ended:
            self._inbox.close()
        return not waiting
