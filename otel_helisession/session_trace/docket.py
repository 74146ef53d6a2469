"""The sessions whose traces are open, those whose traces are closed, and what is to be sent."""

from __future__ import annotations

import logging
import time
from collections import OrderedDict, deque
from collections.abc import Iterable, Sequence
from typing import Final

from opentelemetry.sdk.trace import ReadableSpan

from otel_helisession.guard import once
from otel_helisession.holding.bounds import Bounds
from otel_helisession.holding.parcels import Parcels
from otel_helisession.session_trace.bounds import MAX_OPEN, MAX_REMEMBERED, TraceBounds
from otel_helisession.session_trace.open_trace import OpenTrace
from otel_helisession.session_trace.places import Written
from otel_helisession.session_trace.recent import Fate
from otel_helisession.session_trace.size import encoded_bytes
from otel_helisession.session_trace.spans import TraceSpan
from otel_helisession.session_trace.told import Told
from otel_helisession.sessions import ending, live
from otel_helisession.sessions.lifetimes import Lifetimes

_MOST_ENDS: Final = 10_000
"""Ends that wait to be noted; those of sessions without a span are among them."""

_MOST_CLOSED: Final = 10_000
_MOST_NODES: Final = 100_000
"""Closed traces that are remembered, and the nodes of all, so that none is written twice when its
session goes on; some 10 MB."""


class TraceDocket:
    """Adds to open traces, and closes them. Without threads; used by one thread at a time, but
    for :meth:`end`.

    Args:
        bounds: How large a trace may be.
        idle_seconds: When a session has ended that nobody ends.
        settle_seconds: How long an ended session waits for its last spans.
        owner: Whose roots and nodes are written; see SessionTraceExporter.
        name: What messages call the destination.
    """

    def __init__(
        self,
        bounds: TraceBounds,
        idle_seconds: float,
        settle_seconds: float,
        owner: bool | None,
        name: str,
    ) -> None:
        self._bounds = bounds
        self._owner = owner
        self._name = name
        self._ends: deque[tuple[str, float]] = deque(maxlen=_MOST_ENDS)
        self._made: OrderedDict[str, None] = OrderedDict()
        self._open: dict[str, OpenTrace] = {}
        self._closed: OrderedDict[str, Written] = OrderedDict()
        self._lifetimes = Lifetimes(idle_seconds, settle_seconds, _open_sessions)
        self.next_due = self._lifetimes.next_due
        self._remembered = self._closed_nodes = 0
        self.parcels: Final = Parcels(Bounds(), name, self._lost)
        self.requests = self.traces = 0

    def __len__(self) -> int:
        """How many sessions are open."""
        return len(self._open)

    def end(self, session_id: str, now: float) -> None:
        """Take note that a session has ended whose id was made here. From any thread, at any
        time: takes no lock."""
        self._ends.append((session_id, now))

    def sort(self, told: Iterable[Told], now: float) -> list[list[TraceSpan]]:
        """Take what spans tell, and return the spans of requests to be sent now, a session a
        list."""
        self._note_ends()
        sessions: dict[str, list[Told]] = {}
        for one in told:
            sessions.setdefault(one.session_id, []).append(one)
        found = [self._add(session_id, group, now) for session_id, group in sessions.items()]
        self._make_room(now)
        return [spans for spans in found if spans]

    def settle(self, spans: Iterable[ReadableSpan], fate: Fate) -> None:
        """Take note of what became of the *spans* of requests."""
        for span in spans:
            if not isinstance(span, TraceSpan):
                continue  # a node that came back
            trace = self._open.get(span.session_id)
            if trace is not None:
                trace.settle(span, fate)
            self.requests += fate is Fate.WRITTEN

    def decide_due(self, now: float) -> None:
        """Close the traces of sessions that have ended a while ago, or are idle."""
        self._note_ends()
        for session_id in self._lifetimes.due(now):
            ended = self._open[session_id].written.made_here
            self._close(session_id, "ended" if ended else "idle", now)

    def decide_ended(self, now: float) -> None:
        """Close the traces of sessions that have ended."""
        self._note_ends()
        for session_id in self._lifetimes.ended():
            self._close(session_id, "ended", now)

    def decide_all(self, now: float) -> None:
        """Close every trace as it is."""
        self.decide_ended(now)
        while (session_id := self._lifetimes.quietest()) is not None:
            self._close(session_id, "shutdown", now)

    def _note_ends(self) -> None:
        while self._ends:
            session_id, when = self._ends.popleft()
            self._made[session_id] = None
            if len(self._made) > _MOST_ENDS:
                self._made.popitem(last=False)
            self._lifetimes.end(session_id, when)

    def _add(self, session_id: str, told: Sequence[Told], now: float) -> list[TraceSpan]:
        trace = self._open.get(session_id) or self._begin(told[0], now)
        made = session_id in ending.open_here or self._made.pop(session_id, self) is None
        over = any(one.ends_session for one in told)
        trace.written.made_here = trace.written.made_here or made or over
        before = len(trace)
        spans = trace.add(told)
        self._remembered += len(trace) - before
        self._lifetimes.touch(session_id, now)
        if over:
            self._lifetimes.end(session_id, now)
        return spans

    def _begin(self, told: Told, now: float) -> OpenTrace:
        """Open a trace, anew or again."""
        written = self._closed.pop(told.session_id, None)
        if written is not None:
            self._closed_nodes -= len(written.nodes)
            if written.made_here:
                self._lifetimes.end(told.session_id, now)  # what comes now is late
        trace = OpenTrace(told, self._bounds, written or Written(), self._owner)
        self._open[told.session_id] = trace
        return trace

    def _close(self, session_id: str, why: str, now: float) -> None:
        trace = self._open.pop(session_id)
        self._remembered -= len(trace)
        spans = trace.close(why, time.time_ns()) if trace.is_owned() else []
        if spans:
            self.traces += 1
            self.parcels.put(spans, sum(encoded_bytes(span) for span in spans), now)
        self._closed[session_id] = trace.written
        self._closed_nodes += len(trace.written.nodes)
        while len(self._closed) > _MOST_CLOSED or self._closed_nodes > _MOST_NODES:
            _, forgotten = self._closed.popitem(last=False)
            self._closed_nodes -= len(forgotten.nodes)

    def _lost(self, spans: Sequence[ReadableSpan]) -> None:
        """Let nodes be written another time that did not get through."""
        for span in spans:
            assert isinstance(span, TraceSpan)
            trace = self._open.get(span.session_id)
            written = self._closed.get(span.session_id) if trace is None else trace.written
            if written is not None and span.context.span_id in written.nodes:
                written.nodes.remove(span.context.span_id)
                self._closed_nodes -= trace is None

    def _make_room(self, now: float) -> None:
        while len(self._open) > MAX_OPEN or self._remembered > MAX_REMEMBERED:
            session_id = next(self._lifetimes.ended(), None)
            why = "early" if session_id is None else "ended"
            session_id = session_id or self._lifetimes.quietest()
            if session_id is None:
                return
            self._close(session_id, why, now)
            if why == "early":
                once(
                    ("session trace", "full", self._name),
                    logging.WARNING,
                    "more than %d sessions, or %d spans of sessions, are open for %s: the traces "
                    "of those that have been quiet for longest are closed early",
                    MAX_OPEN,
                    MAX_REMEMBERED,
                    self._name,
                )


def _open_sessions() -> set[str]:
    """Return the ids of sessions that have spans open, or whose session() is not left."""
    return live.open_sessions() | set(ending.open_here.copy())
