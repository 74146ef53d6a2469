"""The spans of a session that are remembered in full, to tell which requests count."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum, auto

from opentelemetry.trace import SpanContext

from otel_helisession.conventions.operation import Usage
from otel_helisession.conventions.totals.candidate import Candidate, Key
from otel_helisession.conventions.totals.counting import Count, count
from otel_helisession.session_trace.bounds import RECENT
from otel_helisession.session_trace.told import Told


class Fate(Enum):
    """What became of a span in its session's trace."""

    NONE = auto()
    """It is no request, or another stands for it."""

    SENT = auto()
    """It is on its way, or is to be sent again."""

    WRITTEN = auto()
    """The backend has it."""

    LEFT_OUT = auto()
    """It is counted in its node only: the trace is full, or the backend refused it."""


@dataclass(slots=True, eq=False)
class Note:
    """What is remembered of a span.

    Attributes:
        candidate: What decides whether it counts.
        parent: The span above it, in this process or another.
        entry: The path that it started at.
        usage: Tokens and cost.
        fate: What became of it.
        place: The node it hangs under.
        size: Bytes that it takes in the trace.
        displaced: Whether another counts in its place, which came after it was sent.
    """

    candidate: Candidate
    parent: SpanContext | None
    entry: str
    usage: Usage
    place: str
    fate: Fate = Fate.NONE
    size: int = 0
    displaced: bool = False


class RecentSpans:
    """The last spans of one session, by key, in the order they came."""

    def __init__(self) -> None:
        self._notes: dict[Key, Note] = {}

    def __len__(self) -> int:
        """How many are remembered."""
        return len(self._notes)

    def get(self, key: Key) -> Note | None:
        """Return what is remembered of a span, if anything."""
        return self._notes.get(key)

    def add(self, told: Told, entry: str, place: str) -> None:
        """Remember a span that started at the path *entry*, and hangs at *place*."""
        parent, usage = told.span.parent, told.said.usage
        self._notes[told.candidate.key] = Note(told.candidate, parent, entry, usage, place)

    def count(self) -> Count:
        """Return which of them count. Some 15 µs each."""
        return count([note.candidate for note in self._notes.values()])

    def new_requests(self, keys: Iterable[Key]) -> list[Key]:
        """Return which of *keys*, that just came, are requests to be sent: those that count, but
        for what tells again of a call that was sent before."""
        requests = self.count().requests
        new = [key for key in dict.fromkeys(keys) if key in requests]
        again: set[Key] = set()
        for key, note in self._notes.items() if new else ():
            if note.fate is Fate.NONE or note.displaced or key in requests:
                continue
            likeness, standing = max((self._likeness(one, key), one) for one in new)
            if likeness:
                note.displaced = True
                again.add(standing)
        return [key for key in new if key not in again]

    def fold(self, everything: bool = False) -> Iterator[tuple[Note, bool, bool]]:
        """Forget the older half, once there are too many, or *everything*.

        What has been judged not to count goes, too: who stands for it may be forgotten. Failed
        spans stay as long as there is room, so that no error is counted where it passes.

        Yields:
            What is forgotten; whether it counts as a request, and as an error.
        """
        if not everything and len(self._notes) <= RECENT:
            return
        requests, faults = self.count()
        old = list(self._notes)[: len(self._notes) if everything else RECENT // 2]
        leaving = dict.fromkeys(old if everything else [key for key in old if self._may_go(key)])
        for key, note in self._notes.items():
            repeated = note.candidate.kind != "structure" and key not in requests
            if repeated and self._may_go(key):
                leaving[key] = None
        if not leaving:
            leaving = dict.fromkeys(old)
        for key in leaving:
            yield self._notes.pop(key), key in requests, key in faults

    def _may_go(self, key: Key) -> bool:
        note = self._notes[key]
        return note.fate is not Fate.SENT and not note.candidate.failed

    def _likeness(self, key: Key, other: Key) -> int:
        """Return how surely the call *key* is the call *other*, told again; 0: it is not."""
        one, two = self._notes[key].candidate, self._notes[other].candidate
        if one.kind != two.kind:
            return 0
        if one.response_id is not None and one.response_id == two.response_id:
            return 3
        at = two.parent
        for _ in range(len(self._notes)):
            if at == key:
                return 2
            above = None if at is None else self._notes.get(at)
            if above is None:
                break
            at = above.candidate.parent
        return 1 if one.parent == two.parent else 0
