"""How the benchmarks measure: cases in turns, thread CPU time, medians of paired differences.

Other people's work on the machine slows a second down, not a case: so every case runs in every
round, in an order that changes, and is compared with its neighbours of that round alone. What is
reported is the median over the rounds, and as its noise the median absolute deviation (MAD).
"""

from __future__ import annotations

import gc
import random
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

Case = Callable[[int], object]
"""Does something so many times."""


@dataclass(frozen=True)
class Figure:
    """A median over rounds, and its noise."""

    median: float
    mad: float

    def __str__(self) -> str:
        return f"{self.median:.2f} ±{self.mad:.2f}"


def figure(values: Sequence[float]) -> Figure:
    """Return the median of *values* and their median absolute deviation from it."""
    middle = statistics.median(values)
    return Figure(middle, statistics.median(abs(value - middle) for value in values))


def added(case: Sequence[float], bare: Sequence[float]) -> Figure:
    """Return by how much *case* exceeds *bare*, round by round."""
    return figure([one - other for one, other in zip(case, bare, strict=True)])


def ratio(case: Sequence[float], bare: Sequence[float]) -> Figure:
    """Return *case* as a multiple of *bare*, round by round."""
    return figure([one / other for one, other in zip(case, bare, strict=True)])


def nanos(case: Case, times: int) -> float:
    """Return the CPU nanoseconds of this thread that one takes, garbage collection left out."""
    case(max(1, times // 20))
    gc.collect()
    gc.disable()
    try:
        before = time.thread_time_ns()
        case(times)
        return (time.thread_time_ns() - before) / times
    finally:
        gc.enable()


def in_turns(cases: Mapping[str, Case], rounds: int, times: int) -> dict[str, list[float]]:
    """Return the nanoseconds of each case, a list with one entry a round."""
    found: dict[str, list[float]] = {name: [] for name in cases}
    order = random.Random(7)
    for _ in range(rounds):
        for name in order.sample(list(cases), len(cases)):
            found[name].append(nanos(cases[name], times))
    return found
