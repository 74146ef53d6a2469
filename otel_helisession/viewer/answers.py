"""What the viewer answers, as JSON values: lists, names, one span; see also one_session.py."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from typing import Any, Final

from otel_helisession.analysis.distribution import distribution
from otel_helisession.analysis.documents import iso, session_document, span_document
from otel_helisession.store.listing import Figures, SessionFilter
from otel_helisession.store.reader import SessionReader
from otel_helisession.store.row import SpanRow
from otel_helisession.store.summary import SessionSummary
from otel_helisession.viewer.problem import Moved, Problem

_NEAR: Final = 5
"""Ids that the answer to a wrong one suggests."""

_MOST_NAMES: Final = 500
"""Names that are described. Who gives each session a name of its own has as many as sessions."""


def summary(session: SessionSummary) -> dict[str, Any]:
    """Return the session as in ``ls --json``, and its times exactly."""
    return {
        **session_document(session),
        "start_unix_nano": str(session.start_unix_nano),
        "end_unix_nano": str(session.end_unix_nano),
    }


def sessions(
    reader: SessionReader, wanted: SessionFilter, *, recount: bool = False
) -> dict[str, Any]:
    """Return a page of the list, and how many sessions there are on all pages.

    Args:
        reader: The store.
        wanted: Which sessions.
        recount: Whether to count first what is stale, because nobody else does.
    """
    total, found = reader.find(wanted, recount=recount)
    return {"total": total, "sessions": [summary(one) for one in found]}


def names(reader: SessionReader) -> dict[str, Any]:
    """Return for each name how many sessions there are and how they are spread; those with the
    most sessions first, where there are many, only those."""
    groups: dict[str, list[Figures]] = {}
    for one in reader.figures():
        groups.setdefault(one.name, []).append(one)
    largest = sorted(groups.items(), key=lambda group: (-len(group[1]), group[0]))[:_MOST_NAMES]
    return {"total": len(groups), "names": [_name(name, group) for name, group in largest]}


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
    if found is None:
        raise missing(reader, session_id)
    return found


def missing(reader: SessionReader, session_id: str) -> Problem | Moved:
    """Return why there is no answer about this id: with ids that are near, or the one meant."""
    meant = reader.meant(session_id)
    if meant is not None:
        return Moved(meant)
    ids = reader.names()
    starting = [one for one in ids if session_id and one.startswith(session_id)]
    near = starting or difflib.get_close_matches(session_id[:200], list(ids)[:2_000], n=_NEAR)
    message = f"there is no session {session_id[:200]!r} in {reader.path}"
    return Problem(404, message, tuple(near[:_NEAR]))


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
