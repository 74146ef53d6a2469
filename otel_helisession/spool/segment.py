"""Segment: one file of the spool that this process holds, to append to or to empty.

Who holds a file has an exclusive ``flock`` on it. The kernel takes that back when the process
ends, however it ends, so no file stays claimed by a process that is gone.
"""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path

from otel_helisession.spool import records
from otel_helisession.spool.file_lock import lock, unlock
from otel_helisession.spool.moment import Moment
from otel_helisession.spool.records import Header, Record

SUFFIX = ".spool"
UNFINISHED = ".new"
"""The suffix until the header stands: a file that is listed always has one."""

FILE_MODE = 0o600
"""Prompts and answers are in it."""

_READ = 1 << 20


class Segment:
    """A file of parcels for one destination, locked by this process.

    Used by one thread at a time.

    Attributes:
        path: Where it is.
        header: What it says of itself.
        size: Its bytes.
    """

    def __init__(self, path: Path, header: Header, descriptor: int, size: int) -> None:
        self.path = path
        self.header = header
        self.size = size
        self._descriptor: int | None = descriptor
        self._synced = True

    def __del__(self) -> None:
        self.forget()

    @classmethod
    def create(cls, directory: Path, destination: str, created: Moment) -> Segment:
        """Begin a file in *directory*, which exists.

        Raises:
            OSError: It cannot be made; nothing is left behind.
        """
        name = f"{created.unix_nano // 10**6:015d}-{os.getpid()}-{secrets.token_hex(4)}"
        unfinished = directory / f"{name}{UNFINISHED}"
        path = directory / f"{name}{SUFFIX}"
        descriptor = os.open(
            unfinished, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_EXCL, FILE_MODE
        )
        try:
            if not lock(descriptor):
                raise OSError(f"{unfinished} is locked by another process")
            header = records.file_header(destination, created)
            append_all(descriptor, header)
            os.rename(unfinished, path)
        except BaseException:
            os.close(descriptor)
            with suppress(OSError):
                unfinished.unlink()
            raise
        sync_directory(directory)
        size = len(header)
        return cls(path, Header(records.VERSION, destination, created, size), descriptor, size)

    @classmethod
    def claim(cls, path: Path) -> Segment | None:
        """Take over a file that no process holds; None when one does, or it is gone.

        A file without a header of ours is removed: nothing was ever kept in it.

        Raises:
            OSError: It cannot be opened or read.
        """
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_APPEND)
        except FileNotFoundError:
            return None
        try:
            if not lock(descriptor):
                os.close(descriptor)
                return None
            # Its last holder may have emptied and removed it since it was opened.
            if os.fstat(descriptor).st_nlink == 0:
                _let_go(descriptor)
                return None
            header = records.parse_header(read_head(descriptor))
            size = os.fstat(descriptor).st_size
        except BaseException:
            os.close(descriptor)
            raise
        if header is None:
            header = Header(0, "", Moment(0, "", 0), size)
        return cls(path, header, descriptor, size)

    def append(self, kind: bytes, spans: int, content: bytes) -> None:
        """Append a record, whole or not at all.

        Raises:
            OSError: It cannot be written.
        """
        written = records.record(kind, spans, content)
        self._synced = False
        append_all(self._held(), written)
        self.size += len(written)

    def settle(self, offset: int) -> None:
        """Note that the parcel at *offset* is done with.

        Raises:
            OSError: It cannot be written, as on a full disk. Removing the file says the same.
        """
        self.append(records.DONE, 0, records.offset_content(offset))

    def pending(self) -> tuple[list[Record], int]:
        """Return the parcels that are not done with, and how many stretches are damaged."""
        return pending(read_all(self._held()), self.header.size)

    @property
    def is_deleted(self) -> bool:
        """Whether somebody has deleted the file meanwhile: what is appended would be gone."""
        return os.fstat(self._held()).st_nlink == 0

    def sync(self) -> None:
        """Have the disk keep what was appended, even if the machine stops."""
        if not self._synced:
            _sync(self._held())
            self._synced = True

    def remove(self) -> None:
        """Delete the file, and let go of it. Nothing where it is not held any more."""
        if self._descriptor is None:
            return
        with suppress(FileNotFoundError):
            self.path.unlink()
        self.release()

    def release(self) -> None:
        """Let go of the file: any process may claim it from now on."""
        if self._descriptor is not None:
            descriptor, self._descriptor = self._descriptor, None
            _let_go(descriptor)

    def forget(self) -> None:
        """Close the file and leave its lock alone, which in a forked child is the parent's."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _held(self) -> int:
        if self._descriptor is None:
            raise OSError(f"{self.path} is not held by this process any more")
        return self._descriptor


def pending(data: bytes, start: int) -> tuple[list[Record], int]:
    """Return the parcels in *data* that are not done with, and the count of damaged stretches."""
    parcels: dict[int, Record] = {}
    damaged = 0
    for found in records.scan(data, start):
        if found is None:
            damaged += 1
        elif found.kind == records.PARCEL:
            parcels[found.offset] = found
        elif found.kind == records.DONE:
            parcels.pop(found.parcel_offset, None)
    return list(parcels.values()), damaged


def read_head(descriptor: int) -> bytes:
    """Return as much of a file's beginning as its header can take."""
    return os.pread(descriptor, records.MAX_HEADER, 0)


def read_all(descriptor: int) -> bytes:
    """Return the bytes of a file."""
    parts = []
    position = 0
    while part := os.pread(descriptor, _READ, position):
        parts.append(part)
        position += len(part)
    return b"".join(parts)


def sync_directory(directory: Path) -> None:
    """Have the disk keep the names in *directory*."""
    with suppress(OSError):  # some file systems do not offer it
        descriptor = os.open(directory, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _let_go(descriptor: int) -> None:
    unlock(descriptor)  # a child, forked and not yet started, may hold it open, too
    os.close(descriptor)


def append_all(descriptor: int, data: bytes) -> None:
    """Append *data* to a file, whole or not at all.

    Raises:
        OSError: It cannot be written.
    """
    size = os.fstat(descriptor).st_size
    view = memoryview(data)
    try:
        while view:
            view = view[os.write(descriptor, view) :]
    except OSError:
        with suppress(OSError):  # else the next reader skips the part that was written
            os.ftruncate(descriptor, size)
        raise


def _sync(descriptor: int) -> None:
    getattr(os, "fdatasync", os.fsync)(descriptor)
