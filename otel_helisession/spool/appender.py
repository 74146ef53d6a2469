"""Appender: the files that this process appends to, one a destination."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Final

from otel_helisession.spool import records
from otel_helisession.spool.error import full
from otel_helisession.spool.moment import Moment
from otel_helisession.spool.segment import Segment
from otel_helisession.spool.shelf import Shelf

_SYNC_SECONDS: Final = 1.0
"""How often the disk is made to keep what was written, at most. A process that is killed loses
nothing without it; a machine that stops loses this second, besides all that still waited in
memory. To sync each parcel would cost 1 to 10 ms, and protect little more."""


class Appender:
    """Puts parcels at the end of files that this process holds. Used by one thread at a time.

    Args:
        directory: Where the files are made.
        shelf: Its bounds.
    """

    def __init__(self, directory: Path, shelf: Shelf) -> None:
        self._directory = directory
        self._shelf = shelf
        self._segments: dict[str, Segment] = {}
        self._synced_at = float("-inf")

    def append(self, destination: str, spans: int, content: bytes, now: Moment) -> None:
        """Put a parcel of so many *spans* at the end of the file for *destination*.

        Raises:
            OSError: It cannot be written; nothing of it stays.
            SpoolError: There is no room for it.
        """
        size = len(content) + records.OVERHEAD
        self._make_room(size, now)
        segment = self._segments.get(destination)
        if segment is None or self._shelf.is_finished(segment, size, now):
            self.seal(destination)
            self._shelf.make_directory()
            segment = Segment.create(self._directory, destination, now)
            self._segments[destination] = segment
        try:
            segment.append(records.PARCEL, spans, content)
        except OSError:
            self.seal(destination)
            raise
        if time.monotonic() - self._synced_at >= _SYNC_SECONDS:
            segment.sync()
            self._synced_at = time.monotonic()

    def seal(self, destination: str) -> Path | None:
        """Let go of the file for *destination*, if there is one, and return where it is.

        It is deleted when there is nothing in it.

        Raises:
            OSError: The disk does not say that it has everything.
        """
        segment = self._segments.pop(destination, None)
        if segment is None:
            return None
        try:
            if segment.size <= segment.header.size:
                segment.remove()
            else:
                segment.sync()
            return segment.path
        finally:
            segment.release()

    def seal_all(self) -> None:
        """Let go of all files, as :meth:`seal` does."""
        for destination in list(self._segments):
            self.seal(destination)

    def forget(self) -> None:
        """Forget all files in a forked child: they are the parent's."""
        for segment in self._segments.values():
            segment.forget()
        self._segments.clear()

    def _make_room(self, size: int, now: Moment) -> None:
        for name, segment in list(self._segments.items()):
            if segment.is_deleted or self._shelf.is_finished(segment, 0, now):
                self.seal(name)
        if self._shelf.make_room(size, now):
            return
        self.seal_all()  # what is the oldest may be our own
        if not self._shelf.make_room(size, now):
            raise full(self._directory, size)
