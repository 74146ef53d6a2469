"""The exporter that writes one trace a session."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from typing import Final

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter

from otel_helisession.delivery.outcome import Outcome
from otel_helisession.finishing import without_content
from otel_helisession.guard import caught, logger
from otel_helisession.holding.at_end import AtEndExporter
from otel_helisession.holding.bounds import SETTLE_SECONDS, Bounds
from otel_helisession.session_trace.bounds import MAX_BYTES, MAX_REQUESTS, TraceBounds
from otel_helisession.session_trace.docket import TraceDocket
from otel_helisession.session_trace.recent import Fate
from otel_helisession.session_trace.spans import TraceSpan, is_ours
from otel_helisession.session_trace.told import Told
from otel_helisession.sessions import ending
from otel_helisession.sessions.value import Session


class SessionTraceExporter(AtEndExporter[TraceDocket]):
    """Writes one trace a session to *exporter*, so that Jaeger and Tempo show it as one tree.

    ``SessionSpanProcessor(SessionTraceExporter(OTLPSpanExporter()))``; in a pipeline of your own
    ``BatchSpanProcessor(SessionTraceExporter(OTLPSpanExporter()))`` beside a
    ``SessionSpanProcessor()`` that stamps.

    The root has the session's name; below it is one span a node of the path, from its first
    start to its last end, with its totals; and below that the requests, each linked to its
    original span, without message content. All ids follow from the session's (docs/
    session_trace.md). Spans without a session are left out.

    No backend replaces a span, so each is written once: requests when they end, nodes and the
    root when the session has ended, by one process. Until then their parents are missing. What
    comes later hangs under its node, and is in no total; the root says when they were taken.

    force_flush writes the nodes and roots of sessions that have ended; shutdown those of all,
    with ``helicone.session.trace.closed`` ``shutdown``. Nodes and roots are sent again while
    *exporter* fails, for five minutes; requests as long as the queue before this exporter does.

    Args:
        exporter: Where the trace goes. Owned from now on: shut down with this one.
        owner: Whether this process writes roots and nodes of sessions whose id it did not make.
            None: of those whose id was given, where a trace of theirs began here. False: of
            none, which is right for all but one of several processes that share a conversation.
            True: of every session that it sees end.
        max_requests: Spans of requests in a trace at most; others are counted in their node.
        max_bytes: Bytes of a trace at most, the same way.
        idle_seconds: When a session has ended that nobody ends, because its id was given.
        settle_seconds: How long an ended session waits for its last spans.

    Raises:
        TypeError: *exporter* cannot export, or *owner* is neither a bool nor None.
        ValueError: A number is too small.
    """

    HOLDS_SPANS = False  # what they say of a session is due only at its end

    def __init__(
        self,
        exporter: SpanExporter,
        *,
        owner: bool | None = None,
        max_requests: int = MAX_REQUESTS,
        max_bytes: int = MAX_BYTES,
        idle_seconds: float = ending.IDLE_SECONDS,
        settle_seconds: float = SETTLE_SECONDS,
    ) -> None:
        if owner is not None and not isinstance(owner, bool):
            raise TypeError(f"owner must be True, False or None, not {type(owner).__name__}")
        self._owner = owner
        self._bounds: Final = TraceBounds(max_requests, max_bytes)
        self._times: Final = Bounds(idle_seconds, settle_seconds)
        super().__init__(exporter)
        self.destination: Final = f"{type(self).__name__} {self._outlet.destination}"

    def _make_worklist(self) -> TraceDocket:
        idle, settle = self._times.idle_seconds, self._times.settle_seconds
        return TraceDocket(self._bounds, idle, settle, self._owner, self._outlet.name)

    def spooled(self, span: ReadableSpan) -> ReadableSpan:
        """Return what a spool may keep of *span*: no content, as none would be sent."""
        return span if is_ours(span) else without_content(span)

    def session_left(self, session: Session, over: bool) -> None:
        """Take note that a session() was left. A forked child may leave its parent's, too, which
        does not end it."""
        if over and session.id in ending.open_here:
            super().session_left(session, over)

    def deliver(self, spans: Sequence[ReadableSpan]) -> Outcome:
        """Send the requests among *spans*, and return what was not accepted; add all of them to
        their sessions' nodes."""
        told, again, odd = self._read(spans)
        with self._changed:
            if self._closed:
                return Outcome(refused=spans, reason="it was shut down before")
            calls: list[Sequence[ReadableSpan]] = list(self._worklist.sort(told, time.monotonic()))
            self._changed.notify_all()
            self._start()
        if again:
            calls.append(again)
        outcomes = [self._send(call) for call in calls]
        with self._changed:
            for call, outcome in zip(calls, outcomes, strict=True):
                self._settle(call, outcome)
        reasons = (outcome.reason for outcome in outcomes if outcome.reason)
        return Outcome(
            [_original(span) for outcome in outcomes for span in outcome.undelivered],
            [*odd, *(_original(span) for outcome in outcomes for span in outcome.refused)],
            "they cannot be read" if odd else next(reasons, ""),
            sum(outcome.rejected for outcome in outcomes),
        )

    def _read(
        self, spans: Sequence[ReadableSpan]
    ) -> tuple[list[Told], list[ReadableSpan], list[ReadableSpan]]:
        """Return what *spans* tell; those that are nodes, come back from a spool; and those that
        cannot be read, reported once: one odd span must not cost its batch."""
        told: list[Told] = []
        again: list[ReadableSpan] = []
        odd: list[ReadableSpan] = []
        for span in spans:
            try:
                if is_ours(span):
                    again.append(span)
                elif (one := Told.by(span)) is not None:
                    told.append(one)
            except Exception as error:
                caught("SessionTraceExporter.deliver", error)
                odd.append(span)
        return told, again, odd

    def _settle(self, call: Sequence[ReadableSpan], outcome: Outcome) -> None:
        left = {id(span) for span in (*outcome.undelivered, *outcome.refused)}
        self._worklist.settle((span for span in call if id(span) not in left), Fate.WRITTEN)
        self._worklist.settle(outcome.refused, Fate.LEFT_OUT)

    def _say_how_it_went(self, lost: int) -> None:
        made = self._worklist
        if made.requests or made.traces or lost:
            logger.log(
                logging.WARNING if lost else logging.INFO,
                "%s: %d requests in session traces, %d of which closed%s",
                self._outlet.name,
                made.requests,
                made.traces,
                f"; {lost} of their nodes did not arrive" if lost else "",
            )


def _original(span: ReadableSpan) -> ReadableSpan:
    """Return the span that was handed to us, of one that we sent."""
    return span.original if isinstance(span, TraceSpan) and span.original is not None else span
