"""Deleting from the store: whole sessions, with all that was kept of their spans."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import Final, Literal

When = Literal["end_unix_nano", "stored_unix_nano"]
"""What old means: ended, or last stored, before some time."""

_PAGES_AT_ONCE: Final = 2_000
"""Free pages returned to the file system in one step, about 8 MB: a few milliseconds."""


def remove_sessions(connection: sqlite3.Connection, session_ids: Iterable[str]) -> int:
    """Delete these sessions; return how many there were. Within the caller's transaction."""
    count = 0
    for session_id in session_ids:
        _remove_spans(connection, "session_id = ?", session_id)
        connection.execute("DELETE FROM changed WHERE session_id = ?", (session_id,))
        found = connection.execute("DELETE FROM sessions WHERE session_id = ?", (session_id,))
        count += found.rowcount
    _remove_origins(connection)
    return count


def remove_before(
    connection: sqlite3.Connection, unix_nano: int, column: When = "end_unix_nano"
) -> int:
    """Delete sessions that ended, or were last stored, before *unix_nano*; and such spans
    without a session. Return how many sessions there were."""
    _remove_spans(connection, f"session_id IS NULL AND {column} < ?", unix_nano)
    old = connection.execute(
        f"SELECT session_id FROM sessions WHERE {column} < ?", (unix_nano,)
    ).fetchall()
    return remove_sessions(connection, [session_id for (session_id,) in old])


def remove_all(connection: sqlite3.Connection) -> int:
    """Delete everything; return how many sessions there were."""
    count: int = connection.execute("SELECT count(*) FROM sessions").fetchone()[0]
    for table in ("details", "spans", "sessions", "origins", "changed"):
        connection.execute(f"DELETE FROM {table}")
    return count


def remove_oldest(connection: sqlite3.Connection) -> bool:
    """Delete the oldest session and what is older without one; False when nothing was left.

    A session that is alone loses the older half of its spans: it may still be running.
    """
    oldest = connection.execute(
        "SELECT session_id, stored_unix_nano FROM sessions"
        " ORDER BY stored_unix_nano, end_unix_nano LIMIT 2"
    ).fetchall()
    if not oldest:
        return _remove_half(connection, "session_id IS NULL")
    session_id, stored = oldest[0]
    _remove_spans(connection, "session_id IS NULL AND stored_unix_nano < ?", stored)
    if len(oldest) == 1 and _remove_half(connection, "session_id = ?", session_id):
        connection.execute("UPDATE sessions SET stale = 1 WHERE session_id = ?", (session_id,))
        return True
    return remove_sessions(connection, [session_id]) > 0


def give_back(connection: sqlite3.Connection) -> None:
    """Return freed pages and the -wal file to the file system. Outside a transaction."""
    while connection.execute("PRAGMA freelist_count").fetchone()[0] > 0:
        before = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA incremental_vacuum({_PAGES_AT_ONCE})").fetchall()
        if connection.execute("PRAGMA page_count").fetchone()[0] >= before:
            break
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def _remove_half(connection: sqlite3.Connection, condition: str, *values: object) -> bool:
    spans: int = connection.execute(
        f"SELECT count(*) FROM spans WHERE {condition}", values
    ).fetchone()[0]
    half = (
        f"{condition} AND id IN (SELECT id FROM spans WHERE {condition}"
        f" ORDER BY stored_unix_nano, end_unix_nano LIMIT {(spans + 1) // 2})"
    )
    if spans:
        _remove_spans(connection, half, *values, *values)
    return spans > 0


def _remove_spans(connection: sqlite3.Connection, condition: str, *values: object) -> None:
    connection.execute(
        f"DELETE FROM details WHERE id IN (SELECT id FROM spans WHERE {condition})", values
    )
    connection.execute(f"DELETE FROM spans WHERE {condition}", values)


def _remove_origins(connection: sqlite3.Connection) -> None:
    connection.execute("DELETE FROM origins WHERE origin NOT IN (SELECT origin FROM spans)")
