"""ReaderThread: takes batches out of the inbox, and has them stored, until it is told to stop."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from concurrent.futures import Future
from typing import Final, NamedTuple

from otel_helisession.guard import caught, once
from otel_helisession.intake.inbox import Inbox
from otel_helisession.intake.preparing import Preparation, prepare
from otel_helisession.intake.reading import LOGS, BatchReader
from otel_helisession.intake.segment import Batch
from otel_helisession.intake.workers import Workers
from otel_helisession.store.error import StoreError

_LOOK_SECONDS: Final = 2.0
"""How often parents that another process stores are looked for."""

_PAUSE_SECONDS: Final = 1.0
"""Before the store is tried again: it may be busy, or its disk full."""

_BACKLOG_BYTES: Final = 4_000_000
"""What one core reads in half a second. From there on others help, which takes them a second to
start with."""

_IDLE_SECONDS: Final = 20.0
"""How long they are kept when there is nothing to do."""


class _Work(NamedTuple):
    batch: Batch
    prepared: Future[Preparation] | None


class ReaderThread:
    """The thread.

    Args:
        inbox: Where batches come from.
        reader: Stores them. Owned from now on.
        has_content: Whether messages, arguments and results are kept.
        processes: How many other processes may help with a backlog.
    """

    def __init__(
        self, inbox: Inbox, reader: BatchReader, *, has_content: bool, processes: int
    ) -> None:
        self._inbox = inbox
        self._reader = reader
        self._has_content = has_content
        self._count = processes
        self._workers: Workers | None = None
        self._used = 0.0
        self._ahead: deque[_Work] = deque()
        self._deadline: float | None = None
        self._thread = threading.Thread(target=self._run, name="helisession-intake", daemon=True)

    def start(self) -> None:
        """Start it."""
        self._thread.start()

    def stop(self, timeout_seconds: float) -> bool:
        """Have it read what waits for so long, and end; False when it has not ended by then."""
        self._deadline = time.monotonic() + timeout_seconds
        self._inbox.wake()
        self._thread.join(timeout_seconds + 2 * _PAUSE_SECONDS)
        return not self._thread.is_alive()

    def _run(self) -> None:
        looked = time.monotonic()
        try:
            while self._deadline is None or time.monotonic() < self._deadline:
                self._take()
                if self._ahead:
                    self._store(self._ahead[0])
                elif self._deadline is not None:
                    break
                if time.monotonic() - looked > _LOOK_SECONDS:
                    looked = time.monotonic()
                    self._look()
        finally:
            if self._workers is not None:
                self._workers.close()
            self._reader.close()

    def _take(self) -> None:
        """Take what may be prepared meanwhile: a batch more than there are processes."""
        self._manage()
        most = 1 if self._workers is None else self._count + 1
        while len(self._ahead) < most:
            batch = self._inbox.take(0.0 if self._ahead else _LOOK_SECONDS)
            if batch is None:
                return
            helps = self._workers is not None and batch.kind != LOGS
            prepared = self._workers.prepare(batch.body) if helps and self._workers else None
            self._ahead.append(_Work(batch, prepared))

    def _manage(self) -> None:
        """Start the other processes when much waits, and end them when nothing has for long."""
        now = time.monotonic()
        if self._inbox.waiting_bytes > _BACKLOG_BYTES:
            self._used = now
            if self._workers is None and self._count:
                self._workers = self._started()
        elif self._workers is not None and not self._ahead and now - self._used > _IDLE_SECONDS:
            self._workers.close()
            self._workers = None

    def _started(self) -> Workers | None:
        try:
            return Workers(self._count, self._has_content)
        except OSError as error:
            once(("intake", "workers"), logging.INFO, "spans are read by one process: %s", error)
            self._count = 0
            return None

    def _store(self, work: _Work) -> None:
        """Store the oldest batch, or leave it where it is for the next attempt."""
        try:
            if work.batch.kind == LOGS:
                self._reader.store_logs(work.batch.body)
            elif work.prepared is None:
                self._reader.store(prepare(work.batch.body, self._has_content))
            else:
                self._reader.store(work.prepared.result())
        except StoreError as error:
            self._report(error)
            return
        except Exception as error:
            caught("reading what was received", error)
        self._ahead.popleft()
        self._inbox.done(work.batch)

    def _look(self) -> None:
        try:
            self._reader.look_again()
        except StoreError as error:
            self._report(error)
        except Exception as error:
            caught("looking for parents", error)

    def _report(self, error: StoreError) -> None:
        once(
            ("intake", str(error)),
            logging.WARNING,
            "received spans wait, because they cannot be stored: %s",
            error,
        )
        time.sleep(_PAUSE_SECONDS)
