"""Spans that wait, grouped by session: a session's spans leave together. No threads here."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Generic, TypeVar

_Item = TypeVar("_Item")


class SessionGroups(Generic[_Item]):
    """What has ended and not left yet, by session id; None is the group of those without one.

    A group is due when its first item has waited for the delay. Used by one thread.

    Args:
        delay: How long the first item of a group waits, in the unit of *now*.
    """

    def __init__(self, delay: float) -> None:
        self._delay = delay
        self._groups: dict[str | None, list[_Item]] = {}
        self._since: dict[str | None, float] = {}
        self._size = 0

    def __len__(self) -> int:
        """How many items wait."""
        return self._size

    def add(self, session_id: str | None, item: _Item, now: float) -> None:
        """Add *item* to its session's group."""
        group = self._groups.get(session_id)
        if group is None:
            group = self._groups[session_id] = []
            self._since[session_id] = now
        group.append(item)
        self._size += 1

    def due(self, now: float) -> Iterator[list[_Item]]:
        """Take out the groups whose time has come, the oldest first."""
        for session_id, since in list(self._since.items()):
            if since + self._delay > now:
                break
            yield self._take(session_id)

    def oldest(self, keep: int) -> Iterator[list[_Item]]:
        """Take out whole groups, the oldest first, until at most *keep* items wait."""
        while self._size > keep:
            yield self._take(next(iter(self._since)))

    def next_due(self) -> float | None:
        """Return when the oldest group is due; None when nothing waits."""
        since = next(iter(self._since.values()), None)
        return None if since is None else since + self._delay

    def _take(self, session_id: str | None) -> list[_Item]:
        group = self._groups.pop(session_id)
        del self._since[session_id]
        self._size -= len(group)
        return group
