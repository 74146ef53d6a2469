"""Library: the viewer's open readers of the store and of its index, lent to one question each."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, SimpleQueue

from otel_helisession.store.location import identity
from otel_helisession.store.reader import SessionReader
from otel_helisession.store.search import SearchIndex


class Library:
    """Lends readers, and opens another where all are out. Used by any thread.

    Args:
        store: The store's file. Where there is none it is empty.
    """

    def __init__(self, store: Path) -> None:
        self.store = store
        self._readers: SimpleQueue[tuple[SessionReader, object]] = SimpleQueue()
        self._indexes: SimpleQueue[SearchIndex] = SimpleQueue()

    @contextmanager
    def reader(self) -> Iterator[SessionReader]:
        """Lend a reader of the file that is there now.

        Raises:
            StoreError: The file cannot be used.
        """
        reader, was = self._taken()
        try:
            yield reader
        except BaseException:
            reader.close()
            raise
        self._readers.put((reader, was))

    def find(self, text: str) -> frozenset[str]:
        """Return the ids of the sessions that say *text*; none where the index cannot be used."""
        try:
            index = self._indexes.get_nowait()
        except Empty:
            index = SearchIndex(self.store)
        try:
            if not self.store.exists():
                return frozenset()
            return frozenset(index.find(text))
        except (sqlite3.Error, OSError):  # a directory that takes no files, a damaged file
            index.close()
            return frozenset()
        finally:
            self._indexes.put(index)

    def close(self) -> None:
        """Close what is not lent."""
        while not self._readers.empty():
            self._readers.get()[0].close()
        while not self._indexes.empty():
            self._indexes.get().close()

    def _taken(self) -> tuple[SessionReader, object]:
        now = identity(self.store)
        while True:
            try:
                reader, was = self._readers.get_nowait()
            except Empty:
                return SessionReader(self.store), now
            if was == now and now is not None:
                return reader, was
            reader.close()  # the file was deleted, replaced or made since
