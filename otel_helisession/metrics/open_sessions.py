"""The sessions that are not counted yet, as metrics see them: bounded, no thread, no clock."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterator
from typing import Final, NamedTuple

from otel_helisession.conventions.totals.candidate import Key
from otel_helisession.metrics.seen import Seen
from otel_helisession.sessions.ending import IDLE_SECONDS, IdleSessions

SETTLE_SECONDS: Final = 5.0
"""How long an ended session waits for its last spans: ``OTEL_BSP_SCHEDULE_DELAY``, by which
the queue before us holds them."""

MAX_SPANS: Final = 50_000
"""Some 700 bytes each: 35 MB. Beyond, the sessions that have been quiet for longest are
counted as they are."""

MAX_REMEMBERED: Final = 10_000
"""Sessions whose end came before their spans, or that are counted already."""


class Whole(NamedTuple):
    """What is to be counted: a session, or what came of it *late*, after it was counted."""

    spans: Collection[Seen]
    late: bool


class OpenSessions:
    """Keeps what spans say until their session ends. Used by one thread at a time.

    Args:
        still_open: Returns the ids of the sessions that have spans open.
        ends: The ids of sessions that have ended, and when: taken out from the left. Anybody
            may append to it at any time.
        idle_seconds: When a session has ended that nobody ends.
        settle_seconds: How long an ended one waits for its last spans.
        max_spans: Spans kept at most.
    """

    def __init__(
        self,
        still_open: Callable[[], Collection[str]],
        ends: deque[tuple[str, float]],
        idle_seconds: float = IDLE_SECONDS,
        settle_seconds: float = SETTLE_SECONDS,
        max_spans: int = MAX_SPANS,
    ) -> None:
        self._still_open = still_open
        self._max_spans = max_spans
        self._spans: dict[str, dict[Key, Seen]] = {}
        self._count = 0
        self._open = IdleSessions(idle_seconds)
        self._ended = IdleSessions(settle_seconds)
        self._over = IdleSessions(idle_seconds, MAX_REMEMBERED)
        self._counted = IdleSessions(idle_seconds, MAX_REMEMBERED)
        self._ends = ends

    def __len__(self) -> int:
        """How many sessions are kept."""
        return len(self._spans)

    def add(self, session_id: str, seen: Seen, now: float) -> None:
        """Keep what a span of a session says; one that comes again is kept once."""
        own = self._spans.setdefault(session_id, {})
        self._count += seen.candidate.key not in own
        own[seen.candidate.key] = seen
        over = session_id in self._over or session_id in self._ended
        (self._ended if over else self._open).touch(session_id, now)

    def due(self, now: float) -> Iterator[Whole]:
        """Take out the sessions that ended a while ago, or are idle, or have no place."""
        self._note_ends()
        for session_id in self._ended.idle(now):
            yield self._take(session_id, now)
        idle = self._open.idle(now)
        still_open = self._still_open() if idle else ()
        for session_id in idle:
            if session_id in still_open:
                self._open.touch(session_id, now)
            else:
                yield self._take(session_id, now)
        while self._count > self._max_spans:
            quietest = self._ended.pop() or self._open.pop()
            if quietest is None:
                return
            yield self._take(quietest, now)

    def ended(self, now: float) -> Iterator[Whole]:
        """Take out the sessions that have ended, without waiting for what may still come."""
        self._note_ends()
        while (session_id := self._ended.pop()) is not None:
            yield self._take(session_id, now)

    def all(self, now: float) -> Iterator[Whole]:
        """Take out everything."""
        yield from self.ended(now)
        while (session_id := self._open.pop()) is not None:
            yield self._take(session_id, now)

    def _note_ends(self) -> None:
        while self._ends:
            session_id, when = self._ends.popleft()
            self._over.touch(session_id, when)
            if self._open.forget(session_id):
                self._ended.touch(session_id, when)

    def _take(self, session_id: str, now: float) -> Whole:
        own = self._spans.pop(session_id)
        self._count -= len(own)
        late = session_id in self._counted
        self._counted.touch(session_id, now)
        return Whole(own.values(), late)
