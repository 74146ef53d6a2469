"""Resending: parcels out of a spool, through an exporter, and what came of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Final

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter

from otel_helisession.delivery.outlet import Outlet
from otel_helisession.delivery.settings import DeliverySettings
from otel_helisession.delivery.suppression import suppressed
from otel_helisession.spool.parcel import Parcel
from otel_helisession.spool.spool import Spool

_MOST_FAILURES: Final = 3
"""Parcels that may fail one after the other. One may be at fault itself, three hardly; and each
can take the exporter's whole timeout."""


@dataclass(slots=True)
class Resent:
    """What came of the spans of one destination.

    Attributes:
        sent: It has them now.
        buried: It refused them for good: they are dead letters now.
        failed: It did not take them: they are in the spool, as before.
        rejected: It took their call, and not them; it did not say which they are.
        gave_up: Whether some were not even tried, because all before them had failed.
    """

    sent: int = 0
    buried: int = 0
    failed: int = 0
    rejected: int = 0
    gave_up: bool = False


def resend(
    spool: Spool, destination: str, exporter: SpanExporter, progress: Callable[[int], object]
) -> Resent:
    """Send what *spool* holds for *destination* by *exporter*, oldest first.

    Args:
        spool: Where the spans are, and where those stay that are not taken.
        destination: Whose they are.
        exporter: Where they go. Not shut down.
        progress: Told of so many more spans that have been tried.
    """
    outlet = Outlet(exporter, destination)
    resent = Resent()
    failures = 0
    with suppressed(), closing(spool.parcels(destination)) as parcels:
        for parcel in parcels:
            if failures >= _MOST_FAILURES:
                resent.gave_up = True
                break
            left = _send(spool, outlet, parcel, resent)
            failures = failures + 1 if len(left) == len(parcel.spans) else 0
            _settle(spool, parcel, left)
            progress(len(parcel.spans))
    return resent


def _send(spool: Spool, outlet: Outlet, parcel: Parcel, resent: Resent) -> Sequence[ReadableSpan]:
    """Send *parcel* in batches until one fails, and return what has found no place."""
    limit = DeliverySettings.from_environment().max_export_batch_size
    left = list(parcel.spans)
    stuck: list[ReadableSpan] = []
    while left and not stuck:
        batch, left = left[:limit], left[limit:]
        outcome = outlet.send(batch)
        stuck = list(outcome.undelivered)
        if not spool.bury(outlet.destination, outcome.refused, outcome.reason):
            stuck += outcome.refused
        else:
            resent.buried += len(outcome.refused)
        resent.rejected += outcome.rejected
        resent.sent += len(batch) - outcome.missing
    resent.failed += len(stuck) + len(left)
    return stuck + left


def _settle(spool: Spool, parcel: Parcel, left: Sequence[ReadableSpan]) -> None:
    """Have the spool keep of *parcel* what is *left*; all of it where that fails."""
    is_part = len(left) < len(parcel.spans)
    if is_part and spool.keep(parcel.destination, left):
        parcel.done()
    else:
        parcel.put_back()
