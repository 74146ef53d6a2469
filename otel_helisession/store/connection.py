"""The connection to the store's file: how it is opened, and its short transactions."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from otel_helisession.store import schema
from otel_helisession.store.error import BUSY_SECONDS, from_sqlite
from otel_helisession.store.location import is_sqlite, make_file, make_private

_WAL_BYTES = 16 * 1024 * 1024
"""What the -wal file shrinks back to after a burst."""


def connect(path: Path) -> sqlite3.Connection:
    """Open the store at *path*; make it, or migrate it, first.

    May be used by one thread at a time, any thread, of the process that opened it.

    Raises:
        StoreError: It cannot be made, is damaged, or is not ours to read.
    """
    make_file(path)
    if not is_sqlite(path):
        raise from_sqlite(sqlite3.DatabaseError("file is not a database"), path)
    with translated(path):
        connection = sqlite3.connect(
            path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
    try:
        with translated(path):
            _prepare(connection, path)
    except BaseException:
        connection.close()
        raise
    return connection


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Run the block as one transaction that has the right to write from its start."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turn SQLite's errors in the block into StoreError."""
    try:
        yield
    except sqlite3.Error as error:
        raise from_sqlite(error, path) from error


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    if schema.check(connection, path) == 0:
        connection.execute("PRAGMA auto_vacuum = INCREMENTAL")  # only before the first table
    make_private(path)
    _write_ahead(connection)
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute(f"PRAGMA journal_size_limit = {_WAL_BYTES}")
    if schema.version(connection) < schema.VERSION:
        with transaction(connection):
            schema.migrate(connection, path)


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Switch to WAL. SQLite does not wait by itself when several processes do so at once."""
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise
            time.sleep(0.02)
