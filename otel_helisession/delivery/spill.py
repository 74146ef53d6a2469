"""What overflows goes to the spool, on a thread of its own: no queue waits for a disk."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Final

from otel_helisession.delivery.bundle import Bundle
from otel_helisession.delivery.suppression import suppressed
from otel_helisession.delivery.thread import started

_AT_ONCE: Final = 512
"""Spans written in one go, about: one fsync for each would be slow."""


class Spill:
    """Hands bundles to *write* in the background, in order, and holds few meanwhile.

    Args:
        write: Called with bundles; blocks for as long as the disk does. Must not raise.
        refuse: Called with bundles that do not fit any more. Must not block or raise.
        max_spans: Spans that may wait to be written.
        max_bytes: And their weight.
    """

    def __init__(
        self,
        write: Callable[[Sequence[Bundle]], object],
        refuse: Callable[[Sequence[Bundle]], object],
        max_spans: int,
        max_bytes: int,
    ) -> None:
        self._write = write
        self._refuse = refuse
        self._max_spans = max_spans
        self._max_bytes = max_bytes
        self._changed = threading.Condition()
        self._waiting: deque[Bundle] = deque()
        self._spans = 0
        self._bytes = 0
        self._thread: threading.Thread | None = None

    def put(self, bundles: Sequence[Bundle]) -> None:
        """Write *bundles* soon; never blocks. What cannot wait any more is refused."""
        with self._changed:
            fits = self._spans < self._max_spans and self._bytes < self._max_bytes
            if fits:
                self._waiting.extend(bundles)
                self._spans += sum(map(len, bundles))
                self._bytes += sum(bundle.weight for bundle in bundles)
                if self._thread is None:
                    self._start()
        if not fits:
            self._refuse(bundles)

    def wait(self, deadline: float) -> bool:
        """Wait until everything is written; False when that was not by *deadline*."""
        with self._changed:
            return self._changed.wait_for(
                lambda: not self._spans, max(0.0, deadline - time.monotonic())
            )

    def _start(self) -> None:
        thread = threading.Thread(target=self._run, name="helisession-spill", daemon=True)
        if started(thread):
            self._thread = thread
            return
        while self._waiting:  # the interpreter is ending
            bundles = self._take()
            self._write(bundles)
            self._written(bundles)

    def _run(self) -> None:
        with suppressed():
            while True:
                with self._changed:
                    if not self._waiting:
                        self._thread = None
                        return
                    bundles = self._take()
                self._write(bundles)
                with self._changed:
                    self._written(bundles)

    def _take(self) -> list[Bundle]:
        bundles = [self._waiting.popleft()]
        size = len(bundles[0])
        while self._waiting and size + len(self._waiting[0]) <= _AT_ONCE:
            bundles.append(self._waiting.popleft())
            size += len(bundles[-1])
        return bundles

    def _written(self, bundles: Sequence[Bundle]) -> None:
        self._spans -= sum(map(len, bundles))
        self._bytes -= sum(bundle.weight for bundle in bundles)
        self._changed.notify_all()
