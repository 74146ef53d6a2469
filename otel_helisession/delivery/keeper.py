"""What delivery needs of a spool: to keep spans on disk, and to give them back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final, Protocol, runtime_checkable

from opentelemetry.sdk.trace import ReadableSpan

UNKNOWN_REASON: Final = "refused, reason unknown"
"""Why a foreign exporter's spans were given up, as far as it tells."""


class Parcel(Protocol):
    """Spans that were kept, claimed by this process until one of these methods is called."""

    @property
    def spans(self) -> Sequence[ReadableSpan]:
        """The spans."""

    def done(self) -> object:
        """Forget them: they have arrived."""

    def put_back(self) -> object:
        """Keep them for another time."""


@runtime_checkable
class Keeper(Protocol):
    """Keeps spans where they survive the process. Safe to call from several threads.

    None of the methods may raise; delivery catches what does, and counts the spans as lost.
    """

    def keep(self, destination: str, spans: Sequence[ReadableSpan]) -> bool:
        """Write *spans* durably, for *destination*; False when that could not be done."""

    def bury(self, destination: str, spans: Sequence[ReadableSpan], reason: str) -> bool:
        """Write *spans*, which *destination* will never take, to the dead letters."""

    def parcels(self, destination: str) -> Iterator[Parcel]:
        """Claim one after the other what was kept for *destination*, the oldest first."""

    def close(self) -> object:
        """Let other processes have what was kept. It may be asked to keep more afterwards."""


class ReducingKeeper:
    """A keeper of what an exporter's ``spooled(span)`` leaves of each span: no content comes to
    the disk that the exporter would not send.

    Args:
        keeper: Keeps it.
        spooled: Returns what may be kept of a span. What it raises, delivery catches.
    """

    def __init__(self, keeper: Keeper, spooled: Callable[[ReadableSpan], ReadableSpan]) -> None:
        self._keeper = keeper
        self._spooled = spooled

    def keep(self, destination: str, spans: Sequence[ReadableSpan]) -> bool:
        """Keep what is left of *spans*."""
        return self._keeper.keep(destination, [self._spooled(span) for span in spans])

    def bury(self, destination: str, spans: Sequence[ReadableSpan], reason: str) -> bool:
        """Bury what is left of *spans*."""
        return self._keeper.bury(destination, [self._spooled(span) for span in spans], reason)

    def parcels(self, destination: str) -> Iterator[Parcel]:
        """Claim what was kept for *destination*."""
        return self._keeper.parcels(destination)

    def close(self) -> object:
        """Let other processes have what was kept."""
        return self._keeper.close()
