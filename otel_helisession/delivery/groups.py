"""Spans that wait, grouped by session: a session's spans leave together. No threads here."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Generic, TypeVar

_Item = TypeVar("_Item")


@dataclass(slots=True, eq=False)
class Group(Generic[_Item]):
    """What has ended of one session, in order.

    Attributes:
        session_id: Whose; None: those without a session.
        since: When the first item came.
        items: What has come.
        weight: What all of it weighs.
    """

    session_id: str | None
    since: float
    items: list[_Item] = field(default_factory=list)
    weight: int = 0


class SessionGroups(Generic[_Item]):
    """What has ended and not left yet, by session id.

    A group is due when its first item has waited for the delay, or when it fills a batch: it
    will be split there in any case. What has no session has nothing to stay with, and leaves by
    the batch. Used by one thread.

    Args:
        delay: How long the first item of a group waits, in the unit of *now*.
        full: How many items fill a batch.
    """

    def __init__(self, delay: float, full: int) -> None:
        self._delay = delay
        self._full = full
        self._filled: deque[Group[_Item]] = deque()
        self._groups: dict[str | None, Group[_Item]] = {}
        self._size = 0
        self._weight = 0

    def __len__(self) -> int:
        """How many items wait."""
        return self._size

    def add(self, session_id: str | None, item: _Item, weight: int, now: float) -> None:
        """Add *item* to its session's group."""
        group = self._groups.get(session_id)
        if group is None:
            group = self._groups[session_id] = Group(session_id, now)
        group.items.append(item)
        group.weight += weight
        if len(group.items) == self._full:
            self._filled.append(group)
            if session_id is None:
                del self._groups[None]  # what follows is another batch
        self._size += 1
        self._weight += weight

    def due(self, now: float) -> Iterator[Group[_Item]]:
        """Take out the groups that are full, and those whose time has come, the oldest first."""
        while self._filled:
            yield self._take(self._filled[0])
        for group in list(self._groups.values()):
            if group.since + self._delay > now:
                break
            yield self._take(group)

    def oldest(self, keep: int, keep_weight: int) -> Iterator[Group[_Item]]:
        """Take out whole groups, the oldest first, until at most so much waits."""
        while self._size > keep or self._weight > keep_weight:
            yield self._take(self._filled[0] if self._filled else next(iter(self._groups.values())))

    def remove(self, session_id: str) -> int:
        """Take out the group of a session, and return how many items were in it."""
        group = self._groups.get(session_id)
        return 0 if group is None else len(self._take(group).items)

    def next_due(self) -> float | None:
        """Return when the oldest group is due; None when nothing waits."""
        if self._filled:
            return self._filled[0].since
        group = next(iter(self._groups.values()), None)
        return None if group is None else group.since + self._delay

    def _take(self, group: Group[_Item]) -> Group[_Item]:
        if self._groups.get(group.session_id) is group:
            del self._groups[group.session_id]
        if group in self._filled:
            self._filled.remove(group)
        self._size -= len(group.items)
        self._weight -= group.weight
        return group
