"""Order: the spans of a session as they started."""

from __future__ import annotations

from itertools import groupby
from operator import attrgetter
from typing import Final, Protocol, TypeVar

IN_ORDER: Final = "ORDER BY start_unix_nano, end_unix_nano DESC, kind <> 'structure', span_id"
"""The spans of a session in the order they started, a step before what it holds."""


class _Timed(Protocol):
    @property
    def trace_id(self) -> str: ...
    @property
    def span_id(self) -> str: ...
    @property
    def parent_span_id(self) -> str | None: ...
    @property
    def start_unix_nano(self) -> int: ...
    @property
    def end_unix_nano(self) -> int: ...


_Span = TypeVar("_Span", bound=_Timed)

_start = attrgetter("start_unix_nano")
_end = attrgetter("end_unix_nano")


def ordered(spans: list[_Span]) -> list[_Span]:
    """Return *spans*, which are :data:`IN_ORDER`, with those of one moment as they came to be.

    Clocks are coarse: JavaScript's tracers know the start of a span by the millisecond, so that
    a tool's call and the model's call that reads its result often start at one time. Of such
    spans a parent stands before its children, and what ended first before what ended later.
    """
    if len(set(map(_start, spans))) == len(spans):
        return spans
    found: list[_Span] = []
    for _, together in groupby(spans, _start):
        found += _descent(list(together))
    return found


def _descent(spans: list[_Span]) -> list[_Span]:
    """Return spans of one moment: each before its children, siblings by their ends."""
    if len(spans) == 1:
        return spans
    known = {(span.trace_id, span.span_id) for span in spans}
    below: dict[tuple[str, str] | None, list[_Span]] = {}
    for span in sorted(spans, key=_end):
        parent = (span.trace_id, span.parent_span_id or "")
        below.setdefault(parent if parent in known else None, []).append(span)
    found: list[_Span] = []
    waiting = below.pop(None, [])[::-1]
    while waiting:
        span = waiting.pop()
        found.append(span)
        waiting += reversed(below.pop((span.trace_id, span.span_id), []))
    for circle in below.values():  # which only broken data has
        found += circle
    return found
