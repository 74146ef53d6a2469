"""Upkeep: the viewer's thread that counts totals and keeps the search index up with the store."""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Final

from otel_helisession.guard import caught, once
from otel_helisession.store import connection as connections
from otel_helisession.store import indexing, search, tally
from otel_helisession.store.error import StoreError
from otel_helisession.store.location import identity
from otel_helisession.store.search import SearchIndex

_EVERY_SECONDS: Final = 1.0
"""How far lists and the index lag behind, at least."""

_CHANGES_EVERY_SECONDS: Final = 5.0

_REST: Final = 1.0
"""Pause after work, in times of what the work took: half of one core at most, so that spans
that come in and questions that are asked find the rest."""


class Upkeep:
    """Keeps one store ready to be shown, in the background.

    Args:
        store: The store's file; it may be missing, or be replaced.
    """

    def __init__(self, store: Path) -> None:
        self._store = store
        self._index = SearchIndex(store)
        self._connection: sqlite3.Connection | None = None
        self._identity: tuple[int, int] | None = None
        self._stopping = threading.Event()
        self._idle = threading.Event()
        self._next_changes = 0.0
        self._thread = threading.Thread(target=self._run, name="helisession-upkeep", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self, timeout_seconds: float = 5.0) -> None:
        """End after the step under way, and close the files."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(timeout_seconds)

    def settle(self, timeout_seconds: float) -> bool:
        """Wait until all that is in the store now is counted and can be found."""
        self._idle.clear()
        return self._idle.wait(timeout_seconds)

    def _run(self) -> None:
        while not self._stopping.is_set():
            begun, more, done = time.monotonic(), False, False
            was_idle = not self._idle.is_set()
            try:
                more, done = self._work(), True
            except (sqlite3.Error, StoreError) as error:
                self._close()
                if not isinstance(error, (sqlite3.OperationalError, StoreError)):
                    search.forget(self._store)  # damaged; it can be made again
                once(("upkeep", str(error)), logging.WARNING, "the search index waits: %s", error)
            except Exception as error:
                self._close()
                caught("Upkeep", error)
            if done and not more and was_idle:
                self._idle.set()
            spent = time.monotonic() - begun
            self._stopping.wait(spent * _REST if more else max(_EVERY_SECONDS, spent * _REST))
        self._close()

    def _work(self) -> bool:
        """Do one step of each task; tell whether more waits."""
        connection = self._connect()
        if connection is None:
            return False
        for session_id in tally.stale(connection):
            if self._stopping.is_set():
                return False
            tally.refresh(connection, session_id)
        more = indexing.step(connection, self._index)
        if not more and time.monotonic() >= self._next_changes:
            indexing.follow_changes(connection, self._index)
            self._next_changes = time.monotonic() + _CHANGES_EVERY_SECONDS
        return more

    def _connect(self) -> sqlite3.Connection | None:
        """Return the connection to the file that is there now; None where there is none."""
        now = identity(self._store)
        if self._connection is not None and now == self._identity:
            return self._connection
        self._close()
        if now is not None:
            self._connection = connections.connect(self._store)
            self._identity = identity(self._store)
        return self._connection

    def _close(self) -> None:
        for one in (self._connection, self._index):
            if one is not None:
                with suppress(sqlite3.Error):
                    one.close()
        self._connection = None
