"""SessionReader: sessions and spans out of the store, as typed values."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Final, TypeVar

from otel_helisession.conventions.operation import Usage
from otel_helisession.sessions.text import MAX_ID_CHARS
from otel_helisession.store import body, tally
from otel_helisession.store.choices import CHOICES, Choices, choices
from otel_helisession.store.connection import connect_to_read, transaction, translated
from otel_helisession.store.listing import FIGURES, Figures, SessionFilter, escaped
from otel_helisession.store.location import identity, store_path
from otel_helisession.store.order import IN_ORDER, ordered
from otel_helisession.store.phrase import Phrase, saying
from otel_helisession.store.row import COLUMNS, SpanRow
from otel_helisession.store.span_lines import SpanLine, SpanLines, span_lines
from otel_helisession.store.summary import SessionSummary
from otel_helisession.store.tellers import tellers

_HEAD: Final = ("session_id", "name", "user_id", "properties", "start_unix_nano", "end_unix_nano")
_SUMMARIES: Final = f"SELECT {', '.join((*_HEAD, *tally.TOTALS))} FROM sessions"
_SPANS: Final = f"SELECT {', '.join(COLUMNS)}, 1, 0 FROM spans WHERE session_id = ? {IN_ORDER}"

_Reader = TypeVar("_Reader", bound="SessionReader")


@dataclass(frozen=True, slots=True)
class SpanDetail:
    """What one span says in full, as JSON values.

    Attributes:
        operation: What was understood: the fields of an Operation that are not empty.
        span: The span as it was: ``kind``, ``attributes``, ``events``, ``links``,
            ``trace_state``, ``trace_flags`` and dropped counts; empty ones are left out.
        resource: The resource's ``attributes`` and ``schema_url``.
        scope: The instrumentation scope, or None.
    """

    operation: Mapping[str, Any]
    span: Mapping[str, Any]
    resource: Mapping[str, Any]
    scope: Mapping[str, Any] | None


class SessionReader:
    """Reads the store. Where there is no file, it is empty; none is made.

    An older store is migrated when it is opened; one that cannot be written is only read.
    Used by one thread at a time, as a context manager or until :meth:`close`.

    Args:
        path: The file; see :func:`~otel_helisession.store.location.store_path`.

    Raises:
        StoreError: From any method, when the file cannot be used.
    """

    def __init__(self, path: str | os.PathLike[str] | None = None) -> None:
        self.path = store_path(path)
        self._connection = None if identity(self.path) is None else connect_to_read(self.path)

    def __enter__(self: _Reader) -> _Reader:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    @property
    def exists(self) -> bool:
        """Whether there is a file; False once this is closed."""
        return self._connection is not None

    def count(self, *, name: str | None = None) -> int:
        """Return how many sessions there are, of that *name* if it is given."""
        rows = self._rows(
            "SELECT count(*) FROM sessions WHERE :name IS NULL OR name = :name", {"name": name}
        )
        return int(rows[0][0]) if rows else 0

    def sessions(
        self, *, limit: int | None = None, name: str | None = None
    ) -> tuple[SessionSummary, ...]:
        """Return sessions with their totals, the last started first.

        Args:
            limit: Most sessions to return; None for all.
            name: Only sessions of exactly this name.
        """
        return self._summaries(
            "WHERE :name IS NULL OR name = :name"
            " ORDER BY start_unix_nano DESC, session_id LIMIT :limit",
            {"name": name, "limit": -1 if limit is None else limit},
            self._freshen(),
        )

    def find(
        self, wanted: SessionFilter, *, recount: bool = True
    ) -> tuple[int, tuple[SessionSummary, ...]]:
        """Return how many sessions *wanted* means, and the page of them that it asks for.

        Args:
            wanted: Which sessions, in which order.
            recount: Whether to count first what is stale. False where somebody else does.
        """
        condition, values = wanted.condition()
        counted = self._freshen() if recount else {}
        if wanted.limit is None and not wanted.offset:
            page = self._summaries(f"WHERE {condition} {wanted.order()}", values, counted)
            return len(page), page
        # Ids first: sorting whole rows, and searching again to count, takes three times as long.
        every = "(SELECT count(*) FROM sessions)" if condition == "1" else "count(*) OVER ()"
        found = self._rows(
            f"SELECT session_id, {every} FROM sessions WHERE {condition} {wanted.order()}", values
        )
        if not found:
            rows = self._rows(f"SELECT count(*) FROM sessions WHERE {condition}", values)
            return int(rows[0][0]) if rows else 0, ()
        places = {session_id: place for place, (session_id, _) in enumerate(found)}
        page = self._summaries(
            "WHERE session_id IN (SELECT value FROM json_each(?))",
            (json.dumps(list(places)),),
            counted,
        )
        return int(found[0][1]), tuple(sorted(page, key=lambda one: places[one.id]))

    def session(self, session_id: str) -> SessionSummary | None:
        """Return the session with exactly this id, or None. Counts it first if it is stale."""
        counted: Mapping[str, Sequence[Any]] = {}
        if self._is_stale(session_id):
            assert self._connection is not None
            with translated(self.path):
                counted = {session_id: tally.totals(self._connection, session_id)}
        found = self._summaries("WHERE session_id = ?", (session_id,), counted)
        return found[0] if found else None

    def written(self, session_id: str) -> int:
        """Return when spans of the session were last stored, in nanoseconds; 0 if there is none."""
        rows = self._rows(
            "SELECT stored_unix_nano FROM sessions WHERE session_id = ?", (session_id,)
        )
        return int(rows[0][0]) if rows else 0

    def meant(self, given: str) -> str | None:
        """Return the id that *given*, an id or the start of one, means; None: none, or several."""
        if not given or self._rows("SELECT 1 FROM sessions WHERE session_id = ?", (given,)):
            return given or None
        if len(given) > MAX_ID_CHARS:  # SQLite refuses very long patterns
            return None
        found = self._rows(
            "SELECT session_id FROM sessions WHERE session_id LIKE ? ESCAPE '\\' LIMIT 2",
            (f"{escaped(given)}%",),
        )
        return str(found[0][0]) if len(found) == 1 else None

    def figures(self) -> list[Figures]:
        """Return the figures of every session, in no order; counts nothing."""
        return list(map(Figures._make, self._rows(FIGURES)))

    def choices(self) -> Choices:
        """Return the names, users and models that a list can be filtered by."""
        return choices(self._rows(CHOICES))

    def saying(
        self, phrase: Phrase, session_ids: Collection[str], seconds: float
    ) -> tuple[set[str], int]:
        """Return which of these sessions have *phrase*, and how many there was no time for."""
        if self._connection is None:
            return set(), 0
        with translated(self.path):
            return saying(self._connection, phrase, session_ids, seconds)

    def names(self) -> Mapping[str, str]:
        """Return the name of every session by its id, the last started first."""
        rows = self._rows(
            "SELECT session_id, name FROM sessions ORDER BY start_unix_nano DESC, session_id"
        )
        return dict(rows)

    def spans(self, session_id: str) -> tuple[SpanRow, ...]:
        """Return the session's spans in the order they started."""
        rows = ordered(list(map(SpanRow._make, self._rows(_SPANS, (session_id,)))))
        if self._connection is None:
            return ()
        with translated(self.path):
            return tally.judged(rows, tellers(self._connection, session_id))

    def beginning(self, session_id: str) -> str:
        """Return the name of the span that the session begins with; empty if it has none."""
        rows = self._rows(
            f"SELECT name FROM spans WHERE session_id = ? {IN_ORDER} LIMIT 1", (session_id,)
        )
        return str(rows[0][0]) if rows else ""

    def whole(self, session_id: str) -> tuple[SessionSummary, SpanLines] | None:
        """Return the session with all its spans as JSON, or None. Counts once for both."""
        if self._connection is None:
            return None
        with translated(self.path):
            lines = span_lines(self._connection, session_id)
        stale = self._is_stale(session_id)
        counted = {session_id: tally.totals_of(lines.spans, lines.verdict)} if stale else {}
        found = self._summaries("WHERE session_id = ?", (session_id,), counted)
        return (found[0], lines) if found else None

    def span(self, session_id: str, trace_id: str, span_id: str) -> SpanRow | None:
        """Return one span of the session, without a verdict on it; None when it has no such."""
        found = self._rows(
            f"SELECT {', '.join(COLUMNS)} FROM spans"
            " WHERE trace_id = ? AND span_id = ? AND session_id = ?",
            (trace_id, span_id, session_id),
        )
        return SpanRow(*found[0]) if found else None

    def detail(self, row: SpanRow | SpanLine) -> SpanDetail | None:
        """Return what the span of *row* says in full; None when it is gone meanwhile."""
        found = self._rows(
            "SELECT details.body, origins.body FROM spans JOIN details USING (id)"
            " JOIN origins USING (origin) WHERE trace_id = ? AND span_id = ?",
            (row.trace_id, row.span_id),
        )
        if not found:
            return None
        said, origin = body.unpack(found[0][0]), json.loads(found[0][1])
        return SpanDetail(said["operation"], said["span"], origin["resource"], origin["scope"])

    def _summaries(
        self, condition: str, values: Any, counted: Mapping[str, Sequence[Any]]
    ) -> tuple[SessionSummary, ...]:
        """Return sessions; those in *counted* with these totals instead of those kept."""
        return tuple(
            _summary(head, counted.get(head[0], totals))
            for head, totals in (
                (row[: len(_HEAD)], row[len(_HEAD) :])
                for row in self._rows(f"{_SUMMARIES} {condition}", values)
            )
        )

    def _freshen(self) -> Mapping[str, Sequence[Any]]:
        """Count what is stale and keep it; return it where it cannot be kept."""
        if self._connection is None:
            return {}
        with translated(self.path):
            ids = tally.stale(self._connection)
            if ids:
                try:
                    with transaction(self._connection):
                        tally.recount(self._connection, tally.stale(self._connection))
                except sqlite3.OperationalError:  # only to be read, or others write all the time
                    return {one: tally.totals(self._connection, one) for one in ids}
        return {}

    def _is_stale(self, session_id: str) -> bool:
        return bool(
            self._rows("SELECT 1 FROM sessions WHERE session_id = ? AND stale", (session_id,))
        )

    def _rows(self, query: str, values: Any = ()) -> list[tuple[Any, ...]]:
        if self._connection is None:
            return []
        with translated(self.path):
            return self._connection.execute(query, values).fetchall()


def _summary(head: Sequence[Any], totals: Sequence[Any]) -> SessionSummary:
    spans, llm, tool, vector, data, errors, *usage, unpriced, mean_ms, p95_ms, models = totals
    return SessionSummary(
        id=head[0],
        name=head[1],
        user_id=head[2],
        properties=json.loads(head[3]),
        start_unix_nano=head[4],
        end_unix_nano=head[5],
        spans=spans,
        requests={"llm": llm, "tool": tool, "vector_db": vector, "data": data},
        errors=errors,
        usage=Usage(*usage),
        unpriced=unpriced,
        mean_ms=mean_ms,
        p95_ms=p95_ms,
        models=tuple(json.loads(models)),
    )
