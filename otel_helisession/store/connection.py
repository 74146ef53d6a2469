"""The connection to the store's file: how it is opened, and its short transactions."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from otel_helisession.store import held, schema
from otel_helisession.store.error import BUSY_SECONDS, UnwritableError, from_sqlite
from otel_helisession.store.held import HeldConnection
from otel_helisession.store.location import identity, is_sqlite, make_file, make_private

_WAL_BYTES = 16 * 1024 * 1024
"""What the -wal file shrinks back to after a burst."""


def connect(path: Path) -> sqlite3.Connection:
    """Open the store at *path*; make it, or migrate it, first.

    May be used by one thread at a time, any thread, of the process that opened it.

    Raises:
        StoreError: It cannot be made, is damaged, or is not ours to read.
    """
    with held.opening:
        make_file(path)
        connection = _open(path, path, isolation_level=None)
    try:
        with translated(path):
            _prepare(connection, path)
    except BaseException:
        connection.close()
        raise
    return connection


def connect_to_read(path: Path) -> sqlite3.Connection:
    """Open the store at *path*, which is there, read-only if it cannot be written.

    Raises:
        StoreError: As connect() does; or it is an older store, which only a writer can migrate.
    """
    try:
        return connect(path)
    except UnwritableError as error:
        # A -wal file is read with its index, if that can be used. Without one the file is all
        # there is: "immutable" leaves no index behind, which its owner could not write.
        in_use = path.with_name(f"{path.name}-wal").exists()
        with translated(path):
            for immutable in (False, True) if in_use else (True,):
                found = _read_only(path, immutable)
                if found is not None:
                    return found
        raise error


def is_only_read(path: Path) -> bool:
    """Tell whether the store at *path* can be read and not be written; make it if it is missing.

    Raises:
        StoreError: It can be neither.
    """
    try:
        with closing(connect(path)) as connection, translated(path):
            connection.execute("DELETE FROM changed WHERE 0")  # to open it is not to write it
    except UnwritableError:
        if identity(path) is None:
            raise
        connect_to_read(path).close()
        return True
    return False


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


def _open(path: Path, database: Path | str, **options: Any) -> HeldConnection:
    """Open *database*, the file at *path*, and note that it is. Under ``held.opening``."""
    file = identity(path)
    if not held.is_held(file) and not is_sqlite(path):
        raise from_sqlite(sqlite3.DatabaseError("file is not a database"), path)
    with translated(path):
        connection = sqlite3.connect(
            database,
            timeout=BUSY_SECONDS,
            check_same_thread=False,
            factory=HeldConnection,
            **options,
        )
    if file is not None:
        connection.hold(file)
    return connection


def _read_only(path: Path, immutable: bool) -> sqlite3.Connection | None:
    """Return a connection that only reads, with the -wal or *immutable*; None if that fails."""
    with held.opening:
        connection = _open(path, f"{path.as_uri()}?mode=ro&immutable={immutable:d}", uri=True)
    usable = False
    try:
        with suppress(sqlite3.OperationalError):
            usable = schema.check(connection, path) == schema.VERSION
    finally:
        if not usable:
            connection.close()
    return connection if usable else None


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
