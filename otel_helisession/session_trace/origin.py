"""Where the work of a request entered this process: at which path, and asked for by whom."""

from __future__ import annotations

from typing import Final, NamedTuple

from otel_helisession.conventions.segment import stable
from otel_helisession.conventions.totals.candidate import key_of
from otel_helisession.session_trace.places import above
from otel_helisession.session_trace.recent import RecentSpans
from otel_helisession.session_trace.told import Told
from otel_helisession.sessions import live
from otel_helisession.sessions.path import ROOT, clean_segment

_DEEPEST: Final = 1_000
"""Ancestors that are looked at, at most: broken parents may make a ring."""


class Origin(NamedTuple):
    """Where a span's work entered this process.

    Attributes:
        begins_trace: Whether nobody asked for it: its trace began here.
        path: A path that whoever asked for it knows, as it came with the request.
    """

    begins_trace: bool
    path: str


def origin(told: Told, recent: RecentSpans) -> Origin:
    """Return where the work of *told* entered: the first of its ancestors that are here.

    Those that ended are looked for in *recent*, those that are open among the live spans.
    """
    parent, path = told.span.parent, entry_path(told)
    for _ in range(_DEEPEST):
        if parent is None:
            return Origin(True, path)
        note = recent.get(key_of(parent))
        if note is not None:
            parent, path = note.parent, note.entry
            continue
        entry = live.find(parent.span_id)
        span = None if entry is None else entry()
        if entry is None or span is None or span.context.trace_id != parent.trace_id:
            break
        parent, path = span.parent, entry.session.path
    return Origin(False, path)


def entry_path(told: Told) -> str:
    """Return the path that *told* started at: its own, without what it adds itself."""
    last = told.path.rpartition("/")[2]
    own = {clean_segment(told.span.name), clean_segment(stable(told.said.segment))}
    return above(told.path) if told.path != ROOT and last in own else told.path
