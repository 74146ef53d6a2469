"""Waiting: how much a spool holds for a destination, counted without claiming anything."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from otel_helisession.spool import moment, records
from otel_helisession.spool.error import from_os, newer
from otel_helisession.spool.file_lock import is_locked
from otel_helisession.spool.listing import Listing, SpoolFile
from otel_helisession.spool.segment import pending, read_all


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for one destination.

    Attributes:
        destination: Its name.
        spans: All spans that wait, also those that are held.
        held: Those that a running program holds, and sends itself.
        bytes: What they take on disk, together.
        age_seconds: How old the oldest file is.
    """

    destination: str
    spans: int
    held: int
    bytes: int
    age_seconds: float


@dataclass(frozen=True, slots=True)
class Contents:
    """What a spool holds.

    Attributes:
        waiting: What waits, by destination, in order of names.
        problems: What cannot be read, in sentences.
    """

    waiting: tuple[Waiting, ...] = ()
    problems: tuple[str, ...] = ()

    @property
    def spans(self) -> int:
        """All spans that wait."""
        return sum(one.spans for one in self.waiting)


def contents(directory: Path) -> Contents:
    """Return what the spool in *directory* holds; nothing where there is none. Reads all of it.

    Raises:
        SpoolError: It cannot be read.
    """
    found: dict[str, list[Waiting]] = {}
    problems: list[str] = []
    try:
        for file in Listing(directory).files(moment.now()):
            if file.header is not None and file.header.version > records.VERSION:
                problems.append(str(newer(file.path, file.header.version, records.VERSION)))
            elif file.header is not None:
                with suppress(FileNotFoundError):  # emptied meanwhile
                    found.setdefault(file.header.destination, []).append(_of(file, file.header))
    except OSError as error:
        raise from_os(error, directory) from error
    waiting = (_sum(parts) for _, parts in sorted(found.items()))
    return Contents(tuple(one for one in waiting if one.spans), tuple(problems))


def _of(file: SpoolFile, header: records.Header) -> Waiting:
    descriptor = os.open(file.path, os.O_RDONLY)
    try:
        held = is_locked(descriptor)
        parcels, _ = pending(read_all(descriptor), header.size)
    finally:
        os.close(descriptor)
    spans = sum(parcel.spans for parcel in parcels)
    return Waiting(header.destination, spans, spans if held else 0, file.size, file.age_seconds)


def _sum(parts: Iterable[Waiting]) -> Waiting:
    listed = list(parts)
    return Waiting(
        listed[0].destination,
        sum(part.spans for part in listed),
        sum(part.held for part in listed),
        sum(part.bytes for part in listed),
        max(part.age_seconds for part in listed),
    )
