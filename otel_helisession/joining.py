"""What was said about a span outside of it, until the span is finished.

Instrumentations that are told to put messages into events write log records; the log record
processor leaves their content here under the span's id, and finishing takes it. Records may
come before the span's end, or after it as long as the span has not been finished. Nothing is
kept while nobody finishes spans, and little of what is never asked for: see the bounds.
"""

from __future__ import annotations

import os
import threading
import time
import weakref
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any, Final

Key = tuple[int, int]
"""Trace id and span id."""

MAX_SPANS: Final = 4_096
"""Spans that wait at once: twice what a span processor's queue holds."""

MAX_CHARS: Final = 32_000_000
"""What their texts may have together: a thousand long conversations."""

MAX_AGE_SECONDS: Final = 600.0
"""After that no span is still coming: a call of a model has timed out by then."""


class _Said:
    """What was said of one span: whole values, and lists that grow by one piece at a time."""

    __slots__ = ("chars", "lists", "since", "takers", "values")

    def __init__(self, takers: int, now: float) -> None:
        self.values: dict[str, str] = {}
        self.lists: dict[str, list[str]] = {}
        self.chars = 0
        self.since = now
        self.takers = takers


class Joining:
    """Texts by span id, bounded in number, size and age; the oldest go first. By any thread.

    Args:
        max_spans: Spans at once.
        max_chars: Characters of all texts.
        max_age_seconds: How long a text waits at most.
    """

    def __init__(
        self,
        *,
        max_spans: int = MAX_SPANS,
        max_chars: int = MAX_CHARS,
        max_age_seconds: float = MAX_AGE_SECONDS,
    ) -> None:
        self._bounds = (max_spans, max_chars, max_age_seconds)
        self._said: OrderedDict[Key, _Said] = OrderedDict()
        self._chars = 0
        self._takers: weakref.WeakSet[Any] = weakref.WeakSet()
        self._returning: weakref.WeakSet[Any] = weakref.WeakSet()
        self.restart()

    def restart(self) -> None:
        """Forget what waits: in a forked child it is the parent's."""
        self._lock = threading.Lock()
        self._said.clear()
        self._chars = 0

    @property
    def wanted(self) -> bool:
        """Whether anybody finishes spans; otherwise nothing needs to be put here."""
        return len(self._takers) > 0

    def expect(self, taker: object, *, returning: bool = False) -> None:
        """Announce that *taker* will take what is said of each span; held weakly.

        Args:
            taker: It.
            returning: It takes the same again when more has been said. Then nothing is
                forgotten but by the bounds.
        """
        self._takers.add(taker)
        if returning:
            self._returning.add(taker)

    def dismiss(self, taker: object) -> None:
        """Take back that *taker* will, and forget what only it would have taken again."""
        self._takers.discard(taker)
        self._returning.discard(taker)
        if len(self._returning):
            return
        with self._lock:
            for key in [key for key, said in self._said.items() if said.takers <= 0]:
                self._forget(key)

    def put(self, key: Key, values: Mapping[str, str]) -> None:
        """Keep *values*, JSON texts by attribute; a value that is there already is replaced."""
        with self._lock:
            said = self._of(key)
            for name, value in values.items():
                self._grow(said, len(value) - len(said.values.get(name, "")))
                said.values[name] = value
            self._shrink()

    def add(self, key: Key, name: str, item: str) -> None:
        """Keep *item*, one JSON text more of the list that is the value of *name*."""
        with self._lock:
            said = self._of(key)
            said.lists.setdefault(name, []).append(item)
            self._grow(said, len(item))
            self._shrink()

    def take(self, key: Key) -> dict[str, str]:
        """Return what was said of a span, and forget it once all takers have asked."""
        if not self._said:
            return {}
        with self._lock:
            said = self._said.get(key)
            if said is None:
                return {}
            said.takers -= 1
            if said.takers <= 0 and not len(self._returning):
                self._forget(key)
            lists = {name: f"[{','.join(items)}]" for name, items in said.lists.items()}
            return {**lists, **said.values}

    def __contains__(self, key: Key) -> bool:
        return key in self._said

    def __len__(self) -> int:
        return len(self._said)

    def _of(self, key: Key) -> _Said:
        said = self._said.get(key)
        if said is None:
            said = self._said[key] = _Said(len(self._takers), time.monotonic())
        return said

    def _grow(self, said: _Said, chars: int) -> None:
        said.chars += chars
        self._chars += chars

    def _shrink(self) -> None:
        max_spans, max_chars, max_age = self._bounds
        oldest = time.monotonic() - max_age
        while self._said:
            key, said = next(iter(self._said.items()))
            within = len(self._said) <= max_spans and self._chars <= max_chars
            if within and said.since >= oldest:
                return
            self._forget(key)

    def _forget(self, key: Key) -> None:
        self._chars -= self._said.pop(key).chars


current: Final = Joining()
"""The process's: a log record and its span may be of different providers."""

if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=current.restart)
