"""Shelf: the files of a spool as a whole, and their bounds in size and age."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Final

from otel_helisession.guard import once
from otel_helisession.spool import error, records
from otel_helisession.spool.listing import Listing, SpoolFile
from otel_helisession.spool.moment import Moment
from otel_helisession.spool.segment import Segment, sync_directory

_DIRECTORY_MODE: Final = 0o700

_PARTS: Final = 16
"""How many files a full spool has at least: what is deleted at once for newer parcels is at
most this part of it."""

_MOST_BYTES: Final = 4 * 1024 * 1024
"""Largest file, but for a parcel that is larger: one is read as a whole to be emptied."""

_MOST_SECONDS: Final = 3_600.0
"""Longest time that one file is appended to, for a file goes when its oldest parcel must."""

_LOOK_NANOS: Final = 10**9
"""How often the directory is looked through, at most, while there is room: what other processes
write within a second may come on top of the bound."""

_HEADER_BYTES: Final = 256
"""More than the header of a file takes, which a parcel may begin."""


class Shelf:
    """Finds, bounds and deletes files that no process holds. Used by one thread at a time.

    Args:
        directory: Where they are; it may be missing.
        max_bytes: All files together.
        max_age_seconds: Older files are deleted.
    """

    def __init__(self, directory: Path, max_bytes: int, max_age_seconds: float) -> None:
        self._directory = directory
        self._max_bytes = max_bytes
        self._max_age = max_age_seconds
        self._file_bytes = min(_MOST_BYTES, max_bytes // _PARTS)
        self._file_seconds = min(_MOST_SECONDS, max_age_seconds / _PARTS)
        self._listing = Listing(directory)
        self._looked_at = 0
        self._total = max_bytes
        self.expired = 0
        self.evicted = 0

    def make_directory(self) -> None:
        """Make the directory if it is missing. What is there keeps its mode."""
        if not self._directory.is_dir():
            self._directory.mkdir(parents=True, exist_ok=True, mode=_DIRECTORY_MODE)
            sync_directory(self._directory.parent)

    def paths(self, destination: str, now: Moment) -> list[Path]:
        """Return the files for *destination*, oldest first."""
        found = [file for file in self._listing.files(now) if self._is_known(file)]
        return [
            file.path
            for file in found
            if file.header is not None and file.header.destination == destination
        ]

    def is_finished(self, segment: Segment, more: int, now: Moment) -> bool:
        """Tell whether *more* bytes belong into another file than *segment*."""
        age = segment.header.created.age_seconds(now)
        full = segment.size + more > self._file_bytes and segment.size > segment.header.size
        return full or age is None or age > self._file_seconds

    def make_room(self, needed: int, now: Moment) -> bool:
        """Delete what is too old, and then the oldest, until *needed* bytes fit.

        Returns:
            False when they still do not: what is there is held by processes that live.
        """
        self._total += needed + _HEADER_BYTES
        is_fresh = 0 <= now.since_boot_nano - self._looked_at < _LOOK_NANOS
        if is_fresh and self._total <= self._max_bytes:
            return True
        self._looked_at = now.since_boot_nano
        self._total = self._clear(needed, now) + needed + _HEADER_BYTES
        return self._total - _HEADER_BYTES <= self._max_bytes

    def _clear(self, needed: int, now: Moment) -> int:
        """Delete what must go, and return how many bytes stay."""
        kept: list[SpoolFile] = []
        for file in self._listing.files(now):
            if file.age_seconds > self._max_age and (gone := self._delete(file)) is not None:
                self.expired += gone
                self._say("expired", gone, f"were older than {self._max_age / 3_600:,.0f} hours")
            else:
                kept.append(file)
        total = sum(file.size for file in kept)
        for file in kept:
            if total + needed <= self._max_bytes:
                break
            if (gone := self._delete(file)) is not None:
                total -= file.size
                self.evicted += gone
                self._say("evicted", gone, f"had to make room: {self._max_bytes:,} bytes are full")
        return total

    def _delete(self, file: SpoolFile) -> int | None:
        """Delete *file* and return how many spans were in it; None where it is held, or newer."""
        if not self._is_known(file):
            return None
        segment = Segment.claim(file.path)
        if segment is None:
            return None
        try:
            parcels, _ = segment.pending()
            segment.remove()
            return sum(parcel.spans for parcel in parcels)
        finally:
            segment.release()

    def _is_known(self, file: SpoolFile) -> bool:
        """Tell whether *file* is not a newer version's, which is said once."""
        if file.header is None or file.header.version <= records.VERSION:
            return True
        problem = error.newer(file.path, file.header.version, records.VERSION)
        once(("spool", problem.cause), logging.WARNING, "%s", problem)
        return False

    def _say(self, what: str, spans: int, why: str) -> None:
        if spans:
            once(
                ("spool", what, str(self._directory)),
                logging.WARNING,
                "%d spans in the spool %s are deleted unsent, because they %s. Further ones are "
                "counted, and not reported.",
                spans,
                self._directory,
                why,
            )
