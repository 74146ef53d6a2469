"""An exporter as its queue sees it: what it says about itself, and every call guarded."""

from __future__ import annotations

import inspect
import logging
import time
from collections.abc import Callable, Sequence
from types import MethodType
from typing import Any, Final

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

from otel_helisession.delivery.keeper import UNKNOWN_REASON
from otel_helisession.delivery.outcome import Outcome
from otel_helisession.delivery.rejections import Rejections
from otel_helisession.guard import once

_ALL_ACCEPTED: Final = Outcome()


class Outlet:
    """Calls *exporter*, and says what became of the spans.

    What an exporter may say by attributes of its class:

    ``packs_sessions``
        It takes spans of several sessions in one call.
    ``retries_itself``
        A failure is final: what could help has been tried.
    ``reports_itself``
        Its shutdown says what it has delivered.
    ``deliver(spans)``
        Beside ``retries_itself``: like ``export``, but it returns an :class:`Outcome`.
    ``spooled(span)``
        What a spool may keep of a span.
    ``give_back``
        An attribute for a function of spans and a reason, to be called with those that it has
        accepted and cannot deliver; the reason is empty if they may be sent another day.

    Attributes:
        destination: The stable name of where it sends.
        name: The name of its class, for messages.
        spooled: As above; None: all of a span.
        in_flight: How many spans are in a call that has not returned.
        on_sent: Told after each call how many seconds it took, and what came of it.
    """

    def __init__(self, exporter: SpanExporter, destination: str) -> None:
        self.exporter: Final = exporter
        self.destination: Final = destination
        self.name: Final = type(exporter).__name__
        self.packs: Final = getattr(exporter, "packs_sessions", False) is True
        self.reports: Final = getattr(exporter, "reports_itself", False) is True
        self.in_flight = 0
        self.on_sent: Callable[[float, Outcome], None] | None = None
        spooled: Any = getattr(exporter, "spooled", None)
        self.spooled: Callable[[ReadableSpan], ReadableSpan] | None = (
            spooled if isinstance(spooled, MethodType) else None  # and no mock
        )
        self._is_final = getattr(exporter, "retries_itself", False) is True
        deliver: Any = getattr(exporter, "deliver", None) if self._is_final else None
        self._deliver: Callable[[Sequence[ReadableSpan]], Outcome] | None = deliver
        self._rejections = Rejections(exporter) if deliver is None else None

    def send(self, spans: Sequence[ReadableSpan]) -> Outcome:
        """Export *spans*. Blocks for as long as the exporter does; never raises."""
        began = time.perf_counter()
        self.in_flight = len(spans)
        outcome = self._send(spans)
        self.in_flight = 0
        if self.on_sent is not None:
            self.on_sent(time.perf_counter() - began, outcome)
        return outcome

    def _send(self, spans: Sequence[ReadableSpan]) -> Outcome:
        try:
            if self._deliver is not None:
                return self._deliver(spans)
            if self._rejections is not None:
                self._rejections.begin()
            result = self.exporter.export(spans)
            if result is not SpanExportResult.FAILURE:
                self._check(result)
                return self._taken(spans)
        except Exception as error:
            self._report("failed to export", error, "They are sent again for a while")
        if self._is_final:
            return Outcome(refused=spans, reason=UNKNOWN_REASON)
        return Outcome(undelivered=spans)

    def flush(self, deadline: float) -> bool:
        """Flush the exporter itself; False when it fails or says so. Never raises."""
        try:
            return self.exporter.force_flush(_millis_until(deadline)) is not False
        except Exception as error:
            self._report("failed to flush", error, "Spans may be lost")
            return False

    def shut_down(self, deadline: float) -> bool:
        """Shut the exporter down, by *deadline* if it can keep one. Never raises.

        Returns:
            False when it says so, or fails: spans that it has accepted may be lost.
        """
        try:
            shutdown: Any = self.exporter.shutdown
            if "timeout_millis" in inspect.signature(shutdown).parameters:
                return shutdown(timeout_millis=_millis_until(deadline)) is not False
            return shutdown() is not False
        except Exception as error:
            self._report("failed to shut down", error, "Spans may be lost")
            return False

    def _taken(self, spans: Sequence[ReadableSpan]) -> Outcome:
        """Return what became of *spans* in a call that was a success, perhaps in parts."""
        if self._rejections is None:
            return _ALL_ACCEPTED
        rejected, said = self._rejections.end(self.name, len(spans))
        reason = f"rejected: {said}" if said else "rejected"
        if rejected >= len(spans) > 0:
            return Outcome(refused=spans, reason=reason)
        return Outcome(rejected=rejected, reason=reason) if rejected > 0 else _ALL_ACCEPTED

    def _check(self, result: object) -> None:
        """Warn of an exporter that says nothing: to send its spans again would double them."""
        if result is not SpanExportResult.SUCCESS:
            once(
                ("exporter", self.name, "result"),
                logging.WARNING,
                "%s.export() returned %r, neither SUCCESS nor FAILURE; it is taken for a success",
                self.name,
                result,
            )

    def _report(self, what: str, error: Exception, then: str) -> None:
        once(
            ("exporter", self.name, what, type(error)),
            logging.ERROR,
            "%s %s: %s: %s. %s; your program is not affected.",
            self.name,
            what,
            type(error).__name__,
            error,
            then,
        )


def _millis_until(deadline: float) -> int:
    return max(0, int((deadline - time.monotonic()) * 1_000))
