"""What a shutdown says: one line a destination, how it went."""

from __future__ import annotations

from otel_helisession.delivery.queue import ExporterQueue
from otel_helisession.guard import logger


def report(queue: ExporterQueue, dropped: int) -> None:
    """Log what became of the spans that *queue* was given, and of those that did not reach it.

    Of an exporter that reports itself only what it does not know is told.

    Args:
        queue: A queue that has been shut down.
        dropped: How many spans were dropped before it.
    """
    tally = queue.tally
    itself = queue.outlet.reports
    accepted, refused = (0, 0) if itself else (tally.accepted, tally.refused + tally.buried)
    dropped += tally.dropped
    kept = f", {tally.kept} kept in the spool" if tally.kept else ""
    if tally.resent and not itself:
        kept += f", {tally.resent} delivered out of the spool"
    if refused or dropped or tally.in_spool:
        logger.warning(
            "%s: %d spans delivered, %d refused, %d dropped%s",
            queue.outlet.name,
            accepted,
            refused,
            dropped,
            kept,
        )
    elif accepted or kept:
        logger.info("%s: all %d spans delivered%s", queue.outlet.name, accepted, kept)
