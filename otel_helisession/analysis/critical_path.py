"""The critical path: the spans that a session waited for, one at a time, from its end back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from otel_helisession.store.row import SpanRow

_Key = tuple[str, str]


class Stretch(NamedTuple):
    """A time in which the session waited for one span.

    Attributes:
        place: Which of the rows it is.
        start_unix_nano: From when.
        end_unix_nano: Until when.
    """

    place: int
    start_unix_nano: int
    end_unix_nano: int


def critical_path(rows: Sequence[SpanRow]) -> tuple[Stretch, ...]:
    """Return what the session waited for, first to last, without overlap.

    From the end backwards: what ended last was waited for; before it started, what ended last
    until then. Within a span the same holds of its children, and what no child accounts for is
    its own. A shorter session needs one of these shorter. A child that outlives its parent was
    waited for until the parent's end only. Linear in the spans but for sorting.

    Args:
        rows: A session's spans.
    """
    places = {(row.trace_id, row.span_id): place for place, row in enumerate(rows)}
    below: dict[_Key | None, list[int]] = defaultdict(list)
    for place, row in enumerate(rows):
        parent = (row.trace_id, row.parent_span_id or "")
        below[parent if parent in places else None].append(place)
    for children in below.values():
        children.sort(key=lambda place: (rows[place].end_unix_nano, -place))
    end = max((row.end_unix_nano for row in rows), default=0)
    found: list[Stretch] = []
    waiting: list[tuple[int | None, int, int]] = [(None, 0, end)]
    while waiting:
        waited, start, end = waiting.pop()
        found += _descend(rows, below, waited, (start, end), waiting)
    return tuple(sorted(found, key=lambda stretch: stretch.start_unix_nano))


def _descend(
    rows: Sequence[SpanRow],
    below: dict[_Key | None, list[int]],
    place: int | None,
    times: tuple[int, int],
    waiting: list[tuple[int | None, int, int]],
) -> list[Stretch]:
    """Return what is the span's own of the time from its *times*; what is its children's goes
    to *waiting*.

    Args:
        rows: The session's spans.
        below: The children of each, the first that ended first. Emptied where it was walked.
        place: Which span; None for the session itself, whose gaps are nobody's.
        times: From when until when it was waited for.
        waiting: What is still to be walked.
    """
    start, at = times
    key = None if place is None else (rows[place].trace_id, rows[place].span_id)
    own: list[Stretch] = []
    for child in reversed(below.pop(key, [])):
        row = rows[child]
        begun, ended = max(row.start_unix_nano, start), min(row.end_unix_nano, at)
        if begun >= ended or (row.end_unix_nano > at and at != times[1]):
            continue  # nobody waited for what ran on beside the next
        if place is not None and ended < at:
            own.append(Stretch(place, ended, at))
        waiting.append((child, begun, ended))
        at = begun
    if place is not None and start < at:
        own.append(Stretch(place, start, at))
    return own
