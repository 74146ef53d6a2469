"""Pulse: one number that grows whenever the store changes, and a stream of it for the page."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import Final

from otel_helisession.store.location import identity

_EVERY_SECONDS: Final = 0.5
"""How often the file is asked: it costs some 10 µs, and nobody reads faster."""

_ALIVE_SECONDS: Final = 15.0
"""A comment goes out that often, so that a connection that is gone is noticed."""


class Pulse:
    """Watches one store for its change. Used on one event loop."""

    def __init__(self, store: Path) -> None:
        self._store = store
        self._connection: sqlite3.Connection | None = None
        self._seen: object = None
        self._changed = asyncio.Event()
        self._stopped = False
        self.version = 0

    async def watch(self) -> None:
        """Look at the store until cancelled."""
        try:
            while True:
                self.look()
                await asyncio.sleep(_EVERY_SECONDS)
        finally:
            self._close()

    def look(self) -> None:
        """Raise the version if the store has changed since the last look."""
        now = self._state()
        if now != self._seen:
            self._seen = now
            self.version += 1
            self._wake()

    def stop(self) -> None:
        """End all streams."""
        self._stopped = True
        self._wake()

    async def stream(self) -> AsyncIterator[str]:
        """Yield the version as server-sent events: now, and whenever it grows."""
        said = -1
        while not self._stopped:
            if said != self.version:
                said = self.version
                yield f"data: {json.dumps({'version': said})}\n\n"
            changed = self._changed
            try:
                await asyncio.wait_for(changed.wait(), _ALIVE_SECONDS)
            except asyncio.TimeoutError:
                yield ": still here\n\n"

    def _wake(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()

    def _state(self) -> object:
        found = identity(self._store)
        if found is None:
            self._close()
            return None
        if isinstance(self._seen, tuple) and self._seen[0] != found:
            self._close()
        with suppress(sqlite3.Error):
            if self._connection is None:
                self._connection = sqlite3.connect(self._store, timeout=0.1)
            version = self._connection.execute("PRAGMA data_version").fetchone()[0]
            return found, version
        self._close()
        return self._seen

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
