"""Families: the traces that are remembered, the longest untouched forgotten first."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from typing import Final

from otel_helisession.intake.family import Family, Member

MAX_SPANS: Final = 100_000
"""Spans of all traces that are remembered, some 400 bytes each; a trace that is forgotten is
looked up in the store when more of it comes."""

_ORPHAN_SECONDS: Final = 120.0
"""How long another process's parent is looked for; then its span has ended, or never will."""

_MAX_ORPHANS: Final = 100

Recall = Callable[[str], "list[Member]"]
"""Returns the spans of a trace that the store has."""


class Families:
    """Traces by their id. Used by one thread.

    Args:
        recall: Asked for a trace when it is first seen, or again.
        by_trace: See :class:`.Family`.
        max_spans: Spans that are remembered.
    """

    def __init__(self, recall: Recall, by_trace: bool, max_spans: int = MAX_SPANS) -> None:
        self._recall = recall
        self._by_trace = by_trace
        self._max_spans = max_spans
        self._families: OrderedDict[str, Family] = OrderedDict()
        self._touched: dict[str, float] = {}
        self._spans = 0

    def add(self, trace_id: str, members: list[Member]) -> list[Member]:
        """Place *members* of one trace; return those of it that were there before and moved."""
        family = self._families.pop(trace_id, None)
        if family is None:
            family = Family(trace_id, self._by_trace)
            family.add(self._recall(trace_id))
        else:
            self._spans -= len(family)
        moved = family.add(members)
        self._families[trace_id] = family
        self._touched[trace_id] = time.monotonic()
        self._spans += len(family)
        while self._spans > self._max_spans and len(self._families) > 1:
            forgotten, family = self._families.popitem(last=False)
            self._touched.pop(forgotten)
            self._spans -= len(family)
        return moved

    def orphaned(self) -> Iterator[str]:
        """Iterate over the traces whose parents may be in the store by now: another process put
        them there."""
        since = time.monotonic() - _ORPHAN_SECONDS
        for trace_id in [one for one, at in self._touched.items() if at >= since]:
            family = self._families.get(trace_id)
            if family is not None and family.orphans():
                yield trace_id

    def orphans(self, trace_id: str) -> list[str]:
        """Return the ids of parents in this trace that have not come, of very many the first."""
        return self._families[trace_id].orphans()[:_MAX_ORPHANS]
