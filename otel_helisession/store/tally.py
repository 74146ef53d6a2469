"""The totals of sessions, counted from their spans and kept in the table ``sessions``."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from otel_helisession.conventions.operation import Kind
from otel_helisession.conventions.totals.candidate import Candidate, Key
from otel_helisession.conventions.totals.counting import Count, count
from otel_helisession.store.row import SpanRow
from otel_helisession.store.tellers import tellers

_COUNT_AT_ONCE: Final = 1_000
"""Sessions of up to so many spans are counted as they are written, which costs some 5 ms at
most; a longer one when it is looked at, or each batch of it would count all before it again."""

USAGE: Final = (
    "input_tokens",
    "output_tokens",
    "cache_read_tokens",
    "cache_write_tokens",
    "reasoning_tokens",
    "cost_usd",
)

TOTALS: Final = (
    *("spans", "llm", "tool", "vector_db", "data", "errors", *USAGE, "unpriced"),
    *("mean_ms", "p95_ms", "models"),
)
"""The columns of ``sessions`` that are counted."""

_UPDATE: Final = (
    f"UPDATE sessions SET stale = 0, {', '.join(f'{name} = ?' for name in TOTALS)}"
    " WHERE session_id = ?"
)

Totals = tuple[int | float | str | None, ...]
"""Values in the order of TOTALS."""


class _Counted(NamedTuple):
    """The columns of a span that totals are made of."""

    trace_id: str
    span_id: str
    parent_span_id: str | None
    kind: Kind
    status: str
    response_id: str | None
    start_unix_nano: int
    end_unix_nano: int
    model: str | None
    input_tokens: int | None
    output_tokens: int | None
    cache_read_tokens: int | None
    cache_write_tokens: int | None
    reasoning_tokens: int | None
    cost_usd: float | None


_SELECT: Final = f"SELECT {', '.join(_Counted._fields)} FROM spans WHERE session_id = ?"


def judged(rows: Sequence[SpanRow], libraries: Mapping[Key, str]) -> tuple[SpanRow, ...]:
    """Return one session's *rows* with ``counted`` and ``fault`` set; see :func:`verdict`."""
    requests, faults = verdict(rows, libraries)
    return tuple(SpanRow._make((*row[:-2], row[:2] in requests, row[:2] in faults)) for row in rows)


def verdict(rows: Sequence[Any], libraries: Mapping[Key, str]) -> Count:
    """Return which of a session's *rows* count.

    Args:
        rows: Its spans: SpanRow, or any value with the columns that decide.
        libraries: Who tells of each; see :func:`~otel_helisession.store.tellers.tellers`.
    """
    return count(
        [
            Candidate(
                (row.trace_id, row.span_id),
                None if row.parent_span_id is None else (row.trace_id, row.parent_span_id),
                row.kind,
                row.status == "error",
                row.response_id,
                row.input_tokens,
                row.output_tokens,
                row.start_unix_nano,
                row.end_unix_nano,
                row.model,
                libraries.get((row.trace_id, row.span_id)),
            )
            for row in rows
        ]
    )


def totals(connection: sqlite3.Connection, session_id: str) -> Totals:
    """Return the session's totals, counted from its spans, in the order of TOTALS."""
    rows = list(map(_Counted._make, connection.execute(_SELECT, (session_id,))))
    return totals_of(rows, verdict(rows, tellers(connection, session_id)))


def totals_of(rows: Sequence[Any], judged: Count) -> Totals:
    """Return what a session's *rows* add up to, of which *judged* says what counts.

    Args:
        rows: Its spans: SpanRow, or any value with the columns that are counted.
        judged: What :func:`verdict` says of them.
    """
    requests = [row for row in rows if (row.trace_id, row.span_id) in judged.requests]
    kinds = [row.kind for row in requests]
    usage = [_sum(getattr(row, name) for row in requests) for name in USAGE]
    return (
        len(rows),
        *(kinds.count(kind) for kind in ("llm", "tool", "vector_db", "data")),
        len(judged.faults),
        *usage,
        sum(row.kind == "llm" and row.cost_usd is None for row in requests),
        *_latencies(requests),
        json.dumps(sorted({row.model for row in requests if row.model})),
    )


def _latencies(requests: Sequence[Any]) -> tuple[float | None, float | None]:
    """Return mean and 95th percentile (nearest rank) of the requests' milliseconds."""
    times = sorted(max(row.end_unix_nano - row.start_unix_nano, 0) / 1e6 for row in requests)
    if not times:
        return None, None
    return sum(times) / len(times), times[-(-95 * len(times) // 100) - 1]


def recount(connection: sqlite3.Connection, session_ids: Iterable[str]) -> None:
    """Count these sessions' totals and keep them. Within the caller's transaction.

    About 6 µs a span.
    """
    connection.executemany(
        _UPDATE,
        [(*totals(connection, session_id), session_id) for session_id in session_ids],
    )


def refresh(connection: sqlite3.Connection, session_id: str) -> bool:
    """Count this session's totals and keep them, unless spans of it came meanwhile.

    Counts outside of a transaction, so that writers do not wait for a long session.

    Returns:
        Whether its totals are true now, or it is gone.
    """
    written = "SELECT stored_unix_nano FROM sessions WHERE session_id = ?"
    before = connection.execute(written, (session_id,)).fetchone()
    if before is None:
        return True
    counted = totals(connection, session_id)
    kept = connection.execute(
        f"{_UPDATE} AND stored_unix_nano = ?", (*counted, session_id, *before)
    )
    return kept.rowcount == 1


def note(connection: sqlite3.Connection, session_ids: Iterable[str]) -> None:
    """Note that spans of these sessions came, and count those that are short.

    Within the caller's transaction.
    """
    short = []
    for session_id in session_ids:
        spans = connection.execute(
            "SELECT count(*) FROM (SELECT 1 FROM spans WHERE session_id = ? LIMIT ?)",
            (session_id, _COUNT_AT_ONCE + 1),
        ).fetchone()[0]
        if spans <= _COUNT_AT_ONCE:
            short.append(session_id)
        else:
            connection.execute("UPDATE sessions SET stale = 1 WHERE session_id = ?", (session_id,))
    recount(connection, short)


def stale(connection: sqlite3.Connection) -> list[str]:
    """Return the sessions whose totals are to be counted."""
    rows = connection.execute("SELECT session_id FROM sessions WHERE stale").fetchall()
    return [session_id for (session_id,) in rows]


def _sum(values: Iterable[int | float | None]) -> int | float | None:
    """Return the sum of what is known; None when nothing is."""
    known = [value for value in values if value is not None]
    return sum(known) if known else None
