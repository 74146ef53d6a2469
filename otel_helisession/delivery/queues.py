"""The queues of all destinations, as one: each independent, flushed and ended together."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import Final

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter

from otel_helisession.delivery.destination import destination_names
from otel_helisession.delivery.inherited import renew_connections
from otel_helisession.delivery.keeper import Keeper
from otel_helisession.delivery.queue import ExporterQueue
from otel_helisession.delivery.report import report
from otel_helisession.delivery.settings import DeliverySettings

_DELIVERING: Final = 0.8
"""The part of shutdown's time that is for delivering. The rest is for closing the exporters,
so that one destination that hangs does not keep the others from closing in order."""


class Queues:
    """A queue for each of the *exporters*.

    Args:
        exporters: Where spans go.
        settings: Bounds and times.
        keeper: The spool that all of them use; None: there is none.
    """

    def __init__(
        self,
        exporters: Sequence[SpanExporter],
        settings: DeliverySettings,
        keeper: Keeper | None,
    ) -> None:
        self._keeper = keeper
        self._queues = tuple(
            ExporterQueue(exporter, settings, name, keeper)
            for exporter, name in zip(exporters, destination_names(exporters), strict=True)
        )

    def __iter__(self) -> Iterator[ExporterQueue]:
        return iter(self._queues)

    @property
    def waiting(self) -> int:
        """How many spans wait or are on their way, once for each destination."""
        return sum(queue.waiting for queue in self._queues)

    @property
    def missing(self) -> int:
        """How many spans were not accepted, and do not wait for it any more."""
        return sum(tally.lost + tally.kept for tally in (queue.tally for queue in self._queues))

    @property
    def is_complete(self) -> bool:
        """Whether every span was accepted, or waits, and no exporter has lost any since."""
        return all(
            queue.ended_well and not (tally.lost or tally.in_spool)
            for queue, tally in ((queue, queue.tally) for queue in self._queues)
        )

    def restart(self) -> None:
        """Start anew with nothing, in a forked child."""
        for queue in self._queues:
            renew_connections(queue.outlet.exporter)
            queue.restart()

    def put(self, session_id: str | None, spans: Sequence[ReadableSpan], weight: int) -> None:
        """Queue *spans* of one session everywhere."""
        for queue in self._queues:
            queue.put(session_id, spans, weight)

    def cut(self, session_id: str) -> None:
        """Give up what waits of a session that has lost spans on the way here."""
        for queue in self._queues:
            queue.cut(session_id)

    def flush(self, deadline: float) -> bool:
        """Have everything that waits tried now; True when all was accepted by *deadline*."""
        for queue in self._queues:
            queue.begin_flush(deadline)
        accepted = [queue.end_flush(deadline) for queue in self._queues]
        return all(accepted)

    def drain(self, deadline: float) -> None:
        """Have everything delivered, as far as that can be by a part of the time left."""
        now = time.monotonic()
        delivering = now + max(0.0, deadline - now) * _DELIVERING
        for queue in self._queues:
            queue.begin_drain()
        for queue in self._queues:
            queue.end_drain(delivering)

    def close(self, deadline: float) -> None:
        """Stop threads and exporters, and keep or count what is left, by *deadline*."""
        for queue in self._queues:
            queue.close(deadline)
        for queue in self._queues:
            queue.join(deadline)
        if self._keeper is not None:
            self._keeper.close()

    def report(self, dropped: int) -> None:
        """Log how it went, a line each, with the spans that were *dropped* on the way here."""
        for queue in self._queues:
            report(queue, dropped)
