"""The exporter that holds each session until it has ended, and keeps or drops it whole."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from typing import Final

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter

from otel_helisession.delivery.outcome import Outcome
from otel_helisession.guard import logger
from otel_helisession.holding.at_end import AtEndExporter
from otel_helisession.holding.bounds import MAX_BYTES, MAX_SPANS, SETTLE_SECONDS, Bounds
from otel_helisession.holding.decisions import Decisions
from otel_helisession.holding.docket import Docket
from otel_helisession.holding.whole import WholeSession
from otel_helisession.sessions import ending


class WholeSessionExporter(AtEndExporter[Docket]):
    """Holds each session until it ends, then hands all of it to *exporter*, or nothing.

    ``SessionSpanProcessor(WholeSessionExporter(OTLPSpanExporter(), keep=Keep(errors=True)))``;
    in a pipeline of your own
    ``BatchSpanProcessor(SessionSpanExporter(WholeSessionExporter(OTLPSpanExporter())))``. Spans
    without a session pass at once. Spans that come after the decision follow it.

    force_flush decides and delivers the sessions that have ended, and is False as long as
    spans of others are held: nobody has accepted them. shutdown decides all of them as they
    are. A session that was kept is sent again while *exporter* fails, for five minutes.

    Args:
        exporter: Where sessions go. Owned from now on: shut down with this one.
        keep: Told a WholeSession, in the background, returns whether to keep it: a Keep, or a
            function of yours. One that raises keeps the session. None keeps all.
        idle_seconds: When a session has ended that nobody ends, because its id was given.
        settle_seconds: How long an ended session waits for its last spans.
        max_spans: Spans that are held at most. Beyond, the sessions that ended, and then those
            that have been quiet for longest, are decided early, as they are.
        max_bytes: Their size at most, as estimated from the lengths of texts.

    Raises:
        TypeError: *exporter* cannot export, or *keep* cannot be called.
        ValueError: A number is too small.
    """

    HOLDS_SPANS = True

    def __init__(
        self,
        exporter: SpanExporter,
        *,
        keep: Callable[[WholeSession], bool] | None = None,
        idle_seconds: float = ending.IDLE_SECONDS,
        settle_seconds: float = SETTLE_SECONDS,
        max_spans: int = MAX_SPANS,
        max_bytes: int = MAX_BYTES,
    ) -> None:
        if keep is not None and not callable(keep):
            raise TypeError(f"keep must be a function of a session, not {type(keep).__name__}")
        self._bounds: Final = Bounds(idle_seconds, settle_seconds, max_spans, max_bytes)
        self._decisions: Final = Decisions(keep)
        super().__init__(exporter)
        self.destination: Final = self._outlet.destination
        self.spooled: Final = self._outlet.spooled

    def _make_worklist(self) -> Docket:
        self._decisions.forget_counts()
        return Docket(self._bounds, self._decisions, self._outlet.name)

    def deliver(self, spans: Sequence[ReadableSpan]) -> Outcome:
        """Hold the *spans* of sessions, and export the others; return what was not accepted."""
        with self._changed:
            if self._closed:
                return Outcome(refused=spans, reason="it was shut down before")
            passing = self._worklist.sort(spans, time.monotonic())
            self._changed.notify_all()
            self._start()
        outcomes = [self._send(group) for group in passing]
        return Outcome(
            [span for outcome in outcomes for span in outcome.undelivered],
            [span for outcome in outcomes for span in outcome.refused],
            next((outcome.reason for outcome in outcomes if outcome.reason), ""),
            sum(outcome.rejected for outcome in outcomes),
        )

    def _say_how_it_went(self, lost: int) -> None:
        made = self._decisions
        if made.kept or made.dropped or lost:
            logger.log(
                logging.WARNING if lost else logging.INFO,
                "%s: %d sessions kept, %d dropped%s",
                self._outlet.name,
                made.kept,
                made.dropped,
                f"; {lost} spans of kept sessions did not arrive" if lost else "",
            )
