"""Choices: the names, users and models that sessions have, for somebody who wants one of them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

MOST_CHOICES: Final = 200
"""Values of each that are offered: nobody looks through more, and any other can be typed."""

_MAX_CHARS: Final = 200
"""A longer value is nothing to choose by."""

CHOICES: Final = (
    "SELECT name, user_id, models FROM sessions ORDER BY start_unix_nano DESC LIMIT 10000"
)
"""What the sessions have that were started last, by an index: 2 to 5 µs each, however many there
are. Spans are not read."""


class Choices(NamedTuple):
    """Values that sessions have: those of most sessions first, then those of the newest.

    Attributes:
        names: Names, without the empty one.
        users: On whose behalf they ran.
        models: Models that they called.
    """

    names: Sequence[str]
    users: Sequence[str]
    models: Sequence[str]


def choices(rows: Iterable[tuple[str, str | None, str]]) -> Choices:
    """Return what there is to choose from.

    Args:
        rows: The rows that :data:`CHOICES` asks for.
    """
    names: Counter[str] = Counter()
    users: Counter[str] = Counter()
    lists: Counter[str] = Counter()
    for name, user, listed in rows:
        names[name] += 1
        users[user or ""] += 1
        lists[listed] += 1
    models: Counter[str] = Counter()
    for listed, sessions in lists.items():
        for model in json.loads(listed):
            models[model] += sessions
    return Choices(*map(_offered, (names, users, models)))


def _offered(counted: Counter[str]) -> tuple[str, ...]:
    found = [value for value, _ in counted.most_common() if 0 < len(value) <= _MAX_CHARS]
    return tuple(found[:MOST_CHOICES])
