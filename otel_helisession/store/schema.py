"""The store's tables, one migration a version. PRAGMA user_version says which have run.

A migration that has been released is never edited: add one below it.

``sessions``
    One row a session: what a list needs without reading spans. Its totals are counted from
    the spans, so that a span that is sent again changes nothing; ``stale`` says that spans
    came since (see :mod:`~otel_helisession.store.tally`).
``spans``
    One narrow row a span, in the columns of :class:`~otel_helisession.store.row.SpanRow`.
``details``
    What a span says in full, compressed (see :mod:`~otel_helisession.store.body`), apart
    from ``spans`` so that lists and trees do not read messages.
``origins``
    Resource and scope, once for all spans that share them.
``changed``
    Sessions whose stored spans were changed in place, because they were sent again with other
    values, or found another session: what the search index reads again.

What a span that is sent again takes back, triggers take back: its words, the session that it
no longer belongs to, and the time that only it reached to.

``stored_unix_nano`` is when a row was last written: what retention goes by, so that an old
recording that is imported today is not deleted at once.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Final

from otel_helisession.store.error import StoreError

APPLICATION_ID: Final = 0x48454C49
"""``HELI``: tells our file from any other SQLite database."""

MIGRATIONS: Final[tuple[tuple[str, ...], ...]] = (
    (
        """
        CREATE TABLE sessions (
            session_id TEXT PRIMARY KEY,
            name TEXT NOT NULL,
            user_id TEXT,
            properties TEXT NOT NULL,
            start_unix_nano INTEGER NOT NULL,
            end_unix_nano INTEGER NOT NULL,
            stored_unix_nano INTEGER NOT NULL
        ) WITHOUT ROWID
        """,
        "CREATE INDEX sessions_stored ON sessions (stored_unix_nano)",
        """
        CREATE TABLE spans (
            id INTEGER PRIMARY KEY,
            trace_id TEXT NOT NULL,
            span_id TEXT NOT NULL,
            parent_span_id TEXT,
            session_id TEXT,
            session_name TEXT NOT NULL,
            path TEXT NOT NULL,
            name TEXT NOT NULL,
            kind TEXT NOT NULL,
            convention TEXT NOT NULL,
            operation TEXT NOT NULL,
            target TEXT,
            start_unix_nano INTEGER NOT NULL,
            end_unix_nano INTEGER NOT NULL,
            status TEXT NOT NULL,
            error_type TEXT,
            error_message TEXT,
            model TEXT,
            provider TEXT,
            response_id TEXT,
            input_tokens INTEGER,
            output_tokens INTEGER,
            cache_read_tokens INTEGER,
            cache_write_tokens INTEGER,
            reasoning_tokens INTEGER,
            cost_usd REAL,
            time_to_first_token_ms REAL,
            user_id TEXT,
            origin INTEGER NOT NULL,
            stored_unix_nano INTEGER NOT NULL,
            UNIQUE (trace_id, span_id)
        )
        """,
        "CREATE INDEX spans_session ON spans (session_id, start_unix_nano)"
        " WHERE session_id IS NOT NULL",
        "CREATE INDEX spans_alone ON spans (stored_unix_nano) WHERE session_id IS NULL",
        "CREATE TABLE details (id INTEGER PRIMARY KEY, body BLOB NOT NULL)",
        "CREATE TABLE origins (origin INTEGER PRIMARY KEY, body TEXT NOT NULL)",
    ),
    (
        "ALTER TABLE sessions ADD COLUMN stale INTEGER NOT NULL DEFAULT 1",
        "ALTER TABLE sessions ADD COLUMN spans INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE sessions ADD COLUMN llm INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE sessions ADD COLUMN tool INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE sessions ADD COLUMN vector_db INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE sessions ADD COLUMN data INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE sessions ADD COLUMN errors INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE sessions ADD COLUMN input_tokens INTEGER",
        "ALTER TABLE sessions ADD COLUMN output_tokens INTEGER",
        "ALTER TABLE sessions ADD COLUMN cache_read_tokens INTEGER",
        "ALTER TABLE sessions ADD COLUMN cache_write_tokens INTEGER",
        "ALTER TABLE sessions ADD COLUMN reasoning_tokens INTEGER",
        "ALTER TABLE sessions ADD COLUMN cost_usd REAL",
        "ALTER TABLE sessions ADD COLUMN unpriced INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE sessions ADD COLUMN mean_ms REAL",
        "ALTER TABLE sessions ADD COLUMN p95_ms REAL",
        "ALTER TABLE sessions ADD COLUMN models TEXT NOT NULL DEFAULT '[]'",
        "CREATE INDEX sessions_started ON sessions (start_unix_nano)",
        "CREATE INDEX sessions_stale ON sessions (session_id) WHERE stale",
    ),
    ("CREATE TABLE changed (session_id TEXT PRIMARY KEY) WITHOUT ROWID",),
    (
        """
        CREATE TRIGGER IF NOT EXISTS details_changed AFTER UPDATE OF body ON details BEGIN
            INSERT INTO changed SELECT session_id FROM spans
            WHERE id = new.id AND session_id NOT IN (SELECT session_id FROM changed);
        END
        """,
    ),
    (
        "DROP TRIGGER IF EXISTS details_changed",  # it could not take a span without a session
        """
        CREATE TRIGGER details_changed AFTER UPDATE OF body ON details BEGIN
            INSERT INTO changed SELECT session_id FROM spans
            WHERE id = new.id AND session_id IS NOT NULL
                AND session_id NOT IN (SELECT session_id FROM changed);
        END
        """,
        """
        CREATE TRIGGER IF NOT EXISTS spans_changed AFTER UPDATE ON spans
        WHEN (old.session_id, old.name, old.path, old.target, old.model, old.provider,
                old.error_type, old.error_message)
            IS NOT (new.session_id, new.name, new.path, new.target, new.model, new.provider,
                new.error_type, new.error_message)
        BEGIN
            INSERT INTO changed SELECT old.session_id WHERE old.session_id IS NOT NULL
                AND old.session_id NOT IN (SELECT session_id FROM changed);
            INSERT INTO changed SELECT new.session_id WHERE new.session_id IS NOT NULL
                AND new.session_id NOT IN (SELECT session_id FROM changed);
        END
        """,
        """
        CREATE TRIGGER IF NOT EXISTS spans_left AFTER UPDATE OF session_id ON spans
        WHEN old.session_id IS NOT NULL AND old.session_id IS NOT new.session_id
        BEGIN
            UPDATE sessions SET stale = 1 WHERE session_id = old.session_id;
            DELETE FROM sessions WHERE session_id = old.session_id
                AND NOT EXISTS (SELECT 1 FROM spans WHERE session_id = old.session_id);
        END
        """,
        """
        CREATE TRIGGER IF NOT EXISTS spans_shrunk AFTER UPDATE ON spans
        WHEN old.session_id IS NOT new.session_id OR old.start_unix_nano < new.start_unix_nano
            OR old.end_unix_nano > new.end_unix_nano
        BEGIN
            UPDATE sessions SET
                start_unix_nano = (SELECT min(start_unix_nano) FROM spans
                    WHERE session_id = old.session_id),
                end_unix_nano = (SELECT max(max(start_unix_nano, end_unix_nano)) FROM spans
                    WHERE session_id = old.session_id)
            WHERE session_id = old.session_id
                AND (start_unix_nano >= old.start_unix_nano
                    OR end_unix_nano <= max(old.start_unix_nano, old.end_unix_nano))
                AND EXISTS (SELECT 1 FROM spans WHERE session_id = old.session_id);
        END
        """,
    ),
)

VERSION: Final = len(MIGRATIONS)


_STATE: Final = """
    SELECT user_version, application_id, (SELECT count(*) FROM sqlite_master)
    FROM pragma_user_version, pragma_application_id
"""
"""One statement, so that all of it is of one moment: another process may be making the tables."""


def version(connection: sqlite3.Connection) -> int:
    """Return the version that the file has; 0 when it is new."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def check(connection: sqlite3.Connection, path: Path) -> int:
    """Return the version of the file, once it is known to be ours to read.

    Raises:
        StoreError: It belongs to another program, or to a newer version of this one.
    """
    found, owner, tables = connection.execute(_STATE).fetchone()
    empty = tables == 0
    if owner != APPLICATION_ID and not (owner == 0 and found == 0 and empty):
        raise StoreError(
            f"{path} is another program's SQLite database; name a file of its own with "
            "--store or HELISESSION_STORE"
        )
    if found > VERSION:
        raise StoreError(
            f"{path} was written by a newer otel-helisession (store version {found}, this one "
            f"reads up to {VERSION}); upgrade otel-helisession, or name another file with "
            "--store or HELISESSION_STORE"
        )
    return int(found)


def migrate(connection: sqlite3.Connection, path: Path) -> None:
    """Bring the file to VERSION, within the transaction that the caller has begun.

    Raises:
        StoreError: see :func:`check`.
    """
    for number in range(check(connection, path), VERSION):
        for statement in MIGRATIONS[number]:
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {number + 1}")
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
