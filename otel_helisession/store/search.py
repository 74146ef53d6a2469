"""SearchIndex: which sessions have which words, in a file of its own beside the store.

Beside it, because SQLite lets one transaction write to a file at a time, and programs that
store spans must not wait for an index. It is derived: deleting it costs nothing but the time
to make it again, and that is what becomes of it when sessions are deleted by hand, so that
what was said is gone. It follows the store by the rising ids of its spans, and lags some
seconds at most (see :mod:`~otel_helisession.store.indexing`).

A document is what one session said in one batch. With FTS5 it has words, and is not kept
itself; without, it is kept as text and searched from end to end.
"""

from __future__ import annotations

import re
import sqlite3
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Final

from otel_helisession.store.listing import escaped
from otel_helisession.store.location import FILE_MODE, identity

SUFFIX: Final = "-search"
"""What its file is called, after the store's name."""

_UNUSED_SECONDS: Final = 86_400

_VERSION: Final = 1
"""Of its tables; another one is deleted and made again."""

_TOKENIZER: Final = "unicode61 remove_diacritics 2"

_TABLES: Final = (
    "CREATE TABLE documents (id INTEGER PRIMARY KEY AUTOINCREMENT, session_id TEXT NOT NULL)",
    "CREATE INDEX documents_session ON documents (session_id)",
    "CREATE TABLE mark (span INTEGER NOT NULL, forgotten INTEGER NOT NULL)",
    "INSERT INTO mark VALUES (0, 0)",
)

_IDEOGRAPHS: Final = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
"""Written without blanks; each becomes a word, so that a text is found from its middle."""

WORD: Final = re.compile(r"[^\W_]+")
"""What the tokenizer takes for a word, near enough."""

LEAST_BEGINNING: Final = 3
"""Letters from which a word may be the beginning of others: thousands begin with any one."""


def search_path(store: Path) -> Path:
    """Return where the index of *store* is."""
    return store.with_name(store.name + SUFFIX)


def forget(store: Path) -> None:
    """Delete the index of *store*; whoever uses it makes a new one."""
    path = search_path(store)
    for name in (path.name, f"{path.name}-wal", f"{path.name}-shm"):
        with suppress(OSError):
            path.with_name(name).unlink()


def forget_unused(store: Path) -> None:
    """Delete the index of *store* if nobody has kept it up for a day: it may have words of what
    has been deleted since."""
    with suppress(OSError):
        if time.time() - search_path(store).stat().st_mtime > _UNUSED_SECONDS:
            forget(store)


def changed(connection: sqlite3.Connection, session_ids: Iterable[str]) -> None:
    """Note in the store that stored spans of these sessions were changed in place.

    Within the caller's transaction.
    """
    connection.executemany(
        "INSERT OR IGNORE INTO changed VALUES (?)", [(one,) for one in session_ids]
    )


class SearchIndex:
    """The index of one store. Used by one thread at a time.

    Args:
        store: The store's file.

    Raises:
        sqlite3.Error: From any method, when its file cannot be used.
    """

    def __init__(self, store: Path) -> None:
        self.path = search_path(store)
        self._connection: sqlite3.Connection | None = None
        self._identity: tuple[int, int] | None = None
        self.full_text = True

    def find(self, text: str) -> set[str]:
        """Return the ids of sessions that have *text*: all its words, of which the last may be
        the beginning of one."""
        connection = self._connect()
        if not self.full_text:
            query, value = "text LIKE ? ESCAPE '\\'", f"%{escaped(text)}%"
        elif WORD.search(text):
            query, value = "words MATCH ?", _words(text)
        else:
            return set()
        rows = connection.execute(
            "SELECT DISTINCT session_id FROM words JOIN documents ON documents.id = words.rowid"
            f" WHERE {query}",
            (value,),
        )
        return {session_id for (session_id,) in rows}

    def mark(self) -> int:
        """Return the id of the last span that is in it."""
        return int(self._connect().execute("SELECT span FROM mark").fetchone()[0])

    def add(
        self, documents: Iterable[tuple[str, str]], marks: tuple[int, int] | None = None
    ) -> None:
        """Add *documents*, each a session's id and a text.

        Args:
            documents: What to add.
            marks: Where the mark was when they were read, and where it goes. Where another
                process has moved it since, that one has added them, and nothing is done.
        """
        connection = self._connect()
        with connection:
            connection.execute("BEGIN IMMEDIATE")
            if marks is not None and self.mark() != marks[0]:
                return
            for session_id, text in documents:
                row = connection.execute(
                    "INSERT INTO documents (session_id) VALUES (?)", (session_id,)
                )
                connection.execute(
                    "INSERT INTO words (rowid, text) VALUES (?, ?)",
                    (row.lastrowid, spaced(text)),
                )
            if marks is not None:
                connection.execute("UPDATE mark SET span = ?", (marks[1],))

    def drop(self, session_ids: Iterable[str]) -> None:
        """Forget whose the documents of these sessions are; their words stay until a reset."""
        connection = self._connect()
        with connection:
            for session_id in session_ids:
                gone = connection.execute(
                    "DELETE FROM documents WHERE session_id = ?", (session_id,)
                ).rowcount
                connection.execute("UPDATE mark SET forgotten = forgotten + ?", (gone,))

    def sessions(self) -> set[str]:
        """Return the ids of all sessions that it knows."""
        rows = self._connect().execute("SELECT DISTINCT session_id FROM documents")
        return {session_id for (session_id,) in rows}

    def is_worn(self) -> bool:
        """Tell whether a third of its documents are nobody's any more."""
        there, gone = (
            self._connect()
            .execute("SELECT (SELECT count(*) FROM documents), forgotten FROM mark")
            .fetchone()
        )
        return int(gone) > 100 and int(gone) * 2 > int(there)

    def reset(self) -> None:
        """Start it anew."""
        self.close()
        forget(self.path.with_name(self.path.name.removesuffix(SUFFIX)))

    def close(self) -> None:
        """Close its file. The next use opens it again."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _connect(self) -> sqlite3.Connection:
        if self._connection is not None:
            if identity(self.path) == self._identity:
                return self._connection
            self.close()
        self.path.touch(mode=FILE_MODE)
        connection = sqlite3.connect(self.path, timeout=5, check_same_thread=False)
        try:
            self.full_text = _prepare(connection)
        except BaseException:
            connection.close()
            raise
        self._connection, self._identity = connection, identity(self.path)
        return connection


def _prepare(connection: sqlite3.Connection) -> bool:
    """Make the tables, if they are missing; return whether they have words."""
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = OFF")  # it can be made again
    if connection.execute("PRAGMA user_version").fetchone()[0] != _VERSION:
        with connection:
            connection.execute("BEGIN IMMEDIATE")
            if connection.execute("PRAGMA user_version").fetchone()[0] != _VERSION:
                _make(connection)
    made = connection.execute("SELECT sql FROM sqlite_master WHERE name = 'words'").fetchone()
    return "fts5" in made[0]


def _make(connection: sqlite3.Connection) -> None:
    for table in ("words", "documents", "mark"):
        connection.execute(f"DROP TABLE IF EXISTS {table}")
    for statement in _TABLES:
        connection.execute(statement)
    try:
        connection.execute(
            "CREATE VIRTUAL TABLE words"
            f" USING fts5(text, content='', detail=none, tokenize='{_TOKENIZER}')"
        )
    except sqlite3.OperationalError:  # a SQLite without FTS5
        connection.execute("CREATE TABLE words (id INTEGER PRIMARY KEY, text TEXT NOT NULL)")
    connection.execute(f"PRAGMA user_version = {_VERSION}")


def _words(text: str) -> str:
    """Return FTS5's question for all words of *text*.

    Quotation marks keep each from being one of its operators. The index knows which document
    has a word, not where, which makes it a fifth as large and three times as fast to fill.
    """
    words = WORD.findall(spaced(text))
    begins = "*" if len(words[-1]) >= LEAST_BEGINNING and text[-1:].isalnum() else ""
    return " AND ".join(f'"{word}"' for word in words) + begins


def spaced(text: str) -> str:
    """Return *text* with blanks around characters that are words of their own."""
    return text if text.isascii() else _IDEOGRAPHS.sub(r" \g<0> ", text)
