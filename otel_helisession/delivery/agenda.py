"""What a queue does next: send, probe, wait, flush, give up. No thread, lock or clock in here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from otel_helisession.delivery.backlog import Backlog
from otel_helisession.delivery.backoff import HURRIED_SECONDS, Backoff
from otel_helisession.delivery.breaker import Breaker
from otel_helisession.delivery.bundle import Bundle
from otel_helisession.delivery.settings import DeliverySettings

PROBE_SPANS: Final = 64
"""Spans in the first call after a pause, at most: enough to see, and little to lose."""

_LOOK_SECONDS: Final = 1.0
"""How often it is looked whether spans have become too old, while nothing is sent."""


@dataclass(frozen=True, slots=True)
class Send:
    """Send these, in parts of so many spans. Each part goes on only if the last was taken."""

    bundles: Sequence[Bundle]
    limit: int


@dataclass(frozen=True, slots=True)
class GiveUp:
    """Try these no more: they have become too old."""

    bundles: Sequence[Bundle]


@dataclass(frozen=True, slots=True)
class FlushExporter:
    """Flush the exporter itself: all else that a flush wants is done."""

    deadline: float


@dataclass(frozen=True, slots=True)
class Resend:
    """Send something out of the spool."""


@dataclass(frozen=True, slots=True)
class Wait:
    """Do nothing for so many seconds; None: until something comes."""

    seconds: float | None


Task = Send | GiveUp | FlushExporter | Resend | Wait


class Agenda:
    """The backlog of one destination, whether it may be called, and who waits for what.

    Its owner holds a lock around each call, and carries the tasks out one at a time.

    Args:
        settings: Bounds and times.
        packs: Whether several sessions may share a call.
        can_keep: Whether what is given up goes to a spool.
    """

    def __init__(self, settings: DeliverySettings, packs: bool, can_keep: bool) -> None:
        self.backlog = Backlog(settings.max_queue_size, settings.max_queue_bytes)
        self.breaker = Breaker()
        self.in_flight: Sequence[Bundle] = ()
        self._settings = settings
        self._packs = packs
        self._can_keep = can_keep
        self._backoff = Backoff()
        self._draining = False
        self._round = self._mark = 0
        self._flush_by: float | None = None
        self._flushed = True
        self._look_at = 0.0

    @property
    def waiting(self) -> int:
        """How many spans wait or are on their way."""
        return self.backlog.spans + sum(map(len, self.in_flight))

    def next(self, now: float, resend_due: float | None) -> Task:
        """Return what to do now.

        Args:
            now: The time.
            resend_due: When something may be taken out of the spool; None: there is none.
        """
        expired = self._expired(now)
        if expired:
            return GiveUp(expired)
        if self._flush_by is not None and not self._has_untried():
            return FlushExporter(self._flush_by)
        if not self.breaker.is_ready(now):
            self.exporter_flushed(False)
            rest = max(0.0, self.breaker.ready_at - now)
            return Wait(min(rest, _LOOK_SECONDS) if self.backlog else rest)
        bundles, limit = self._take(now)
        if bundles:
            self.in_flight = bundles
            self.breaker.begin()
            return Send(bundles, limit)
        return self._idle(now, None if self._draining else resend_due)

    def settle(self, bundles: Sequence[Bundle], now: float) -> tuple[list[Bundle], list[Bundle]]:
        """Take note that the batch is over, and that *bundles* of it have failed.

        Returns:
            What has become too old, and what has no place any more.
        """
        self.in_flight = ()
        expired: list[Bundle] = []
        homeless: list[Bundle] = []
        for bundle in bundles:
            bundle.attempts += 1
            bundle.round = self._round
            bundle.due = now + self._backoff.pause(bundle.attempts)
            if bundle.failed_at is None:
                bundle.failed_at = now
            if now - bundle.failed_at >= self._settings.retry_for_seconds:
                expired.append(bundle)
            else:
                homeless += self.backlog.put_back(bundle)
        return expired, homeless

    def begin_flush(self, now: float, deadline: float) -> None:
        """Have everything that waits tried once more. While the destination is down, a probe."""
        self._round += 1
        self._mark = self.backlog.last
        self._flush_by = deadline
        self._flushed = True
        self._hasten(now)

    def exporter_flushed(self, flushed: bool) -> None:
        """Take note of what the exporter has answered; False, too, if it will not be asked."""
        if self._flush_by is not None:
            self._flush_by = None
            self._flushed = flushed

    def is_tried(self, now: float) -> bool:
        """Tell whether all that the flush wants has been tried."""
        if self._is_under_way() or self._flush_by is not None:
            return False
        return not self._has_untried() or not self.breaker.is_ready(now)

    def end_flush(self) -> bool:
        """End the flush; True when all of it was accepted."""
        flushed = self._flush_by is None and self._flushed
        self._flush_by = None
        left = any(bundle.number <= self._mark for bundle in self.backlog)
        return flushed and not left and not self._is_under_way()

    def begin_drain(self, now: float) -> None:
        """Have everything delivered with less patience than at other times: it is the end."""
        self._draining = True
        self._backoff = Backoff(first=0.1, longest=HURRIED_SECONDS)
        self._hasten(now)

    def is_drained(self, now: float) -> bool:
        """Tell whether nothing waits, or waiting is no use."""
        return not self.in_flight and (not self.backlog or not self.breaker.is_ready(now))

    def _hasten(self, now: float) -> None:
        for bundle in self.backlog:
            bundle.due = now
        self.breaker.hasten(now)

    def _take(self, now: float) -> tuple[list[Bundle], int]:
        """Return what to send, and how many spans at once: half as many with each attempt that
        has failed, so that a span which is at fault is found."""
        most = self._settings.max_export_batch_size
        if self.breaker.state == "closed":
            bundles = self.backlog.take(most, self._packs, now)
        else:
            most = min(most, PROBE_SPANS)
            bundles = self.backlog.take_smallest()
        attempts = bundles[0].attempts if bundles else 0
        if attempts:
            most = max(1, min(most, sum(map(len, bundles))) >> attempts)
        return bundles, most

    def _idle(self, now: float, resend_due: float | None) -> Task:
        due = self.backlog.next_due()
        if due is None and resend_due is not None and resend_due <= now:
            return Resend()
        times = [time for time in (due, resend_due) if time is not None]
        return Wait(max(0.0, min(times) - now) if times else None)

    def _expired(self, now: float) -> list[Bundle]:
        """Take out what has become too old, while nothing can be sent."""
        if self.breaker.state == "closed" or self._draining or now < self._look_at:
            return []
        self._look_at = now + _LOOK_SECONDS
        then = now - self._settings.retry_for_seconds
        expired = [
            bundle
            for bundle in self.backlog
            if (bundle.failed_at is not None and bundle.failed_at <= then)
            or (self._can_keep and bundle.since <= then)
        ]
        for bundle in expired:
            self.backlog.remove(bundle)
        return expired

    def _is_under_way(self) -> bool:
        return any(bundle.number <= self._mark for bundle in self.in_flight)

    def _has_untried(self) -> bool:
        return any(
            bundle.number <= self._mark and bundle.round < self._round for bundle in self.backlog
        )
