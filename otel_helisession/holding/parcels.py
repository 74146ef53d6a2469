"""Sessions that are kept, on their way to the exporter: sent again while that fails."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Sequence
from typing import Final

from opentelemetry.sdk.trace import ReadableSpan

from otel_helisession.delivery.backoff import HURRIED_SECONDS, Backoff
from otel_helisession.delivery.outcome import Outcome
from otel_helisession.delivery.settings import DEFAULT_BATCH_SIZE, DEFAULT_RETRY_SECONDS
from otel_helisession.guard import once
from otel_helisession.holding.bounds import Bounds

_PATIENT: Final = Backoff()
_LATE: Final = "it was not reached in time"
_HURRIED: Final = Backoff(first=0.1, longest=HURRIED_SECONDS)


class Parcel:
    """What is still to be sent of one session.

    Attributes:
        spans: In order of their ends.
        weight: About how many bytes they take.
        since: When the session was kept.
        attempts: How often a call failed.
        begun: Whether some of the session has arrived.
    """

    __slots__ = ("attempts", "begun", "since", "spans", "weight")

    def __init__(self, spans: Sequence[ReadableSpan], weight: int, since: float) -> None:
        self.spans = spans
        self.weight = weight
        self.since = since
        self.attempts = 0
        self.begun = False

    @property
    def call(self) -> Sequence[ReadableSpan]:
        """The spans of the next call: as many as an exporter expects."""
        return self.spans[:DEFAULT_BATCH_SIZE]

    def reduce(self, undelivered: Sequence[ReadableSpan]) -> None:
        """Take off the spans of the last call, but for what is *undelivered*."""
        left = [*undelivered, *self.spans[DEFAULT_BATCH_SIZE:]]
        self.begun = self.begun or len(left) < len(self.spans)
        self.weight = self.weight * len(left) // len(self.spans)
        self.spans = left


class Parcels:
    """A queue of kept sessions. Used by one thread at a time.

    When the bounds are exceeded the oldest of which nothing has been sent is dropped, whole.

    Args:
        bounds: How much may wait.
        name: What messages call the destination.
        on_lost: Told which spans did not get through.

    Attributes:
        returns: Whether what does not get through goes back to who handed it over, by
            :meth:`take_returned`, and so is not lost here.
        lost: How many spans did not get through, since the start.
        hurried: Whether somebody waits: a flush, or the end.
        failures: How many calls failed.
    """

    def __init__(
        self,
        bounds: Bounds,
        name: str,
        on_lost: Callable[[Sequence[ReadableSpan]], None] = lambda spans: None,
    ) -> None:
        self._bounds = bounds
        self._name = name
        self._on_lost = on_lost
        self._waiting: deque[Parcel] = deque()
        self._spans = self._weight = 0
        self._not_before = 0.0
        self._under_way: Parcel | None = None
        self._returned: list[tuple[Sequence[ReadableSpan], str]] = []
        self._closed = False
        self.returns = False
        self.hurried = False
        self.lost = self.failures = 0

    def __len__(self) -> int:
        """How many sessions wait."""
        return len(self._waiting)

    def put(self, spans: Sequence[ReadableSpan], weight: int, now: float) -> None:
        """Queue a session."""
        self._add(Parcel(spans, weight, now))
        while self._bounds.exceeded_by(self._spans, self._weight):
            fresh = [parcel for parcel in self._waiting if not parcel.begun]
            if len(fresh) < 2:  # the newest is never dropped for being large
                return
            self._waiting.remove(fresh[0])
            self._taken(fresh[0])
            self._give_up(fresh[0].spans, "too much waits for it")

    def next(self, now: float) -> Parcel | None:
        """Take out the session to be sent now; None when there is none, or after a failure."""
        if not self._waiting or self._not_before > now:
            return None
        parcel = self._under_way = self._waiting.popleft()
        self._taken(parcel)
        return parcel

    def next_try(self) -> float | None:
        """Return when something may be sent; None when nothing waits."""
        return self._not_before if self._waiting else None

    def settle(self, parcel: Parcel, outcome: Outcome, now: float) -> None:
        """Take note of what became of *parcel*'s call, and queue what is left of it.

        A session that did not get through is sent again after the others, for five minutes from
        when it was kept.
        """
        if self._closed:
            return  # close() has given it up
        self._under_way = None
        self._refused(outcome.refused, outcome.reason)
        self._count_lost(outcome.rejected, outcome.reason)
        parcel.reduce(outcome.undelivered)
        if not outcome.undelivered:
            self._not_before = 0.0
        else:
            self.failures += 1
            parcel.attempts += 1
            backoff = _HURRIED if self.hurried else _PATIENT
            self._not_before = now + backoff.pause(parcel.attempts)
        if outcome.undelivered and now - parcel.since >= DEFAULT_RETRY_SECONDS:
            self._give_up(parcel.spans, _LATE)
        elif outcome.undelivered:
            self._add(parcel)
        elif parcel.spans:
            self._add(parcel, first=True)

    def hasten(self) -> None:
        """Wait no longer for what failed: somebody waits."""
        self.hurried = True
        self._not_before = 0.0

    def close(self) -> None:
        """Give up what still waits, and the spans of a call that has not returned."""
        self._closed = True
        late = [*([self._under_way] if self._under_way else []), *self._waiting]
        self._waiting.clear()
        self._spans = self._weight = 0
        for parcel in late:
            self._give_up(parcel.spans, _LATE)

    def take_returned(self) -> list[tuple[Sequence[ReadableSpan], str]]:
        """Take out what goes back, with the reason why it was refused; empty for what may be
        sent another day."""
        returned, self._returned = self._returned, []
        return returned

    def _add(self, parcel: Parcel, *, first: bool = False) -> None:
        (self._waiting.appendleft if first else self._waiting.append)(parcel)
        self._spans += len(parcel.spans)
        self._weight += parcel.weight

    def _taken(self, parcel: Parcel) -> None:
        self._spans -= len(parcel.spans)
        self._weight -= parcel.weight

    def _give_up(self, spans: Sequence[ReadableSpan], why: str) -> None:
        if self.returns:
            self._returned.append((spans, ""))
        else:
            self._lose(spans, why)

    def _refused(self, spans: Sequence[ReadableSpan], reason: str) -> None:
        if self.returns and spans:
            self._on_lost(spans)
            self._returned.append((spans, reason))
        else:
            self._lose(spans, reason)

    def _lose(self, spans: Sequence[ReadableSpan], reason: str) -> None:
        if spans:
            self._on_lost(spans)
            self._count_lost(len(spans), reason)

    def _count_lost(self, spans: int, reason: str) -> None:
        if not spans:
            return
        self.lost += spans
        once(
            ("holding", self._name, reason),
            logging.WARNING,
            "%s did not get spans of sessions that were kept (%s); they are lost and counted, "
            "and your program is not affected",
            self._name,
            reason,
        )
