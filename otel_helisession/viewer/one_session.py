"""What the viewer answers of one session: its totals and its spans; its paths, for programs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from otel_helisession.analysis.critical_path import critical_path
from otel_helisession.analysis.path_totals import PathTotals, path_totals
from otel_helisession.store.reader import SessionReader
from otel_helisession.store.span_lines import COLUMNS, SpanLine, SpanLines
from otel_helisession.viewer.answers import missing, summary
from otel_helisession.viewer.reply import dumped

_LOOKED_INTO: Final = 200
"""Failed spans whose details are read for an HTTP status, at some 30 µs each."""


def session(reader: SessionReader, session_id: str, **more: Any) -> str:
    """Return one session as JSON: its totals, and its spans as rows.

    Text, not values: with 20,000 spans that is four fifths of the time.

    Args:
        reader: The store.
        session_id: Which session.
        more: What else the answer says.

    Raises:
        Problem: There is none of this id.
    """
    written = reader.written(session_id)  # first: what comes meanwhile is news again
    found = reader.whole(session_id)
    if found is None:
        raise missing(reader, session_id)
    totals, lines = found
    start = lines.start_unix_nano or totals.start_unix_nano
    said = {
        **more,
        "session": {
            **summary(totals),
            "start_unix_nano": str(start),
            "stored_unix_nano": str(written),
        },
        "columns": list(COLUMNS),
    }
    spans = ",".join(lines.json(dict(_http_status(reader, lines))))
    return f'{dumped(said)[:-1]},"spans":[{spans}]}}'


def paths(reader: SessionReader, session_id: str) -> dict[str, Any]:
    """Return the totals of each path of one session, and its critical path.

    Raises:
        Problem: There is none of this id.
    """
    rows = reader.spans(session_id)
    if not rows:
        raise missing(reader, session_id)
    start = rows[0].start_unix_nano
    return {
        "paths": [_path(one, start) for one in path_totals(rows)],
        "critical_path": [
            {
                "trace_id": rows[one.place].trace_id,
                "span_id": rows[one.place].span_id,
                "start_ms": (one.start_unix_nano - start) / 1e6,
                "end_ms": (one.end_unix_nano - start) / 1e6,
            }
            for one in critical_path(rows)
        ],
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


def _http_status(reader: SessionReader, lines: SpanLines) -> Iterator[tuple[str, int]]:
    """Yield id and HTTP status of failed spans, which say it as their error's type or in detail."""
    looked = 0
    for span in lines.spans:
        if span.status != "error":
            continue
        said = span.error_type or ""
        if said.isdecimal() and len(said) == 3:
            yield span.span_id, int(said)
        elif looked < _LOOKED_INTO:
            looked += 1
            status = _detailed_status(reader, span)
            if isinstance(status, int):
                yield span.span_id, status


def _detailed_status(reader: SessionReader, span: SpanLine) -> object:
    detail = reader.detail(span)
    failure: Mapping[str, Any] = {} if detail is None else detail.operation.get("failure") or {}
    return failure.get("status_code")
