"""The files of a spool, oldest first, without claiming any."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from otel_helisession.spool import records
from otel_helisession.spool.moment import Moment, age_seconds
from otel_helisession.spool.records import Header
from otel_helisession.spool.segment import SUFFIX, UNFINISHED, read_head

_ABANDONED_SECONDS = 60.0
"""How old an unfinished file must be to be swept. To finish one takes less than a millisecond."""


@dataclass(frozen=True, slots=True)
class SpoolFile:
    """One file as it is now.

    Attributes:
        path: Where it is.
        header: What it says of itself; None where that cannot be read.
        size: Its bytes.
        age_seconds: How long ago it was begun.
    """

    path: Path
    header: Header | None
    size: int
    age_seconds: float


class Listing:
    """Lists a directory; remembers headers, which never change. Used by one thread at a time."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._headers: dict[str, Header] = {}

    def files(self, now: Moment) -> list[SpoolFile]:
        """Return the files, oldest first. Costs some 5 µs a file.

        Raises:
            OSError: The directory cannot be listed. That it is missing is no error.
        """
        found: list[SpoolFile] = []
        try:
            with os.scandir(self._directory) as entries:
                for entry in entries:
                    if entry.name.endswith(SUFFIX):
                        with suppress(FileNotFoundError):  # emptied meanwhile
                            found.append(self._file(entry, now))
                    elif entry.name.endswith(UNFINISHED):
                        _sweep(entry, now)
        except FileNotFoundError:
            pass
        self._headers = {file.path.name: file.header for file in found if file.header is not None}
        return sorted(found, key=lambda file: (-file.age_seconds, file.path.name))

    def _file(self, entry: os.DirEntry[str], now: Moment) -> SpoolFile:
        path = Path(entry.path)
        status = entry.stat()
        header = self._headers.get(entry.name) or _header(path)
        return SpoolFile(path, header, status.st_size, _age(path, header, status, now))


def _header(path: Path) -> Header | None:
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except PermissionError:
        return None  # another user's
    try:
        return records.parse_header(read_head(descriptor))
    finally:
        os.close(descriptor)


def _age(path: Path, header: Header | None, status: os.stat_result, now: Moment) -> float:
    """Return how old a file is; 0 where no clock can have said what it says.

    Such a file is given the present for its date, so that it ages from now on.
    """
    age = header.created.age_seconds(now) if header is not None else None
    if age is None:
        age = age_seconds(status.st_mtime_ns, now)
    if age is None:
        with suppress(OSError):
            os.utime(path, ns=(now.unix_nano, now.unix_nano))
        return 0.0
    return age


def _sweep(entry: os.DirEntry[str], now: Moment) -> None:
    """Remove what a process left that was killed while it began a file."""
    with suppress(OSError):
        age = age_seconds(entry.stat().st_mtime_ns, now)
        if age is None or age > _ABANDONED_SECONDS:
            os.unlink(entry.path)
