"""Dead letters: spans that a destination refused for good, in a file for people to read.

One line of JSON a span, with where it should have gone, why it was refused and when, and the
whole span, so that it can be tried again once the reason is gone. Two files hold them, each up
to half of the bound: when the newer is full it takes the place of the older.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from opentelemetry.sdk.trace import ReadableSpan

from otel_helisession.redaction import redact
from otel_helisession.spool.file_lock import lock, unlock
from otel_helisession.spool.letter import Letter, parse, write
from otel_helisession.spool.segment import FILE_MODE, append_all, sync_directory

NEWER: Final = "dead_letters.jsonl"
OLDER: Final = "dead_letters.old.jsonl"
_LOCK: Final = "dead_letters.lock"

_LOCK_SECONDS: Final = 2.0
"""How long to wait for another process. It holds the lock for milliseconds, or, while dead
letters are revived, for some seconds."""

_REASON_CHARS: Final = 500

_MOST_SPANS: Final = 512
"""Spans of a parcel that is made of dead letters: a batch's size in OpenTelemetry."""

Keep = Callable[[str, Sequence[ReadableSpan]], bool]


class DeadLetters:
    """The dead letters in a spool's directory, which exists. Safe in threads and processes.

    Args:
        directory: The spool's.
        max_bytes: Both files together.
    """

    def __init__(self, directory: Path, max_bytes: int) -> None:
        self.path: Final = directory / NEWER
        self._older = directory / OLDER
        self._lock = directory / _LOCK
        self._half = max(max_bytes // 2, 1)

    def add(
        self, destination: str, spans: Sequence[ReadableSpan], reason: str, unix_nano: int
    ) -> int:
        """Write a letter for each of *spans*, all or none.

        Returns:
            How many older letters had to go for them.

        Raises:
            OSError: They cannot be written.
        """
        why = redact(" ".join(reason.split()))[:_REASON_CHARS]
        lines = b"".join(write(destination, span, why, unix_nano) for span in spans)
        with self._locked():
            size = _size(self.path)
            if size and size + len(lines) > self._half:
                gone = sum(1 for _ in _lines(self._older))
                os.replace(self.path, self._older)
            else:
                gone = 0
            self._append(lines)
        return gone

    def letters(self) -> Iterator[Letter]:
        """Yield what can be read, oldest first."""
        for path in (self._older, self.path):
            for line in _lines(path):
                letter = parse(line)
                if letter is not None:
                    yield letter

    def take(self, chosen: Callable[[str], bool], keep: Keep) -> int:
        """Give the letters for *chosen* destinations to *keep*, in parcels; drop what it took.

        If the process dies in between, they are in both places.

        Returns:
            How many it took.

        Raises:
            OSError: The files cannot be read or replaced.
        """
        with self._locked():
            rest: list[bytes] = []
            waiting: dict[str, list[tuple[bytes, ReadableSpan]]] = {}
            taken = 0
            for line in (*_lines(self._older), *_lines(self.path)):
                letter = parse(line)
                if letter is None or not chosen(letter.destination):
                    rest.append(line)
                    continue
                batch = waiting.setdefault(letter.destination, [])
                batch.append((line, letter.span))
                if len(batch) >= _MOST_SPANS:
                    taken += _give(letter.destination, waiting.pop(letter.destination), keep, rest)
            for destination, batch in waiting.items():
                taken += _give(destination, batch, keep, rest)
            if taken:
                self._replace(rest)
        return taken

    def _append(self, lines: bytes) -> None:
        descriptor = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT, FILE_MODE)
        try:
            size = os.fstat(descriptor).st_size
            if size and os.pread(descriptor, 1, size - 1) != b"\n":
                lines = b"\n" + lines  # a process was killed within a line
            append_all(descriptor, lines)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def _replace(self, lines: Sequence[bytes]) -> None:
        """Have *lines* be all there is."""
        fresh = self.path.with_suffix(".new")
        with suppress(FileNotFoundError):
            fresh.unlink()
        descriptor = os.open(fresh, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_EXCL, FILE_MODE)
        try:
            append_all(descriptor, b"".join(lines))
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        os.replace(fresh, self.path)
        with suppress(FileNotFoundError):
            self._older.unlink()
        sync_directory(self.path.parent)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        descriptor = os.open(self._lock, os.O_RDWR | os.O_CREAT, FILE_MODE)
        try:
            if not lock(descriptor, _LOCK_SECONDS):
                raise OSError(f"{self._lock} has been locked for {_LOCK_SECONDS:g} seconds")
            try:
                yield
            finally:
                unlock(descriptor)
        finally:
            os.close(descriptor)


def _give(
    destination: str, batch: Sequence[tuple[bytes, ReadableSpan]], keep: Keep, rest: list[bytes]
) -> int:
    if keep(destination, [span for _, span in batch]):
        return len(batch)
    rest.extend(line for line, _ in batch)
    return 0


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def _lines(path: Path) -> Iterator[bytes]:
    """Yield the whole lines of a file; none where it is missing."""
    with suppress(FileNotFoundError), path.open("rb") as file:
        for line in file:
            if line.strip():
                yield line if line.endswith(b"\n") else line + b"\n"
