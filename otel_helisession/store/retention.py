"""Retention: how long and how much the store keeps, applied now and then by its writers."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from typing import Final

from otel_helisession.store import removal
from otel_helisession.store.connection import transaction

MAX_AGE_DAYS: Final = 7.0
"""A week of runs to look back on. What must last belongs in a backend."""

MAX_BYTES: Final = 1_000_000_000
"""1 GB: some 700,000 spans of 3.5 kB, and small enough to go unnoticed on a laptop."""

_EVERY_SECONDS: Final = 60.0
"""How often a writer looks: looking costs some 20 µs, and a minute's spans are megabytes."""

_LOW_WATER: Final = 0.9
"""What is too large shrinks to this share, so that not every look has to delete."""


class Retention:
    """Deletes what is too old, then the oldest whole sessions while the store is too large.

    Args:
        max_age_days: Time since a session was last written beyond which it goes.
        max_bytes: Largest size of the store's file.
        clock: Returns the time in seconds since 1970.
    """

    def __init__(
        self,
        max_age_days: float = MAX_AGE_DAYS,
        max_bytes: int = MAX_BYTES,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._max_age_nano = int(max_age_days * 86_400e9)
        self._max_bytes = max_bytes
        self._clock = clock
        self._next = 0.0

    def apply(self, connection: sqlite3.Connection) -> bool:
        """Delete what is over, if it is time to look. One short transaction a session.

        Returns:
            Whether something was deleted.
        """
        now = self._clock()
        if now < self._next:
            return False
        self._next = now + _EVERY_SECONDS
        deleted = self._remove_old(connection, int(now * 1e9) - self._max_age_nano)
        if _size(connection) > self._max_bytes:
            deleted = True
            while _size(connection) > self._max_bytes * _LOW_WATER:
                with transaction(connection):
                    if not removal.remove_oldest(connection):
                        break
        if deleted:
            removal.give_back(connection)
        return deleted

    def _remove_old(self, connection: sqlite3.Connection, unix_nano: int) -> bool:
        old = connection.execute(
            "SELECT EXISTS (SELECT 1 FROM sessions WHERE stored_unix_nano < :limit) OR EXISTS"
            " (SELECT 1 FROM spans WHERE session_id IS NULL AND stored_unix_nano < :limit)",
            {"limit": unix_nano},
        ).fetchone()[0]
        if old:
            with transaction(connection):
                removal.remove_before(connection, unix_nano, "stored_unix_nano")
        return bool(old)


def _size(connection: sqlite3.Connection) -> int:
    """Return the bytes in use: pages of the file less the free ones."""
    pages, free, size = (
        connection.execute(f"PRAGMA {name}").fetchone()[0]
        for name in ("page_count", "freelist_count", "page_size")
    )
    return int((pages - free) * size)
