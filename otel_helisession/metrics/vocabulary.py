"""A bounded set of values for metrics: what comes too late is called ``other``."""

from __future__ import annotations

import logging
from collections.abc import Hashable
from typing import Final, Generic, TypeVar

from otel_helisession.guard import once

OTHER: Final = "other"
"""The overflow bucket."""

MAX_CHARS: Final = 200
"""Longer words are cut, so that no model or error name fills a backend."""

T = TypeVar("T", bound=Hashable)


class Vocabulary(Generic[T]):
    """The first *most* values that come are kept apart; all others are one.

    For as long as the process lives, because backends keep series of past values, too.
    Used by one thread at a time.

    Args:
        what: What the values are, for the one line that says that there are too many.
        most: How many are kept apart.
        other: What stands for the others.
    """

    def __init__(self, what: str, most: int, other: T) -> None:
        self._what = what
        self._most = most
        self._other = other
        self._known: set[T] = set()

    def bounded(self, value: T) -> T:
        """Return *value*, or what stands for the others."""
        if value in self._known:
            return value
        if len(self._known) < self._most:
            self._known.add(value)
            return value
        once(
            ("metrics", "vocabulary", self._what),
            logging.WARNING,
            "metrics of sessions have more than %d %s; further ones are counted as %r",
            self._most,
            self._what,
            self._other,
        )
        return self._other


def word(value: object) -> str:
    """Return *value* as a word of bounded length."""
    return str(value)[:MAX_CHARS]
