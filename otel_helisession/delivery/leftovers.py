"""What a destination did not get: kept on disk, buried with a reason, or counted as lost."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace

from opentelemetry.sdk.trace import ReadableSpan

from otel_helisession.delivery.bundle import Bundle
from otel_helisession.delivery.keeper import UNKNOWN_REASON, Keeper
from otel_helisession.delivery.settings import DeliverySettings
from otel_helisession.delivery.spill import Spill
from otel_helisession.delivery.tally import Tally
from otel_helisession.guard import caught, once


class Leftovers:
    """Finds a place for spans that do not get through, and counts. Safe from any thread.

    Args:
        destination: The stable name of where they were to go.
        name: What messages call it.
        settings: Bounds, for messages and for what waits to be written.
        keeper: The spool; None: there is none, and what is left over is lost.
        kept: Called when something has come into the spool.
    """

    def __init__(
        self,
        destination: str,
        name: str,
        settings: DeliverySettings,
        keeper: Keeper | None,
        kept: Callable[[], object],
    ) -> None:
        self._destination = destination
        self._name = name
        self._settings = settings
        self._keeper = keeper
        self._kept = kept
        self._tally = Tally()
        self._lock = threading.Lock()
        self._spill = Spill(
            lambda bundles: self.keep(_spans(bundles)),
            lambda bundles: self._drop(_spans(bundles), crowded_out=True),
            settings.max_queue_size,
            settings.max_queue_bytes,
        )

    @property
    def tally(self) -> Tally:
        """The counts at this moment."""
        with self._lock:
            return replace(self._tally)

    @property
    def can_keep(self) -> bool:
        """Whether there is a spool."""
        return self._keeper is not None

    def arrived(self, spans: int, resent: bool) -> None:
        """Count *spans* that have arrived: out of the queue, or out of the spool."""
        with self._lock:
            if resent:
                self._tally.resent += spans
            else:
                self._tally.accepted += spans

    def spool_is_empty(self) -> None:
        """Take note that nothing that this process has kept is in the spool any more."""
        with self._lock:
            self._tally.in_spool = False

    def overflow(self, bundles: Sequence[Bundle]) -> None:
        """Spill whole sessions that the queue has no place for, or drop them. Never blocks."""
        if not bundles:
            return
        then = "are dropped" if self._keeper is None else "go to the spool"
        once(
            ("queue", "full", self._destination),
            logging.WARNING,
            "%s is slower than spans arrive: its queue of %d spans or %d MB is full and the oldest "
            "sessions %s; raise OTEL_BSP_MAX_QUEUE_SIZE or look at the destination",
            self._name,
            self._settings.max_queue_size,
            self._settings.max_queue_bytes // 1_000_000,
            then,
        )
        if self._keeper is None:
            self._drop(_spans(bundles), crowded_out=True)
        else:
            self._spill.put(bundles)

    def keep(self, spans: Sequence[ReadableSpan]) -> None:
        """Keep *spans* for later, or drop them. Blocks for as long as the disk does."""
        if not spans:
            return
        if self._ask("keep", lambda keeper: keeper.keep(self._destination, spans)):
            with self._lock:
                self._tally.kept += len(spans)
                self._tally.in_spool = True
            self._kept()
        else:
            self._drop(spans)

    def refuse(self, spans: Sequence[ReadableSpan], reason: str, resent: bool = False) -> bool:
        """Bury *spans* that were refused for good, where that can be, and count them.

        Those out of the spool, *resent*, were kept, and a flush has said so; that they will not
        come is said by the next one. They count when they are buried: until then they stay.

        Returns:
            Whether they are among the dead letters.
        """
        if not spans:
            return True
        buried = self._ask("bury", lambda keeper: keeper.bury(self._destination, spans, reason))
        if reason == UNKNOWN_REASON:  # exporters that know another have said it
            once(
                ("queue", "refused", self._destination),
                logging.WARNING,
                "%s did not take spans (%s); they are %s",
                self._name,
                reason,
                _fate(buried, resent),
            )
        with self._lock:
            if not resent:
                self._tally.refused += len(spans)
            elif buried:
                self._tally.buried += len(spans)
        return buried

    def rejected(self, spans: int) -> None:
        """Count so many *spans* as refused for good, of which nobody knows which they are."""
        with self._lock:
            self._tally.refused += spans

    def given_back(self, spans: Sequence[ReadableSpan], reason: str) -> None:
        """Take *spans* that the exporter had accepted and could not deliver: they are kept, or
        buried where there is a *reason* why no other day will be better. They count twice."""
        if reason:
            self.refuse(spans, reason)
        else:
            self.keep(spans)

    def wait(self, deadline: float) -> bool:
        """Wait until what overflowed is written; False when that was not by *deadline*."""
        return self._spill.wait(deadline)

    def _drop(self, spans: Sequence[ReadableSpan], *, crowded_out: bool = False) -> None:
        with self._lock:
            self._tally.dropped += len(spans)
            if crowded_out:
                self._tally.crowded_out += len(spans)

    def _ask(self, what: str, question: Callable[[Keeper], bool]) -> bool:
        if self._keeper is None:
            return False
        try:
            return question(self._keeper)
        except Exception as error:
            caught(f"the spool's {what}()", error)
            return False


def _fate(buried: bool, resent: bool) -> str:
    """Return what has become of spans that were refused, for a log line."""
    if buried:
        return "among the spool's dead letters, and counted"
    return "still in the spool" if resent else "lost, and counted"


def _spans(bundles: Sequence[Bundle]) -> list[ReadableSpan]:
    return [span for bundle in bundles for span in bundle.spans]
