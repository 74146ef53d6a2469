"""What the viewer answers, as JSON values: lists, names, one session, one span."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any, Final

from otel_helisession.analysis import columns
from otel_helisession.analysis.critical_path import critical_path
from otel_helisession.analysis.distribution import distribution
from otel_helisession.analysis.documents import iso, session_document, span_document
from otel_helisession.analysis.path_totals import PathTotals, path_totals
from otel_helisession.store.listing import Figures, SessionFilter
from otel_helisession.store.reader import SessionReader
from otel_helisession.store.row import SpanRow
from otel_helisession.store.summary import SessionSummary
from otel_helisession.viewer.problem import Problem

_NEAR: Final = 5
"""Ids that the answer to a wrong one suggests."""

_MOST_NAMES: Final = 500
"""Names that are described. Who gives each session a name of its own has as many as sessions."""

_LOOKED_INTO: Final = 200
"""Failed spans whose details are read for an HTTP status, at some 30 µs each."""


def summary(session: SessionSummary) -> dict[str, Any]:
    """Return the session as in ``ls --json``, and its times exactly."""
    return {
        **session_document(session),
        "start_unix_nano": str(session.start_unix_nano),
        "end_unix_nano": str(session.end_unix_nano),
    }


def sessions(reader: SessionReader, wanted: SessionFilter) -> dict[str, Any]:
    """Return a page of the list, and how many sessions there are on all pages."""
    total, found = reader.find(wanted, recount=False)
    return {"total": total, "sessions": [summary(one) for one in found]}


def names(reader: SessionReader) -> dict[str, Any]:
    """Return for each name how many sessions there are and how they are spread; those with the
    most sessions first, where there are many, only those."""
    groups = [list(group) for _, group in groupby(reader.figures(), lambda one: one.name)]
    largest = sorted(groups, key=len, reverse=True)[:_MOST_NAMES]
    return {"total": len(groups), "names": [_name(group[0].name, group) for group in largest]}


def session(reader: SessionReader, session_id: str) -> dict[str, Any]:
    """Return one session: its totals, its spans as rows, its paths, its critical path.

    Raises:
        Problem: There is none of this id.
    """
    found = existing(reader, session_id)
    rows = reader.spans(session_id)
    start = min((row.start_unix_nano for row in rows), default=found.start_unix_nano)
    return {
        "session": {**summary(found), "start_unix_nano": str(start)},
        "columns": list(columns.COLUMNS),
        "spans": columns.rows(rows, start, _http_status(reader, rows)),
        "paths": [_path(one, start) for one in path_totals(rows)],
        "critical_path": [
            [one.place, (one.start_unix_nano - start) / 1e6, (one.end_unix_nano - start) / 1e6]
            for one in critical_path(rows)
        ],
    }


def span(reader: SessionReader, session_id: str, trace_id: str, span_id: str) -> dict[str, Any]:
    """Return one span with all that it said.

    Raises:
        Problem: There is no such span in the session.
    """
    row = reader.span(session_id, trace_id, span_id)
    if row is None:
        existing(reader, session_id)
        raise Problem(404, f"the session has no span {trace_id[:40]}:{span_id[:40]}")
    return detailed(reader, row)


def detailed(reader: SessionReader, row: SpanRow) -> dict[str, Any]:
    """Return the span of *row* with all that it said, and its times exactly."""
    document = span_document(row, reader.detail(row))
    del document["counted"]  # known among the others only: it is in the session's columns
    return {
        **document,
        "session_id": row.session_id,
        "user_id": row.user_id,
        "ended": iso(row.end_unix_nano),
        "start_unix_nano": str(row.start_unix_nano),
        "end_unix_nano": str(row.end_unix_nano),
    }


def existing(reader: SessionReader, session_id: str) -> SessionSummary:
    """Return the session of exactly this id.

    Raises:
        Problem: There is none; it names ids that are near.
    """
    found = reader.session(session_id)
    if found is not None:
        return found
    ids = reader.names()
    starting = [one for one in ids if session_id and one.startswith(session_id)]
    near = starting or difflib.get_close_matches(session_id[:200], list(ids)[:2_000], n=_NEAR)
    message = f"there is no session {session_id[:200]!r} in {reader.path}"
    raise Problem(404, message, tuple(near[:_NEAR]))


def _name(name: str, group: Sequence[Figures]) -> dict[str, Any]:
    return {
        "name": name,
        "sessions": len(group),
        "errors": sum(one.errors for one in group),
        "sessions_with_errors": sum(one.errors > 0 for one in group),
        "requests": distribution([one.requests for one in group]).document(),
        "duration_ms": distribution([one.duration_ms for one in group]).document(),
        "cost_usd": distribution([one.cost_usd for one in group]).document(),
        "tokens": distribution([one.tokens for one in group]).document(),
        "first_started": iso(min(one.start_unix_nano for one in group)),
        "last_activity": iso(max(one.end_unix_nano for one in group)),
    }


def _path(totals: PathTotals, start: int) -> dict[str, Any]:
    usage = totals.usage
    return {
        "path": totals.path,
        "spans": totals.spans,
        "requests": totals.requests,
        "errors": totals.errors,
        "error_rate": totals.error_rate,
        "p50_ms": totals.p50_ms,
        "p95_ms": totals.p95_ms,
        "mean_ms": totals.mean_ms,
        "max_ms": totals.max_ms,
        "busy_ms": totals.busy_ms,
        "start_ms": (totals.start_unix_nano - start) / 1e6,
        "end_ms": (totals.end_unix_nano - start) / 1e6,
        "input_tokens": usage.input_tokens,
        "output_tokens": usage.output_tokens,
        "total_tokens": usage.total_tokens,
        "cache_read_tokens": usage.cache_read_tokens,
        "reasoning_tokens": usage.reasoning_tokens,
        "cost_usd": usage.cost_usd,
    }


def _http_status(reader: SessionReader, rows: Sequence[SpanRow]) -> Mapping[str, int]:
    """Return the HTTP status of failed spans, which say it as their error's type or in detail."""
    found: dict[str, int] = {}
    looked = 0
    for row in rows:
        if not row.failed:
            continue
        said = row.error_type or ""
        status: Any = int(said) if said.isdecimal() and len(said) == 3 else None
        if status is None and looked < _LOOKED_INTO:
            looked += 1
            detail = reader.detail(row)
            failure = {} if detail is None else detail.operation.get("failure") or {}
            status = failure.get("status_code")
        if isinstance(status, int):
            found[row.span_id] = status
    return found
