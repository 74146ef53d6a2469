"""The exporter: requests of sessions to Helicone's logging endpoint."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

from otel_helisession.delivery.outcome import Outcome
from otel_helisession.environment import disabled
from otel_helisession.exporters.helicone.answer import Answer
from otel_helisession.exporters.helicone.batch import LATE, Batch, Tally
from otel_helisession.exporters.helicone.consignment import Consignment
from otel_helisession.exporters.helicone.endpoint import resolve_endpoint
from otel_helisession.exporters.helicone.key import resolve_key
from otel_helisession.exporters.helicone.log import LogWriter
from otel_helisession.exporters.helicone.plumbing import check_include
from otel_helisession.exporters.helicone.sender import Sender
from otel_helisession.finishing import SUFFIX, captures_content, without_content
from otel_helisession.guard import caught, logger, once

DEFAULT_CONNECTIONS: Final = 32
"""At 50 ms of latency 640 logs a second: more than an agent makes, and few for a server."""

DEFAULT_TIMEOUT_SECONDS: Final = 30.0
"""Longest export of a batch, retries included: the BatchSpanProcessor's own export timeout."""

DEFAULT_SHUTDOWN_MILLIS: Final = 30_000

_GRACE_SECONDS: Final = 0.2
"""How long after its deadline shutdown waits for exports to return that have just given up."""


class HeliconeSpanExporter(SpanExporter):
    """Logs the LLM, tool, vector and data requests of sessions in Helicone.

    For a ``SessionSpanProcessor`` or a stock ``BatchSpanProcessor``; never for a
    SimpleSpanProcessor, because :meth:`export` blocks until Helicone has answered. Spans
    without a session, and calls that a Helicone gateway has logged already, are left out.
    Safe to use from several threads; threads start with the first log.

    Args:
        api_key: Helicone's API key; None reads ``HELICONE_API_KEY``. Never written anywhere.
        endpoint: The full URL of a logging endpoint, used as it is; None reads
            ``HELISESSION_HELICONE_ENDPOINT``, else Helicone's cloud, whose region the key
            tells. Self-hosted: ``http://localhost:8585/v1/trace/custom/log``.
        include: Plumbing that shall be rows, too: any of ``"structure"`` (steps, agents,
            workflows), ``"http"``, ``"db"``. Each adds one to a session's requests.
        capture_content: False leaves out messages, arguments, results, queries and data.
            Error text stays. None reads ``HELISESSION_CAPTURE_CONTENT``.
        max_connections: Most parallel connections, at least 1.
        timeout_seconds: Longest export of a batch, retries included. What is not accepted
            by then is dropped and counted.

    Raises:
        TypeError: An argument has the wrong type.
        ValueError: There is no key, or an argument or variable has a value that is not
            accepted. The message never holds the key.
    """

    packs_sessions = True
    """Batches may hold several sessions: each log says its own."""

    reports_itself = True
    """shutdown() says what became of the logs; of spans there are more."""

    retries_itself = True
    """deliver() tells what Helicone may still take from what it has refused for good."""

    def __init__(
        self,
        api_key: str | None = None,
        endpoint: str | None = None,
        *,
        include: Iterable[str] = (),
        capture_content: bool | None = None,
        max_connections: int = DEFAULT_CONNECTIONS,
        timeout_seconds: float = DEFAULT_TIMEOUT_SECONDS,
    ) -> None:
        self._key = resolve_key(api_key)
        self._endpoint = resolve_endpoint(endpoint)
        if isinstance(max_connections, bool) or not isinstance(max_connections, int):
            raise TypeError(f"max_connections must be an int, not {type(max_connections).__name__}")
        if max_connections < 1:
            raise ValueError(f"max_connections is {max_connections}; it must be at least 1")
        if not 0 < timeout_seconds < float("inf"):
            raise ValueError(f"timeout_seconds is {timeout_seconds!r}; it must be above 0")
        self._has_content = captures_content(capture_content)
        self._writer = LogWriter(self._endpoint, check_include(include), self._has_content)
        self._limit = max_connections
        self._timeout = timeout_seconds
        self._tally = Tally()
        self._reported = 0
        self._closed = False
        self._restart()

    def __repr__(self) -> str:
        return f"HeliconeSpanExporter({self._key!r}, {self._endpoint.shown!r})"

    def _restart_after_fork(self) -> None:
        if self._process != os.getpid():
            self._parents = self._sender  # kept: to delete it would close what the parent uses
            self._restart()

    def _restart(self) -> None:
        """Start with no thread and no connections: after a fork they are the parent's."""
        self._process = os.getpid()
        self._running = 0
        self._changed = threading.Condition()
        self._sender = Sender(self._endpoint, self._key, self._limit)

    @property
    def destination(self) -> str:
        """The name under which a spool keeps what is for this endpoint."""
        shown = f"HeliconeSpanExporter {self._endpoint.shown}"
        return shown if self._has_content else shown + SUFFIX

    def spooled(self, span: ReadableSpan) -> ReadableSpan:
        """Return what a spool may keep of *span*."""
        return span if self._has_content else without_content(span)

    @property
    def tally(self) -> Tally:
        """How many logs Helicone has accepted, and how many were dropped, so far."""
        return self._tally

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Send the requests among *spans*, in parallel, and wait for all answers.

        Returns:
            SUCCESS when Helicone accepted every one of them; FAILURE otherwise, and then
            those are dropped, counted, and one log line a cause says what to do.
        """
        if disabled():
            return SpanExportResult.SUCCESS
        if self._closed:
            once(
                ("helicone", "closed"),
                logging.WARNING,
                "HeliconeSpanExporter is shut down; spans that still come are dropped",
            )
            return SpanExportResult.FAILURE
        outcome = self._send(spans, self._report_dropped, is_final=True)
        accepted = outcome is not None and outcome.accepted
        return SpanExportResult.SUCCESS if accepted else SpanExportResult.FAILURE

    def deliver(self, spans: Sequence[ReadableSpan]) -> Outcome:
        """Send the requests among *spans* like :meth:`export`, for somebody who tries again
        later what could not be delivered now: that is not dropped, so it is not counted.

        Returns:
            What Helicone did not take yet, and what it refused, with the reason.
        """
        if disabled():
            return Outcome()
        outcome = None if self._closed else self._send(spans, self._report, is_final=False)
        return Outcome(undelivered=spans) if outcome is None else outcome

    def force_flush(self, timeout_millis: int = DEFAULT_SHUTDOWN_MILLIS) -> bool:
        """Wait until nothing is under way.

        Returns:
            True when that was in time, and no log was dropped since the last flush.
        """
        self._restart_after_fork()
        with self._changed:
            idle = self._changed.wait_for(lambda: not self._running, timeout_millis / 1_000)
            fresh, self._reported = self._tally.dropped - self._reported, self._tally.dropped
        return idle and fresh == 0

    def shutdown(self, timeout_millis: float = DEFAULT_SHUTDOWN_MILLIS) -> None:
        """Finish what is under way, within *timeout_millis*, and close. One log line.

        What is not accepted by then is dropped and counted.
        """
        if self._closed:
            return
        self._closed = True
        self._restart_after_fork()
        deadline = time.monotonic() + max(0.0, timeout_millis / 1_000)
        self._sender.hurry(deadline)
        with self._changed:
            self._changed.wait_for(
                lambda: not self._running, max(0.0, deadline - time.monotonic()) + _GRACE_SECONDS
            )
        self._sender.close()
        tally = self._tally
        if tally.dropped:
            logger.warning(
                "HeliconeSpanExporter: %d logs accepted, %d dropped", tally.accepted, tally.dropped
            )
        elif tally.accepted:
            logger.info("HeliconeSpanExporter: all %d logs accepted", tally.accepted)

    def _send(
        self,
        spans: Sequence[ReadableSpan],
        report: Callable[[Answer], None],
        *,
        is_final: bool,
    ) -> Outcome | None:
        """Send the requests among *spans*; None when that failed, which is reported.

        Args:
            spans: What to send.
            report: Is told why a log was not accepted.
            is_final: Whether what could not be delivered counts as dropped.
        """
        self._restart_after_fork()
        with self._changed:
            self._running += 1
        consignment = Consignment(self._writer, spans)
        batch = Batch(consignment.logs(), time.monotonic() + self._timeout, report)
        try:
            self._sender.send(batch)
            if batch.error is not None:
                raise batch.error
            return consignment.outcome(batch)
        except Exception as error:
            caught("HeliconeSpanExporter.export", error)
            return None
        finally:
            tally = batch.tally
            if not is_final:
                refused = len(consignment.outcome(batch).refused)
                tally = Tally(tally.accepted, refused)
            with self._changed:
                self._running -= 1
                self._tally += tally
                self._changed.notify_all()

    def _report_dropped(self, answer: Answer) -> None:
        self._report(answer, "dropped and counted")

    def _report(self, answer: Answer, fate: str | None = None) -> None:
        if fate is None:
            is_late = answer.verdict == "retry" or answer is LATE
            fate = "sent again later" if is_late else "dropped and counted"
        once(
            ("helicone", self._endpoint.shown, answer.cause),
            logging.ERROR if answer.verdict == "refused" else logging.WARNING,
            "HeliconeSpanExporter: %s %s. Logs that this concerns are %s; further "
            "ones of this kind are not reported.",
            self._endpoint.shown,
            answer.sentence,
            fate,
        )
