"""Span lines: the spans of one session as JSON arrays, which SQLite makes.

A page shows tens of thousands of spans at once. Making their JSON out of values of Python's
takes five times as long, and holds the interpreter's lock meanwhile.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Final, NamedTuple

from otel_helisession.conventions.operation import Kind
from otel_helisession.conventions.totals.counting import Count
from otel_helisession.sessions.path import clean_path
from otel_helisession.store import tally
from otel_helisession.store.order import IN_ORDER, ordered
from otel_helisession.store.tellers import tellers

_FINITE: Final = "iif(abs({0}) < 1e300, {0}, NULL)"
"""JSON has no infinity."""

_VALUES: Final[Mapping[str, str]] = {
    "trace_id": "trace_id",
    "span_id": "span_id",
    "parent": "parent_span_id",
    "path": "clean_path(path)",
    "name": "name",
    "kind": "kind",
    "operation": "nullif(operation, '')",
    "target": "target",
    "model": "model",
    "provider": "provider",
    "start_ms": "(start_unix_nano - :start) / 1e6",
    "end_ms": "(max(end_unix_nano, start_unix_nano) - :start) / 1e6",
    "status": "status",
    "error_type": "error_type",
    "error_message": "error_message",
    "input_tokens": "input_tokens",
    "output_tokens": "output_tokens",
    "cache_read_tokens": "cache_read_tokens",
    "reasoning_tokens": "reasoning_tokens",
    "cost_usd": _FINITE.format("cost_usd"),
    "ttft_ms": _FINITE.format("time_to_first_token_ms"),
    "convention": "convention",
}
"""What SQLite knows of a span, by the name of the column."""

COLUMNS: Final = (*_VALUES, "counted", "fault", "http_status")
"""What each value of a line is. ``start_ms`` and ``end_ms`` count from the session's start."""


class SpanLine(NamedTuple):
    """One span: what decides about totals, and its JSON as far as SQLite knows it."""

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
    error_type: str | None
    json: str


_SELECT: Final = (
    f"SELECT {', '.join(SpanLine._fields[:-1])}, json_array({', '.join(_VALUES.values())})"
    f" FROM spans WHERE session_id = :session {IN_ORDER}"
)
_START: Final = "SELECT min(start_unix_nano) FROM spans WHERE session_id = ?"


@dataclass(frozen=True, slots=True)
class SpanLines:
    """The spans of one session, in the order they started.

    Attributes:
        start_unix_nano: When the first of them started; None without spans.
        spans: All of them.
        verdict: Which of them count.
    """

    start_unix_nano: int | None
    spans: Sequence[SpanLine]
    verdict: Count

    def json(self, http_status: Mapping[str, int]) -> Iterator[str]:
        """Yield the JSON array of each span: the values that COLUMNS names.

        Args:
            http_status: The HTTP status of those that have one, by span id.
        """
        requests, faults = self.verdict
        for span in self.spans:
            key = span[:2]
            status = http_status.get(span.span_id, "null")
            yield f"{span.json[:-1]},{key in requests:d},{key in faults:d},{status}]"


def span_lines(connection: sqlite3.Connection, session_id: str) -> SpanLines:
    """Return the spans of a session. Some 10 µs a span."""
    connection.create_function("clean_path", 1, clean_path, deterministic=True)
    start = connection.execute(_START, (session_id,)).fetchone()[0]
    with closing(connection.execute(_SELECT, {"session": session_id, "start": start})) as rows:
        spans = ordered(list(map(SpanLine._make, rows)))
    return SpanLines(start, spans, tally.verdict(spans, tellers(connection, session_id)))
