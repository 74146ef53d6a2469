"""Hop: one part of a probe's way, and whether it was passed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

State = Literal["passed", "partly", "failed", "unknown"]


@dataclass(frozen=True, slots=True)
class Hop:
    """What came of one part of the way.

    Attributes:
        name: Which part: ``name``, ``connection``, ``tls``, ``answer``, ``backend``.
        state: Whether it was passed.
        sentence: What was found, and what to do where it was not passed.
    """

    name: str
    state: State
    sentence: str


def passed(name: str, sentence: str) -> Hop:
    """Return a hop that was passed."""
    return Hop(name, "passed", sentence)


def partly(name: str, sentence: str) -> Hop:
    """Return a hop that some spans passed."""
    return Hop(name, "partly", sentence)


def failed(name: str, sentence: str) -> Hop:
    """Return a hop where the way ends."""
    return Hop(name, "failed", sentence)


def unknown(name: str, sentence: str) -> Hop:
    """Return a hop of which nothing can be told."""
    return Hop(name, "unknown", sentence)
