"""Refusals: the dead letters of one destination in short."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from otel_helisession.spool.letter import Letter

_MOST_REASONS: Final = 3


@dataclass(frozen=True, slots=True)
class Refusals:
    """What one destination has refused for good.

    Attributes:
        destination: Its name.
        spans: How many.
        newest: When it last did, in ISO 8601 and UTC.
        reasons: Why, without repetition, the newest first, at most three.
    """

    destination: str
    spans: int
    newest: str
    reasons: tuple[str, ...]


def refusals(letters: Iterable[Letter]) -> list[Refusals]:
    """Return *letters*, which come oldest first, by destination, in order of names."""
    counts: dict[str, int] = {}
    newest: dict[str, str] = {}
    reasons: dict[str, dict[str, None]] = {}
    for letter in letters:
        name = letter.destination
        counts[name] = counts.get(name, 0) + 1
        newest[name] = letter.time
        said = reasons.setdefault(name, {})
        said.pop(letter.reason, None)
        said[letter.reason] = None
    return [
        Refusals(name, counts[name], newest[name], tuple(reversed(reasons[name]))[:_MOST_REASONS])
        for name in sorted(counts)
    ]
