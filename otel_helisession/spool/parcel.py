"""Parcel: spans that were kept together, claimed by this process until it says what became of
them."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Literal

from opentelemetry.sdk.trace import ReadableSpan

from otel_helisession.guard import once
from otel_helisession.spool.payload import unpack
from otel_helisession.spool.segment import Segment

Fate = Literal["open", "done", "put back"]


class Parcel:
    """Spans to be delivered again. Settle it before you ask for the next one.

    One that is not done then has been put back.

    Attributes:
        destination: Where they shall go.
        spans: The spans, as they were kept.
    """

    def __init__(
        self,
        destination: str,
        spans: Sequence[ReadableSpan],
        segment: Segment,
        offset: int,
    ) -> None:
        self.destination = destination
        self.spans = spans
        self._segment = segment
        self._offset = offset
        self.fate: Fate = "open"

    def __repr__(self) -> str:
        return f"Parcel({self.destination!r}, {len(self.spans)} spans, {self.fate})"

    def done(self) -> None:
        """Say that the destination has taken it: it will not come again.

        Where that cannot be noted, as on a full disk, and the process dies before it has
        emptied the file, it does come again.

        Raises:
            RuntimeError: It was put back before.
        """
        if self.fate == "put back":
            raise RuntimeError("this parcel was put back; settle each before asking for the next")
        if self.fate == "done":
            return
        self.fate = "done"
        try:
            self._segment.settle(self._offset)
        except OSError as error:
            once(
                ("spool", "settle", error.errno),
                logging.INFO,
                "%s cannot be marked (%s): if this process is killed now, spans are sent twice",
                self._segment.path,
                error.strerror or error,
            )

    def put_back(self) -> None:
        """Leave it for another time, or another process."""
        if self.fate == "open":
            self.fate = "put back"


def parcels_in(
    segment: Segment,
    destination: str,
    note_damage: Callable[[Path, int], object],
) -> Iterator[Parcel]:
    """Yield the parcels in *segment*, and delete the file when all of them are settled.

    Args:
        segment: A file that this process holds. Not released.
        destination: Whose it is.
        note_damage: Told of the file, and how many stretches of it cannot be read.
    """
    damaged = 0
    unsettled = 1
    try:
        pending, damaged = segment.pending()
        unsettled = len(pending)
        for found in pending:
            try:
                spans = unpack(found.content)
            except ValueError:
                damaged += 1
                unsettled -= 1
                continue
            parcel = Parcel(destination, spans, segment, found.offset)
            try:
                yield parcel
            finally:
                parcel.put_back()
                unsettled -= parcel.fate == "done"
    finally:
        if damaged:
            note_damage(segment.path, damaged)
        if not unsettled:
            with suppress(OSError):
                segment.remove()
