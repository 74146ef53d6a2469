"""Inbox: what was accepted and not read yet, in files beside the store.

Files, because a program may send for seconds faster than spans can be read; and not tables,
because a hundred megabytes pass through here that SQLite would write three times. A file is
deleted as soon as all in it has been read: what is in here has its secrets still.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from pathlib import Path
from typing import Final

from otel_helisession.guard import once
from otel_helisession.intake.segment import SUFFIX, Batch, DamagedError, Segment

MAX_WAITING_BYTES: Final = 1_000_000_000
"""What may wait: half a minute of 10,000 spans of 3.5 kB a second."""

SEGMENT_BYTES: Final = 32 * 1024 * 1024
"""How large a file becomes before there is a next one: what a killed process has read of one is
read again, which takes seconds, and replaces what is stored by the same."""

_DIRECTORY_MODE: Final = 0o700


BUSY: Final = "more spans wait than can be read; send this request again"
"""What a sender is told then."""


class FullError(Exception):
    """So much waits to be read that nothing more is accepted for now."""


def unwritable(error: OSError) -> str:
    """Return why what was sent could not be written, and log it, once a cause."""
    message = f"received spans cannot be written: {error.strerror or error}"
    once(("intake", "write", error.errno), logging.WARNING, "%s", message)
    return message


def directory_of(store: Path) -> Path:
    """Return where the inbox of *store* is."""
    return store.with_name(f"{store.name}-inbox")


def forget(store: Path) -> int:
    """Delete what waits for *store* and no process is reading; return how many files went."""
    count = 0
    for path in sorted(directory_of(store).glob(f"*{SUFFIX}")):
        segment = Segment.adopt(path)
        if segment is not None:
            segment.read = segment.written
            segment.close()
            count += 1
    return count


class Inbox:
    """A queue of batches on disk. Put into by any thread, read by one.

    Args:
        directory: Where its files are; made at the first use, for its owner alone.
        max_bytes: What may wait.
    """

    def __init__(self, directory: Path, max_bytes: int = MAX_WAITING_BYTES) -> None:
        self.directory = directory
        self._max_bytes = max_bytes
        self._segments: deque[Segment] = deque()
        self._current: Segment | None = None
        self._changed = threading.Condition()
        self._waiting = 0
        self._closed = False
        self.damaged = 0
        """Files that something was wrong with."""

    def recover(self) -> None:
        """Take over what processes that are gone have left."""
        found = [Segment.adopt(path) for path in sorted(self.directory.glob(f"*{SUFFIX}"))]
        with self._changed:
            for segment in found:
                if segment is not None:
                    self._segments.append(segment)
                    self._waiting += segment.waiting
            self._changed.notify_all()

    @property
    def waiting_bytes(self) -> int:
        """How much waits."""
        return self._waiting

    def put(self, batch: Batch) -> None:
        """Accept *batch*: when this returns, the process may be killed and it is read by the next.

        Raises:
            FullError: Too much waits.
            OSError: The disk is full, or the directory cannot be written.
        """
        with self._changed:
            if self._closed or self._waiting + len(batch.body) > self._max_bytes:
                raise FullError
            segment = self._current
            if segment is None or segment.written >= SEGMENT_BYTES:
                for one in (self.directory.parent, self.directory):
                    one.mkdir(mode=_DIRECTORY_MODE, parents=True, exist_ok=True)
                segment = self._current = Segment.create(self.directory)
                self._segments.append(segment)
            before = segment.waiting
            segment.append(batch)
            self._waiting += segment.waiting - before
            self._changed.notify_all()

    def take(self, timeout_seconds: float) -> Batch | None:
        """Return the oldest batch that was not handed out yet; None when none came in time.

        It stays on disk until :meth:`done`.
        """
        deadline = time.monotonic() + timeout_seconds
        while True:
            with self._changed:
                segment = next((one for one in self._segments if one.taken < one.written), None)
                if segment is None:
                    rest = deadline - time.monotonic()
                    if rest <= 0 or self._closed:
                        return None
                    self._changed.wait(rest)
                    continue
            try:
                batch = segment.take()
            except (DamagedError, OSError):
                self._give_up(segment)
                continue
            if batch is not None:
                return batch

    def done(self, batch: Batch) -> None:
        """Forget *batch*, the oldest of those that were handed out: it is in the store."""
        with self._changed:
            segment = self._segments[0]
            segment.skip(batch)
            self._tidy()

    def wait_empty(self, timeout_seconds: float) -> bool:
        """Wait until everything has been read; False when it took too long."""
        with self._changed:
            return self._changed.wait_for(lambda: self._waiting == 0, timeout_seconds)

    def wake(self) -> None:
        """Take no more, and have take() answer at once."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def close(self) -> None:
        """Leave what waits to the next process."""
        self.wake()
        with self._changed:
            while self._segments:
                self._segments.pop().close()
            self._current = None

    def _give_up(self, segment: Segment) -> None:
        with self._changed:
            self.damaged += 1
            segment.cut()
            if self._current is segment:
                self._current = None
            self._tidy()

    def _tidy(self) -> None:
        """Delete the files of which all has been read."""
        while self._segments and not self._segments[0].waiting:
            segment = self._segments.popleft()
            if self._current is segment:
                self._current = None
            segment.close()
        self._waiting = sum(one.waiting for one in self._segments)
        self._changed.notify_all()
