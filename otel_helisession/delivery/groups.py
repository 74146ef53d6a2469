"""Spans that wait, grouped by session: a session's spans leave together. No threads here."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from opentelemetry.sdk.trace import ReadableSpan

from otel_helisession.sessions.live import LiveSpan


@dataclass(slots=True, eq=False)
class Group:
    """What has ended of one session, in order.

    Two lists, no list of pairs: a pair is an object more for each span that waits, which every
    full garbage collection has to look at.

    Attributes:
        session_id: Whose; None: those without a session.
        since: When the first span came.
        spans: What has come.
        entries: What is known of each since its start; None: nothing.
        weight: What all of it weighs.
    """

    session_id: str | None
    since: float
    spans: list[ReadableSpan] = field(default_factory=list)
    entries: list[LiveSpan | None] = field(default_factory=list)
    weight: int = 0


class SessionGroups:
    """What has ended and not left yet, by session id.

    A group is due when its first span has waited for the delay, or when it fills a batch: it
    will be split there in any case. What has no session has nothing to stay with, and leaves by
    the batch. Used by one thread.

    Args:
        delay: How long the first span of a group waits, in the unit of *now*.
        full: How many spans fill a batch.
    """

    def __init__(self, delay: float, full: int) -> None:
        self._delay = delay
        self._full = full
        self._filled: deque[Group] = deque()
        self._groups: dict[str | None, Group] = {}
        self._size = 0
        self._weight = 0

    def __len__(self) -> int:
        """How many spans wait."""
        return self._size

    def add(
        self,
        session_id: str | None,
        span: ReadableSpan,
        entry: LiveSpan | None,
        weight: int,
        now: float,
    ) -> None:
        """Add *span*, of which *entry* is known, to its session's group."""
        group = self._groups.get(session_id)
        if group is None:
            group = self._groups[session_id] = Group(session_id, now)
        group.spans.append(span)
        group.entries.append(entry)
        group.weight += weight
        if len(group.spans) == self._full:
            self._filled.append(group)
            if session_id is None:
                del self._groups[None]  # what follows is another batch
        self._size += 1
        self._weight += weight

    def due(self, now: float) -> Iterator[Group]:
        """Take out the groups that are full, and those whose time has come, the oldest first."""
        while self._filled:
            yield self._take(self._filled[0])
        for group in list(self._groups.values()):
            if group.since + self._delay > now:
                break
            yield self._take(group)

    def oldest(self, keep: int, keep_weight: int) -> Iterator[Group]:
        """Take out whole groups, the oldest first, until at most so much waits."""
        while self._size > keep or self._weight > keep_weight:
            yield self._take(self._filled[0] if self._filled else next(iter(self._groups.values())))

    def remove(self, session_id: str) -> int:
        """Take out the group of a session, and return how many spans were in it."""
        group = self._groups.get(session_id)
        return 0 if group is None else len(self._take(group).spans)

    def next_due(self) -> float | None:
        """Return when the oldest group is due; None when nothing waits."""
        if self._filled:
            return self._filled[0].since
        group = next(iter(self._groups.values()), None)
        return None if group is None else group.since + self._delay

    def _take(self, group: Group) -> Group:
        if self._groups.get(group.session_id) is group:
            del self._groups[group.session_id]
        if group in self._filled:
            self._filled.remove(group)
        self._size -= len(group.spans)
        self._weight -= group.weight
        return group
