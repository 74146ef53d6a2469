"""Segment: one file of the inbox, to which batches are appended, and from which they are read.

A batch is a header (what it is, how long, its CRC-32) and its bytes. It was accepted once both
are written; what a killed process leaves after the last whole one was answered to nobody. The
kernel has the file locked for whoever uses it, so that what a killed process leaves is found.
"""

from __future__ import annotations

import os
import struct
import time
import uuid
import zlib
from pathlib import Path
from typing import Final, NamedTuple

from otel_helisession.spool import file_lock

SUFFIX: Final = ".batches"

_MODE: Final = 0o600
_HEADER: Final = struct.Struct(">4scxxxII")
_MAGIC: Final = b"HSB1"


class Batch(NamedTuple):
    """One request, as it was accepted.

    Attributes:
        kind: One letter: what it is.
        body: Its bytes.
    """

    kind: bytes
    body: bytes


class DamagedError(Exception):
    """What follows in a segment cannot be read."""


class Segment:
    """One file. Appended to and read by threads that the inbox keeps apart.

    Attributes:
        path: Where it is.
        written: Up to where whole batches stand.
        taken: Up to where they have been handed out.
        read: Up to where they have been read, and are not needed any more.
    """

    def __init__(self, path: Path, descriptor: int, written: int) -> None:
        self.path = path
        self.written = written
        self.taken = 0
        self.read = 0
        self._descriptor = descriptor

    @classmethod
    def create(cls, directory: Path) -> Segment:
        """Make a new one in *directory*; names sort by age.

        Raises:
            OSError: It cannot be made.
        """
        path = directory / f"{time.time_ns():020d}-{uuid.uuid4().hex[:8]}{SUFFIX}"
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, _MODE)
        if file_lock.AVAILABLE:
            file_lock.lock(descriptor)
        return cls(path, descriptor, 0)

    @classmethod
    def adopt(cls, path: Path) -> Segment | None:
        """Return the one that another process left at *path*; None when it is in use, or gone."""
        try:
            descriptor = os.open(path, os.O_RDWR)
        except OSError:
            return None
        if file_lock.AVAILABLE and not file_lock.lock(descriptor):
            os.close(descriptor)
            return None
        if not path.exists():  # its owner has read and deleted it since
            os.close(descriptor)
            return None
        return cls(path, descriptor, os.fstat(descriptor).st_size)

    def append(self, batch: Batch) -> None:
        """Write *batch* whole.

        Raises:
            OSError: It cannot be written; nothing of it stays.
        """
        header = _HEADER.pack(_MAGIC, batch.kind, len(batch.body), zlib.crc32(batch.body))
        whole = len(header) + len(batch.body)
        os.lseek(self._descriptor, self.written, os.SEEK_SET)
        try:
            done = os.writev(self._descriptor, (header, batch.body))
            rest = memoryview(header + batch.body)[done:] if done < whole else memoryview(b"")
            while rest:
                rest = rest[os.write(self._descriptor, rest) :]
        except OSError:
            os.ftruncate(self._descriptor, self.written)
            raise
        self.written += whole

    def take(self) -> Batch | None:
        """Return the batch after those that have been handed out; None when there is none.

        Raises:
            DamagedError: What follows is no whole batch.
        """
        at = self.taken
        if at >= self.written:
            return None
        head = os.pread(self._descriptor, _HEADER.size, at)
        if len(head) < _HEADER.size:
            raise DamagedError
        magic, kind, length, checksum = _HEADER.unpack(head)
        if magic != _MAGIC or length > self.written - at - _HEADER.size:
            raise DamagedError
        body = os.pread(self._descriptor, length, at + _HEADER.size)
        if len(body) < length or zlib.crc32(body) != checksum:
            raise DamagedError
        self.taken = at + _HEADER.size + length
        return Batch(kind, body)

    def cut(self) -> None:
        """Give up what follows: it is damaged."""
        self.written = self.taken

    def skip(self, batch: Batch) -> None:
        """Note that *batch*, the oldest that was handed out, has been read."""
        self.read += _HEADER.size + len(batch.body)

    @property
    def waiting(self) -> int:
        """Bytes that have not been read."""
        return self.written - self.read

    def close(self) -> None:
        """Leave the file to the next process; delete it when nothing in it waits."""
        if not self.waiting:
            self.path.unlink(missing_ok=True)
        os.close(self._descriptor)
