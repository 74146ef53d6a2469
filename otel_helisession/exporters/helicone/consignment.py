"""The requests among the spans of one export: their logs, and which span each is of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from opentelemetry.sdk.trace import ReadableSpan

from otel_helisession.delivery.outcome import Outcome
from otel_helisession.exporters.helicone.already_logged import already_logged
from otel_helisession.exporters.helicone.batch import Batch
from otel_helisession.exporters.helicone.log import Log, LogWriter
from otel_helisession.finishing import finish
from otel_helisession.guard import caught

_UNWRITABLE = "it could not be written as a log"


class Consignment:
    """Writes the logs of *spans* one by one, and keeps which span each is of.

    Args:
        writer: Writes a log.
        spans: Those that are no requests, or are logged already, are left out.
    """

    def __init__(self, writer: LogWriter, spans: Sequence[ReadableSpan]) -> None:
        self._writer = writer
        self._spans = spans
        self._written: dict[str, ReadableSpan] = {}
        self._unwritable: list[ReadableSpan] = []

    def logs(self) -> Iterator[Log | None]:
        """Write the logs, one when the one before is on its way; None for a failure."""
        logged = self._logged()
        for span in self._spans:
            context = span.get_span_context()
            if context is None or context.span_id in logged:
                continue
            try:
                log = self._writer.write(finish(span, None, ()))
            except Exception as error:
                caught("writing a log for Helicone", error)
                self._unwritable.append(span)
                yield None
                continue
            if log is not None:
                self._written[log.id] = span
                yield log

    def _logged(self) -> frozenset[int]:
        try:
            return already_logged(self._spans)
        except Exception as error:  # an odd span costs the others nothing but this
            caught("finding calls that are logged twice", error)
            return frozenset()

    def outcome(self, batch: Batch) -> Outcome:
        """Return which spans *batch*, which is done, has not delivered, and which were refused."""
        refused = [*self._unwritable, *(self._written[log] for log in batch.refused)]
        undelivered = [
            span
            for log, span in self._written.items()
            if log not in batch.accepted and log not in batch.refused
        ]
        if batch.tally.dropped and not refused and not undelivered:
            undelivered = list(self._written.values())  # a span that was given twice
        reasons = [answer.sentence for answer in batch.refused.values()] or [_UNWRITABLE]
        return Outcome(undelivered, refused, f"Helicone {reasons[0]}" if refused else "")
