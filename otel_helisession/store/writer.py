"""SessionWriter: puts spans into the store, safely beside other processes that do the same."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from typing import Any, Final

from otel_helisession.store import connection as connections
from otel_helisession.store import placing, removal, search, tally
from otel_helisession.store.connection import transaction, translated
from otel_helisession.store.entry import Entry
from otel_helisession.store.location import identity, store_path
from otel_helisession.store.retention import Retention
from otel_helisession.store.row import COLUMNS

_SPAN_COLUMNS: Final = (*COLUMNS, "origin", "stored_unix_nano")

_PUT_SPAN: Final = (
    f"INSERT INTO spans ({', '.join(_SPAN_COLUMNS)})"
    f" VALUES ({', '.join('?' * len(_SPAN_COLUMNS))})"
    " ON CONFLICT (trace_id, span_id) DO UPDATE SET "
    + ", ".join(f"{name} = excluded.{name}" for name in _SPAN_COLUMNS[2:])
)
_PUT_DETAIL: Final = (
    "INSERT INTO details (id, body) SELECT id, ? FROM spans WHERE trace_id = ? AND span_id = ?"
    " ON CONFLICT (id) DO UPDATE SET body = excluded.body WHERE body <> excluded.body"
)
_PUT_ORIGIN: Final = "INSERT OR IGNORE INTO origins (origin, body) VALUES (?, ?)"
_PUT_SESSION: Final = """
    INSERT INTO sessions (session_id, name, user_id, properties, start_unix_nano, end_unix_nano,
        stored_unix_nano)
    VALUES (?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (session_id) DO UPDATE SET
        name = CASE excluded.name WHEN '' THEN name ELSE excluded.name END,
        user_id = ifnull(excluded.user_id, user_id),
        properties = CASE excluded.properties WHEN '{}' THEN properties
            ELSE excluded.properties END,
        start_unix_nano = min(start_unix_nano, excluded.start_unix_nano),
        end_unix_nano = max(end_unix_nano, excluded.end_unix_nano),
        stored_unix_nano = excluded.stored_unix_nano
"""


class SessionWriter:
    """Writes spans to the store, one transaction a batch.

    Opens the file, and makes it if need be, at the first use. Notices when the file was
    deleted or replaced meanwhile, and goes on in the one that is there. Used by one thread
    at a time, in the process that made it.

    Args:
        path: The file; see :func:`~otel_helisession.store.location.store_path`.
        retention: How long and how much is kept; None keeps everything.

    Raises:
        StoreError: From any method, when the file cannot be used.
    """

    def __init__(
        self,
        path: str | os.PathLike[str] | None = None,
        retention: Retention | None = None,
    ) -> None:
        self.path = store_path(path)
        self._retention = retention
        self._connection: sqlite3.Connection | None = None
        self._identity: tuple[int, int] | None = None

    def write(self, entries: Sequence[Entry], moves: Sequence[placing.Move] = ()) -> None:
        """Store *entries*, all or none of them. A span that is there already is replaced.

        Args:
            entries: The spans.
            moves: Spans that are stored already, and belong elsewhere now.
        """
        if not entries and not moves:
            return
        connection = self._connect()
        with translated(self.path):
            with transaction(connection):
                _put(connection, entries, time.time_ns())
                if moves:
                    placing.move(connection, moves)
            if self._retention is not None:
                # The spans are stored; what is over is deleted at the next look instead.
                with suppress(sqlite3.OperationalError):
                    if self._retention.apply(connection):
                        search.forget_unused(self.path)

    def trace(self, trace_id: str, span_ids: Sequence[str] | None = None) -> list[placing.Stored]:
        """Return the spans of a trace that are stored, or those of *span_ids* among them."""
        connection = self._connect()
        with translated(self.path):
            return list(placing.spans_of(connection, trace_id, span_ids))

    def remove(self, session_ids: Iterable[str]) -> int:
        """Delete these sessions with their spans, and return how many there were."""
        return self._remove(lambda found: removal.remove_sessions(found, session_ids))

    def remove_before(self, unix_nano: int) -> int:
        """Delete what ended before *unix_nano*, and return how many sessions that were."""
        return self._remove(lambda found: removal.remove_before(found, unix_nano))

    def remove_all(self) -> int:
        """Delete everything, and return how many sessions there were."""
        return self._remove(removal.remove_all)

    def close(self) -> None:
        """Close the file. The next use opens it again."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def abandon(self) -> None:
        """Forget the file without closing it: it is the parent process's, after a fork."""
        if self._connection is not None:
            _abandoned.append(self._connection)
            self._connection = None

    def _remove(self, remove: Callable[[sqlite3.Connection], int]) -> int:
        connection = self._connect()
        with translated(self.path):
            connection.execute("PRAGMA secure_delete = ON")  # what was said must be gone
            with transaction(connection):
                count = remove(connection)
            removal.give_back(connection)
            search.forget(self.path)
        return count

    def _connect(self) -> sqlite3.Connection:
        if self._connection is not None:
            if identity(self.path) == self._identity:
                return self._connection
            self.close()
        self._connection = connections.connect(self.path)
        self._identity = identity(self.path)
        return self._connection


_abandoned: list[sqlite3.Connection] = []
"""Connections of a parent process: closing one here could delete the parent's -wal file."""


def _put(connection: sqlite3.Connection, entries: Sequence[Entry], now: int) -> None:
    origins = {item.origin: item.origin_body for item in entries}
    spans = [(*item.row[: len(COLUMNS)], item.origin, now) for item in entries]
    bodies = [(item.body, item.row.trace_id, item.row.span_id) for item in entries]
    sessions = [(*row, now) for row in _sessions(entries)]
    connection.executemany(_PUT_ORIGIN, origins.items())
    connection.executemany(_PUT_SPAN, spans)
    connection.executemany(_PUT_DETAIL, bodies)
    connection.executemany(_PUT_SESSION, sessions)
    tally.note(connection, [row[0] for row in sessions])


def _sessions(entries: Sequence[Entry]) -> Iterable[list[Any]]:
    """Return what *entries* say about their sessions, one row a session."""
    rows: dict[str, list[Any]] = {}
    for item in entries:
        row = item.row
        if row.session_id is None:
            continue
        end = max(row.start_unix_nano, row.end_unix_nano)
        said = rows.setdefault(
            row.session_id, [row.session_id, "", None, "{}", row.start_unix_nano, end]
        )
        said[1] = row.session_name or said[1]
        said[2] = row.user_id or said[2]
        said[3] = said[3] if item.properties == "{}" else item.properties
        said[4] = min(said[4], row.start_unix_nano)
        said[5] = max(said[5], end)
    return rows.values()
