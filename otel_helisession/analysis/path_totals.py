"""Totals of each path of a session: requests, latencies, tokens, cost, errors, times."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from otel_helisession.conventions.operation import Usage
from otel_helisession.sessions.path import ROOT, clean_path
from otel_helisession.store.row import SpanRow


@dataclass(frozen=True, slots=True)
class PathTotals:
    """What happened at exactly one path; what is below it counts at its own.

    Attributes:
        path: ``/trip/research``.
        spans: All its spans.
        requests: Requests of all kinds, each call once.
        errors: Errors that arose here.
        p50_ms: Median time of a request, nearest rank; None without requests.
        p95_ms: 95th percentile.
        mean_ms: Mean.
        max_ms: Longest.
        usage: The requests' tokens and cost; a field is None when no request said it.
        busy_ms: Time in which some span here was open; what overlaps counts once.
        start_unix_nano: Start of its first span.
        end_unix_nano: End of its last.
    """

    path: str
    spans: int
    requests: int
    errors: int
    p50_ms: float | None
    p95_ms: float | None
    mean_ms: float | None
    max_ms: float | None
    usage: Usage
    busy_ms: float
    start_unix_nano: int
    end_unix_nano: int

    @property
    def error_rate(self) -> float | None:
        """Errors a request, at most 1; None without requests."""
        return min(self.errors / self.requests, 1.0) if self.requests else None


def path_totals(rows: Iterable[SpanRow]) -> tuple[PathTotals, ...]:
    """Return the totals of each path that has spans, in the order that they first appear.

    Args:
        rows: A session's spans in the order of their start, as SessionReader.spans returns them.
    """
    paths: dict[str, list[SpanRow]] = {}
    clean: dict[str, str] = {}
    for row in rows:
        if row.path not in clean:
            clean[row.path] = clean_path(row.path)
        paths.setdefault(clean[row.path], []).append(row)
    return tuple(_totals(path, found) for path, found in paths.items())


def session_totals(rows: Sequence[SpanRow]) -> PathTotals | None:
    """Return the totals of all *rows* together, at the path ``/``; None without any."""
    return _totals(ROOT, rows) if rows else None


def percentile(ordered: Sequence[float], share: float) -> float | None:
    """Return the value at *share* (0 to 1) of *ordered*, nearest rank; None where it is empty."""
    if not ordered:
        return None
    return ordered[max(-int(-share * len(ordered) // 1), 1) - 1]


def busy(times: Iterable[tuple[int, int]]) -> int:
    """Return for how long some of *times*, pairs of start and end, were open."""
    total, reached = 0, 0
    for start, end in sorted(times):
        total += max(end - max(start, reached), 0)
        reached = max(reached, end)
    return total


def _totals(path: str, rows: Sequence[SpanRow]) -> PathTotals:
    requests = [row for row in rows if row.counted]
    times = sorted(row.duration_ms for row in requests)
    return PathTotals(
        path=path,
        spans=len(rows),
        requests=len(requests),
        errors=sum(row.fault for row in rows),
        p50_ms=percentile(times, 0.5),
        p95_ms=percentile(times, 0.95),
        mean_ms=sum(times) / len(times) if times else None,
        max_ms=times[-1] if times else None,
        usage=_usage(requests),
        busy_ms=busy((row.start_unix_nano, row.end_unix_nano) for row in rows) / 1e6,
        start_unix_nano=min(row.start_unix_nano for row in rows),
        end_unix_nano=max(row.end_unix_nano for row in rows),
    )


def _usage(rows: Sequence[SpanRow]) -> Usage:
    return Usage(
        *(
            _sum([getattr(row, name) for row in rows])
            for name in (
                *("input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens"),
                *("reasoning_tokens", "cost_usd"),
            )
        )
    )


def _sum(values: Sequence[Any]) -> Any:
    known = [value for value in values if value is not None]
    return sum(known) if known else None
