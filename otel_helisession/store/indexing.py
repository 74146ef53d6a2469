"""Indexing: what spans said as words, and the steps that bring an index up to date."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from typing import Any, Final

from otel_helisession.store import body
from otel_helisession.store.connection import transaction
from otel_helisession.store.search import SearchIndex

_BATCH: Final = 2_000
"""Spans that are read in one step: half a second of work at most, so that a stop is quick."""

_BATCH_BYTES: Final = 4_000_000
"""The same, of packed bodies, which are five times as long when they are read."""

_MAX_CHARS: Final = 100_000
"""Of one span. What a model is sent repeats what came before; what is new is at its end, so
of a longer conversation the end is taken."""

_MAX_DEPTH: Final = 12

_SELECT: Final = (
    "SELECT spans.id, session_id, name, path, target, model, provider, error_type, error_message,"
    " details.body FROM spans LEFT JOIN details USING (id)"
)
OF_SESSION: Final = f"{_SELECT} WHERE session_id = ?"
"""What is searched of each span of a session."""


def step(store: sqlite3.Connection, index: SearchIndex) -> bool:
    """Put the next spans of *store* into *index*; tell whether more wait.

    Raises:
        sqlite3.Error: One of them cannot be used.
    """
    mark = index.mark()
    last = store.execute("SELECT ifnull(max(id), 0) FROM spans").fetchone()[0]
    if last < mark:  # all was deleted, and ids began anew
        index.reset()
        mark = 0
    rows = store.execute(f"{_SELECT} WHERE spans.id > ? ORDER BY spans.id LIMIT {_BATCH}", (mark,))
    with closing(rows):
        found = next(_batches(rows), [])
    if found:
        index.add(list(_documents(found)), (mark, found[-1][0]))
    return bool(found) and found[-1][0] < last


def catch_up(store: sqlite3.Connection, index: SearchIndex) -> None:
    """Bring *index* up to date, however long that takes: some 6,000 spans a second.

    Raises:
        sqlite3.Error: One of them cannot be used.
    """
    while step(store, index):
        pass
    follow_changes(store, index)


def follow_changes(store: sqlite3.Connection, index: SearchIndex) -> None:
    """Read again what was changed in place, and forget what has been deleted.

    Raises:
        sqlite3.Error: One of them cannot be used.
    """
    ids = [one for (one,) in store.execute("SELECT session_id FROM changed").fetchall()]
    if ids:
        index.drop(ids)
        for one in ids:
            with closing(store.execute(OF_SESSION, (one,))) as rows:
                for found in _batches(rows):
                    index.add(list(_documents(found)))
        with transaction(store):
            store.executemany("DELETE FROM changed WHERE session_id = ?", [(one,) for one in ids])
    there = {one for (one,) in store.execute("SELECT session_id FROM sessions")}
    index.drop(index.sessions() - there)
    if index.is_worn():
        index.reset()


def _batches(rows: sqlite3.Cursor) -> Iterator[list[tuple[Any, ...]]]:
    """Yield *rows* in lists that fit the memory."""
    batch: list[tuple[Any, ...]] = []
    size = 0
    for row in rows:
        batch.append(row)
        size += len(row[-1] or b"")
        if len(batch) == _BATCH or size > _BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _documents(rows: Iterable[tuple[Any, ...]]) -> Iterator[tuple[str, str]]:
    """Return a text for each session in *rows*, in which nothing is said twice."""
    said: dict[str, dict[str, None]] = {}
    for _, session_id, *columns, packed in rows:
        if session_id is None:
            continue
        texts = said.setdefault(session_id, {})
        texts.update(dict.fromkeys(column for column in columns if column))
        if packed is not None:
            texts.update(dict.fromkeys(words(body.unpack(packed))))
    return ((session_id, "\n".join(texts)) for session_id, texts in said.items())


def words(said: dict[str, Any]) -> list[str]:
    """Return the texts of a span's body: what was understood of it, and properties it has.

    Args:
        said: The body, as :func:`~otel_helisession.store.body.unpack` returns it.
    """
    operation = said.get("operation", {})
    found: list[str] = []
    for name in ("conversation", "tool", "vector", "data", "failure"):
        if name in operation:
            _collect(operation[name], found, 0)
    if not operation.get("conversation"):
        _collect(said.get("span", {}).get("attributes", {}), found, 0)
    return _bounded(found)


def _collect(value: Any, found: list[str], depth: int) -> None:
    if isinstance(value, str):
        found.append(value)
    elif depth < _MAX_DEPTH:
        inner = value.values() if isinstance(value, dict) else value
        if isinstance(inner, (list, tuple)) or isinstance(value, dict):
            for item in inner:
                _collect(item, found, depth + 1)


def _bounded(texts: list[str]) -> list[str]:
    kept: list[str] = []
    left = _MAX_CHARS
    for text in reversed(texts):
        if left <= 0:
            break
        kept.append(text[-left:])
        left -= len(text)
    return kept
