"""Spans that turn out to be of another session, or path, than when they were stored.

Spans that other programs send come in any order, and say whose they are on some of them only;
what is known of the others changes with their ancestors.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, NamedTuple

from otel_helisession.store import body, search, tally

MAX_RECALLED: Final = 5_000
"""Most spans of a trace that are looked up: each costs some 30 µs."""


class Move(NamedTuple):
    """Where a stored span belongs now."""

    trace_id: str
    span_id: str
    session_id: str | None
    session_name: str
    path: str
    user_id: str | None


class Stored(NamedTuple):
    """A span of the store, as far as its place depends on it.

    Attributes:
        span_id: 16 hexadecimal digits.
        parent_span_id: Its parent's; None for a root.
        name: Its name.
        kind: What it is: ``llm``, ``structure``.
        segment: What it adds to the path; may be empty.
        span_kind: OpenTelemetry's, in lower case.
        attributes: Its own.
    """

    span_id: str
    parent_span_id: str | None
    name: str
    kind: str
    segment: str
    span_kind: str
    attributes: dict[str, Any]


_SELECT: Final = (
    "SELECT span_id, parent_span_id, name, kind, body FROM spans JOIN details USING (id)"
    " WHERE trace_id = ?"
)
_WERE: Final = "SELECT session_id FROM spans WHERE trace_id = ? AND span_id = ?"
_MOVE: Final = (
    "UPDATE spans SET session_id = ?, session_name = ?, path = ?, user_id = ?"
    " WHERE trace_id = ? AND span_id = ?"
)
_REMAKE: Final = """
    INSERT INTO sessions (session_id, name, user_id, properties, start_unix_nano, end_unix_nano,
        stored_unix_nano)
    SELECT session_id, max(session_name), max(user_id), '{}', min(start_unix_nano),
        max(max(start_unix_nano, end_unix_nano)), max(stored_unix_nano)
    FROM spans WHERE session_id = ? GROUP BY session_id
    ON CONFLICT (session_id) DO UPDATE SET
        name = CASE excluded.name WHEN '' THEN name ELSE excluded.name END,
        user_id = ifnull(excluded.user_id, user_id),
        start_unix_nano = excluded.start_unix_nano,
        end_unix_nano = excluded.end_unix_nano
"""
_DROP: Final = (
    "DELETE FROM sessions WHERE session_id = ?"
    " AND NOT EXISTS (SELECT 1 FROM spans WHERE session_id = ?)"
)


def spans_of(
    connection: sqlite3.Connection, trace_id: str, span_ids: Sequence[str] | None = None
) -> Iterator[Stored]:
    """Iterate over the spans of a trace that are stored, or those of *span_ids* among them."""
    if span_ids is None:
        found = connection.execute(f"{_SELECT} LIMIT {MAX_RECALLED}", (trace_id,)).fetchall()
    else:
        found = []
        for span_id in span_ids:
            found += connection.execute(f"{_SELECT} AND span_id = ?", (trace_id, span_id))
    for span_id, parent, name, kind, packed in found:
        said = body.unpack(packed)
        operation, span = said["operation"], said["span"]
        attributes = span.get("attributes") or {}
        segment = operation.get("segment") or ""
        yield Stored(span_id, parent, name, kind, segment, span.get("kind") or "", attributes)


def move(connection: sqlite3.Connection, moves: Iterable[Move]) -> None:
    """Put stored spans where they belong now; sessions that are left empty go.

    Within the caller's transaction.
    """
    touched: set[str] = set()
    for one in moves:
        key = (one.trace_id, one.span_id)
        were = connection.execute(_WERE, key).fetchone()
        if were is None:
            continue
        connection.execute(_MOVE, (one.session_id, one.session_name, one.path, one.user_id, *key))
        touched.update(name for name in (were[0], one.session_id) if name is not None)
    remaining = []
    for session_id in touched:
        connection.execute(_REMAKE, (session_id,))
        if connection.execute(_DROP, (session_id, session_id)).rowcount == 0:
            remaining.append(session_id)
    tally.note(connection, remaining)
    search.changed(connection, touched)
