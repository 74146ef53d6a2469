"""Distribution: how values of many sessions are spread, and a histogram of them."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

from otel_helisession.analysis.path_totals import percentile

BINS: Final = 24
"""As many bars as still read as a shape at the width of a table's cell."""

_WIDE: Final = 50.0
"""Values whose largest is so many times the smallest are binned by their logarithm: most of
them would stand in the first bar otherwise."""


@dataclass(frozen=True, slots=True)
class Distribution:
    """How values are spread. All None, and no histogram, without values.

    Attributes:
        count: How many values are known.
        total: Their sum.
        p50: The median, nearest rank.
        p95: The 95th percentile.
        max: The largest.
        histogram: From, to, and how many are in between, the lower end included (and the
            upper of the last).
    """

    count: int
    total: float | None
    p50: float | None
    p95: float | None
    max: float | None
    histogram: tuple[tuple[float, float, int], ...]

    def document(self) -> dict[str, Any]:
        """Return it as JSON values."""
        mean = None if self.total is None else self.total / self.count
        return {
            "count": self.count,
            "total": self.total,
            "mean": mean,
            "p50": self.p50,
            "p95": self.p95,
            "max": self.max,
            "histogram": [list(one) for one in self.histogram],
        }


def distribution(values: Iterable[float | None]) -> Distribution:
    """Return how those *values* that are known are spread. None of them is below zero."""
    known = sorted(value for value in values if value is not None)
    if not known:
        return Distribution(0, None, None, None, None, ())
    return Distribution(
        count=len(known),
        total=sum(known),
        p50=percentile(known, 0.5),
        p95=percentile(known, 0.95),
        max=known[-1],
        histogram=_histogram(known),
    )


def _histogram(known: list[float]) -> tuple[tuple[float, float, int], ...]:
    """Return the bars of *known*, which is in order."""
    bounds = _bounds(known[0], known[-1], all(isinstance(value, int) for value in known))
    places = [bisect_left(known, bound) for bound in bounds[:-1]] + [len(known)]
    counts = [end - begin for begin, end in pairwise(places)]
    return tuple(zip(bounds, bounds[1:], counts, strict=False))


def _bounds(low: float, high: float, whole: bool) -> list[float]:
    """Return where bars begin, and where the last one ends."""
    if low == high:
        return [low, high]
    if whole and high - low < BINS:  # a bar a number
        return [*range(int(low), int(high) + 2)]
    if low > 0 and high / low > _WIDE:
        step = math.log(high / low) / BINS
        inner = [low * math.exp(step * place) for place in range(1, BINS)]
    else:
        inner = [low + (high - low) * place / BINS for place in range(1, BINS)]
    return [low, *inner, high]
