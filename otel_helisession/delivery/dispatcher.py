"""Carries out what an agenda says: sends, resends, gives up. One thing at a time."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Sequence

from opentelemetry.sdk.trace import ReadableSpan

from otel_helisession.delivery.agenda import Agenda, FlushExporter, GiveUp, Resend, Send
from otel_helisession.delivery.bundle import Bundle
from otel_helisession.delivery.keeper import UNKNOWN_REASON, Parcel
from otel_helisession.delivery.leftovers import Leftovers
from otel_helisession.delivery.outcome import Outcome
from otel_helisession.delivery.outlet import Outlet
from otel_helisession.delivery.resending import BURY_AFTER_SECONDS, MAX_TRIES, Resending
from otel_helisession.guard import once


class Dispatcher:
    """Calls the exporter, and tells agenda and leftovers what has come of it.

    Used by one thread, but for :meth:`abandon`.

    Args:
        outlet: The exporter.
        agenda: Says what to do; *changed* is held around each call of it.
        changed: Notified after each task.
        leftovers: Where spans go that do not arrive.
        spool: What is to be resent; None: there is no spool.
        max_batch: Spans in one call, at most.
    """

    def __init__(
        self,
        outlet: Outlet,
        agenda: Agenda,
        changed: threading.Condition,
        leftovers: Leftovers,
        spool: Resending | None,
        max_batch: int,
    ) -> None:
        self._outlet = outlet
        self._agenda = agenda
        self._changed = changed
        self._leftovers = leftovers
        self._spool = spool
        self._max_batch = max_batch
        self._unsettled: Sequence[ReadableSpan] = ()
        self._is_abandoned = False

    def carry_out(self, task: Send | GiveUp | FlushExporter | Resend) -> None:
        """Do *task*. Blocks for as long as the exporter or the disk does."""
        if isinstance(task, Send):
            self._send(task)
        elif isinstance(task, GiveUp):
            self._give_up(task.bundles)
        elif isinstance(task, FlushExporter):
            flushed = self._outlet.flush(task.deadline)
            with self._changed:
                self._agenda.exporter_flushed(flushed)
                self._changed.notify_all()
        elif self._spool is not None:
            self._resend(self._spool)

    def abandon(self) -> Sequence[ReadableSpan]:
        """Wait no longer for an export under way, and return the spans that hang in it."""
        with self._changed:
            self._is_abandoned = True
            stuck, self._unsettled = self._unsettled, ()
            return stuck

    def put_back(self) -> None:
        """Have a batch sent again that an unforeseen error has interrupted."""
        with self._changed:
            expired, homeless = self._agenda.settle(self._agenda.in_flight, time.monotonic())
            self._unsettled = ()
            self._changed.notify_all()
        self._give_up(expired)
        self._leftovers.overflow(homeless)

    def _send(self, task: Send) -> None:
        """Send a batch, and put back what has failed."""
        spans = [span for bundle in task.bundles for span in bundle.spans]
        left = self._export(spans, task.limit, resent=False)
        for bundle in task.bundles:
            own = {id(span) for span in bundle.spans} if left else ()
            bundle.reduce([span for span in left if id(span) in own])
        rest = [bundle for bundle in task.bundles if bundle.spans]
        with self._changed:
            if self._is_abandoned:
                return
            self._unsettled = ()
            expired, homeless = self._agenda.settle(rest, time.monotonic())
            self._changed.notify_all()
        self._give_up(expired)
        self._leftovers.overflow(homeless)

    def _export(
        self, spans: Sequence[ReadableSpan], limit: int, *, resent: bool
    ) -> Sequence[ReadableSpan]:
        """Export *spans* in parts until one fails, and return what has not arrived: first what
        was not tried, so that the next attempt begins elsewhere. Out of the spool also what was
        refused and could not be buried: it must stay there."""
        left, unburied = list(spans), list[ReadableSpan]()
        while left:
            part = left[:limit]
            self._unsettled = () if resent else left
            outcome = self._outlet.send(part)
            left = [*left[limit:], *outcome.undelivered]
            with self._changed:
                if self._is_abandoned and not resent:
                    return ()
                self._unsettled = () if resent else left
                self._note(outcome, len(part))
            self._leftovers.arrived(len(part) - outcome.missing, resent)
            buried = self._leftovers.refuse(outcome.refused, outcome.reason, resent)
            if resent and self._spool is not None:
                if buried:
                    self._spool.buried(outcome.refused)
                else:
                    unburied += outcome.refused
            self._leftovers.rejected(outcome.rejected)
            if outcome.undelivered:
                break
        return [*left, *unburied]

    def _note(self, outcome: Outcome, size: int) -> None:
        """Tell the breaker whether the destination has answered."""
        now, breaker = time.monotonic(), self._agenda.breaker
        if len(outcome.undelivered) < size:
            if breaker.state != "closed" and self._spool is not None:
                self._spool.look()
            breaker.accepted(now)
        elif breaker.failed(now):
            once(
                ("queue", "down", self._outlet.destination),
                logging.WARNING,
                "%s has failed %d times in a row; it is tried again now and then, and spans wait",
                self._outlet.name,
                breaker.failures,
            )

    def _give_up(self, bundles: Sequence[Bundle]) -> None:
        """Let go of what is too old. If the destination has taken other spans meanwhile it is
        these that it refuses; otherwise it is down, and may take them another day."""
        for bundle in bundles:
            with self._changed:
                others = self._agenda.breaker.accepted_since(bundle.failed_at or bundle.since)
            if others or not self._leftovers.can_keep:
                self._leftovers.refuse(bundle.spans, UNKNOWN_REASON)
            else:
                self._leftovers.keep(bundle.spans)

    def _resend(self, spool: Resending) -> None:
        """Send one parcel out of the spool."""
        parcel = spool.take(time.monotonic())
        if parcel is not None:
            with self._changed:
                self._agenda.breaker.begin()
            left = self._export(spool.pending(parcel), self._max_batch, resent=True)
            if left:
                self._keep_on(spool, parcel)
                return
            parcel.done()
            spool.look_ahead(time.monotonic())
        if spool.is_empty:
            self._leftovers.spool_is_empty()

    def _keep_on(self, spool: Resending, parcel: Parcel) -> None:
        """Keep a parcel for another time, whole, because each span in it may be sent again; or
        bury it: it is at fault itself."""
        now = time.monotonic()
        tries, since = spool.failed(parcel, now)
        is_at_fault = (
            tries >= MAX_TRIES
            and now - since >= BURY_AFTER_SECONDS
            and self._agenda.breaker.accepted_since(since)
        )
        if is_at_fault and self._leftovers.refuse(spool.pending(parcel), UNKNOWN_REASON, True):
            parcel.done()
        else:
            parcel.put_back()
            if self._agenda.breaker.state != "closed":
                spool.close()
                spool.look()
