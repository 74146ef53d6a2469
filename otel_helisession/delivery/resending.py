"""What a spool holds for a destination, one parcel after the other, when there is time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from opentelemetry.sdk.trace import ReadableSpan

from otel_helisession.delivery.keeper import Keeper, Parcel
from otel_helisession.guard import caught

PAUSE_SECONDS: Final = 0.25
"""Between two parcels: fresh spans come first, and a destination that has just come back is
not flooded by what waited."""

LOOK_AGAIN_SECONDS: Final = 30.0
"""How long after the last parcel it is looked again: other processes leave things, too."""

MAX_TRIES: Final = 5
"""Attempts at a parcel while others are accepted. Then it is the parcel that is at fault."""

BURY_AFTER_SECONDS: Final = 120.0
"""And at least so long after the first of them: a destination that takes some calls in one bad
moment may take the others in a better one."""

_MAX_REMEMBERED: Final = 1_000
_MAX_BURIED: Final = 10_000

_Key = tuple[int, int] | None


class Resending:
    """Takes parcels from *keeper* when it is time. Used by one thread.

    Args:
        keeper: The spool.
        destination: For whom.
    """

    def __init__(self, keeper: Keeper, destination: str) -> None:
        self._keeper = keeper
        self._destination = destination
        self._parcels: Iterator[Parcel] | None = None
        self._next: Parcel | None = None
        self._put_back = self._again = False
        self._failures: dict[_Key, tuple[int, float]] = {}
        self._buried: dict[_Key, None] = {}
        self.due = 0.0

    def take(self, now: float) -> Parcel | None:
        """Return the next parcel; None when there is none left, or the spool fails."""
        parcel, self._next = self._next, None
        if parcel is None:
            parcel = self._fetched(now)
        if parcel is not None:
            self.due = now + PAUSE_SECONDS
        return parcel

    def look_ahead(self, now: float) -> None:
        """Fetch the parcel after one that was settled, so that :attr:`is_empty` is true as soon
        as the last one has arrived."""
        self._next = self._fetched(now)

    def _fetched(self, now: float) -> Parcel | None:
        try:
            if self._parcels is None:
                self._put_back = self._again = False
                self._parcels = iter(self._keeper.parcels(self._destination))
            parcel = next(self._parcels, None)
        except Exception as error:
            self._parcels, parcel, self._put_back = None, None, True
            self.due = now + LOOK_AGAIN_SECONDS
            caught("the spool's parcels()", error)
            return None
        if parcel is None:
            self._parcels = None
            # What was put back is not tried at once again: so many failures bury it.
            hurried = self._again and not self._put_back
            self.due = now if hurried else now + LOOK_AGAIN_SECONDS
        return parcel

    @property
    def is_empty(self) -> bool:
        """Whether the last look went through, nothing was put back, and nothing has come since."""
        return self._parcels is None and not (self._put_back or self._again)

    def failed(self, parcel: Parcel, now: float) -> tuple[int, float]:
        """Take note that *parcel* was not accepted.

        Returns:
            How often that was, and when for the first time.
        """
        self._put_back = True
        key = _key(parcel.spans[0]) if parcel.spans else None
        times, first = self._failures.pop(key, (0, now))
        self._failures[key] = (times + 1, first)
        if len(self._failures) > _MAX_REMEMBERED:
            del self._failures[next(iter(self._failures))]
        return times + 1, first

    def buried(self, spans: Sequence[ReadableSpan]) -> None:
        """Take note that *spans* of a parcel are dead letters, whatever becomes of its others."""
        for span in spans:
            self._buried[_key(span)] = None
        while len(self._buried) > _MAX_BURIED:
            del self._buried[next(iter(self._buried))]

    def pending(self, parcel: Parcel) -> list[ReadableSpan]:
        """Return the spans of *parcel* that are no dead letters yet."""
        return [span for span in parcel.spans if _key(span) not in self._buried]

    def look(self) -> None:
        """Look again as soon as there is time: something was kept, or the destination is back."""
        self.due = 0.0
        self._again = True

    def close(self) -> None:
        """Let go of what was claimed and not taken; the next look begins with the oldest."""
        parcels, self._parcels, self._next = self._parcels, None, None
        close = getattr(parcels, "close", None)
        if close is not None:
            close()


def _key(span: ReadableSpan) -> _Key:
    context = span.get_span_context()
    return None if context is None else (context.trace_id, context.span_id)
