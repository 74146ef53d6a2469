"""Spool: spans on disk that a destination has not taken, safe in processes and under kill -9."""

from __future__ import annotations

import logging
import os
import threading
import weakref
from collections.abc import Generator, Iterator, Sequence
from pathlib import Path
from typing import Final

from opentelemetry.sdk.trace import ReadableSpan

from otel_helisession.guard import caught, once
from otel_helisession.spool import file_lock, moment, payload
from otel_helisession.spool.appender import Appender
from otel_helisession.spool.dead_letters import DeadLetters, Keep
from otel_helisession.spool.error import SpoolError, from_os
from otel_helisession.spool.location import spool_directory
from otel_helisession.spool.parcel import Parcel, parcels_in
from otel_helisession.spool.segment import Segment
from otel_helisession.spool.shelf import Shelf
from otel_helisession.spool.tally import SpoolTally

DEFAULT_MAX_BYTES: Final = 512 * 1024 * 1024
"""Half of what the embedded store may take: 60,000 to 500,000 LLM calls, of which
one with 2 to 20 kB of messages takes 1 to 8 kB."""

DEFAULT_MAX_AGE_SECONDS: Final = 7 * 86_400
"""As long as the embedded store keeps sessions: an outage over a long weekend is survived, and
older spans few backends still take."""

_LEAST_BYTES: Final = 64 * 1024

_DEAD_SHARE: Final = 8
"""Dead letters may take this part of *max_bytes*, besides it: they are few, and not compressed."""


class Spool:
    """Keeps spans in a directory, a parcel a call, until their destination takes them.

    Each process appends to files of its own, which it holds by a lock that ends with the
    process; whoever comes next may claim them. Nothing is made before something is kept.
    Safe in threads, processes and forks.

    Args:
        directory: Where; see :func:`~otel_helisession.spool.location.spool_directory`. Files
            are private (0600), and so is the directory if it is made here (0700).
        max_bytes: All files together, of all processes; dead letters may take an eighth more.
            The oldest parcels are deleted for newer ones. Processes that write at one time
            may be above it by a parcel each.
        max_age_seconds: Older parcels are deleted, for whichever destination they are.

    Raises:
        TypeError: *directory* is no path.
        ValueError: A bound is too small, or this system has no file locks (Windows).
    """

    def __init__(
        self,
        directory: str | os.PathLike[str] | None = None,
        *,
        max_bytes: int = DEFAULT_MAX_BYTES,
        max_age_seconds: float = DEFAULT_MAX_AGE_SECONDS,
    ) -> None:
        if not file_lock.AVAILABLE:
            raise ValueError("the spool needs file locks, which this system has not; leave it off")
        if isinstance(max_bytes, bool) or not max_bytes >= _LEAST_BYTES:
            raise ValueError(f"max_bytes is {max_bytes!r}; it must be at least {_LEAST_BYTES:,}")
        if not max_age_seconds > 0:
            raise ValueError(f"max_age_seconds is {max_age_seconds!r}; it must be above 0")
        self.directory: Final[Path] = spool_directory(directory)
        self.dead_letters: Final = DeadLetters(self.directory, max_bytes // _DEAD_SHARE)
        self._bounds = (max_bytes, max_age_seconds)
        self._restart()
        _forget_after_fork(self)

    def __repr__(self) -> str:
        return f"Spool({str(self.directory)!r})"

    def _restart(self) -> None:
        self._lock = threading.Lock()
        self._process = os.getpid()
        self._shelf = Shelf(self.directory, *self._bounds)
        self._appender = Appender(self.directory, self._shelf)
        self._claimed: set[Segment] = set()
        self._damaged: dict[str, int] = {}
        self._kept = 0
        self._buried = 0

    @property
    def tally(self) -> SpoolTally:
        """What this process kept, and what the spool's bounds cost."""
        with self._lock:
            damaged = sum(self._damaged.values())
            return SpoolTally(
                self._kept, self._buried, self._shelf.expired, self._shelf.evicted, damaged
            )

    def keep(self, destination: str, spans: Sequence[ReadableSpan]) -> bool:
        """Put *spans* on disk, as one parcel for *destination*. Never raises.

        They survive this process, however it ends. Costs about 20 µs a span and 20 µs
        a kB of messages, and once a second some milliseconds for the disk.

        Returns:
            False where they could not be kept: one warning a cause says why.
        """
        if not spans:
            return True
        self._check_process()
        try:
            content = payload.pack(spans)
            with self._lock:
                self._appender.append(destination, len(spans), content, moment.now())
                self._kept += len(spans)
            return True
        except OSError as error:
            _warn(from_os(error, self.directory))
        except SpoolError as error:
            _warn(error)
        except Exception as error:
            caught("Spool.keep", error)
        return False

    def bury(self, destination: str, spans: Sequence[ReadableSpan], reason: str) -> bool:
        """Put *spans* among the dead letters: *destination* will never take them as they are.

        Never raises.

        Args:
            destination: Who refused them.
            spans: What.
            reason: Why, in words for people. What looks like a key is masked.

        Returns:
            False where they could not be written: one warning a cause says why.
        """
        if not spans:
            return True
        try:
            self._shelf.make_directory()
            gone = self.dead_letters.add(destination, spans, reason, moment.now().unix_nano)
        except OSError as error:
            _warn(from_os(error, self.directory))
            return False
        except Exception as error:
            caught("Spool.bury", error)
            return False
        with self._lock:
            self._buried += len(spans)
        if gone:
            once(
                ("spool", "dead letters", str(self.directory)),
                logging.WARNING,
                "%s is full: its %d oldest dead letters are deleted",
                self.dead_letters.path,
                gone,
            )
        return True

    def parcels(self, destination: str) -> Generator[Parcel, None, None]:
        """Claim what is kept for *destination*, oldest first, and yield it parcel by parcel.

        Also what other processes left behind; not what one that lives still holds. Settle each
        parcel before asking for the next. Close the iterator when you leave early.

        Never raises: what cannot be read is skipped, said once, and counted.
        """
        self._check_process()
        for path in self._paths(destination):
            segment = self._claim(path)
            if segment is None:
                continue
            try:
                yield from parcels_in(segment, destination, self._note_damage)
            except OSError as error:
                _warn(from_os(error, self.directory))
            finally:
                with self._lock:
                    self._claimed.discard(segment)
                    segment.release()

    def revive(self, *destinations: str) -> int:
        """Make parcels of the dead letters for these, or all, destinations.

        Returns:
            How many spans that are.

        Raises:
            SpoolError: The dead letters cannot be read or replaced.
        """
        return self._take_dead_letters(destinations, self.keep)

    def drop_dead_letters(self, *destinations: str) -> int:
        """Delete the dead letters for these, or all, destinations; otherwise as revive()."""
        return self._take_dead_letters(destinations, lambda destination, spans: True)

    def _take_dead_letters(self, destinations: Sequence[str], keep: Keep) -> int:
        if not self.directory.is_dir():
            return 0
        try:
            return self.dead_letters.take(
                lambda name: not destinations or name in destinations, keep
            )
        except OSError as error:
            raise from_os(error, self.directory) from error

    def close(self) -> None:
        """Have the disk keep everything, and let other processes claim it. Never raises.

        To keep something afterwards begins a new file.
        """
        try:
            with self._lock:
                self._appender.seal_all()
        except OSError as error:
            _warn(from_os(error, self.directory))

    def _paths(self, destination: str) -> Iterator[Path]:
        """Yield the files for *destination*; last the one that this process appends to.

        It is let go of when it is asked for, so that each look does not begin another.
        """
        try:
            with self._lock:
                found = self._shelf.paths(destination, moment.now())
            yield from found
            with self._lock:
                own = self._appender.seal(destination)
            if own is not None:
                yield own
        except OSError as error:
            _warn(from_os(error, self.directory))

    def _claim(self, path: Path) -> Segment | None:
        try:
            with self._lock:
                segment = Segment.claim(path)
                if segment is not None:
                    self._claimed.add(segment)
                return segment
        except OSError as error:
            _warn(from_os(error, self.directory))
            return None

    def _note_damage(self, path: Path, stretches: int) -> None:
        with self._lock:
            self._damaged[path.name] = stretches
        once(
            ("spool", "damaged"),
            logging.WARNING,
            "%s was cut or is damaged in %d places, as when a process is killed while it writes: "
            "what is whole around them is read",
            path,
            stretches,
        )

    def _check_process(self) -> None:
        """Notice a fork by C code that runs no hooks."""
        if self._process != os.getpid():
            self._forget()

    def _forget(self) -> None:
        """Start afresh in a forked child: files and locks are the parent's."""
        self._appender.forget()
        for segment in self._claimed:
            segment.forget()
        self._restart()


def _warn(error: SpoolError) -> None:
    once(("spool", error.cause), logging.WARNING, "%s", error)


def _forget_after_fork(spool: Spool) -> None:
    alive = weakref.ref(spool)

    def in_child() -> None:
        spool = alive()
        if spool is not None:
            spool._forget()

    os.register_at_fork(after_in_child=in_child)
