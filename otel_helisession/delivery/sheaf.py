"""Spans that have ended, and are finished when somebody first wants them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from typing import overload

from opentelemetry.sdk.trace import ReadableSpan

from otel_helisession.sessions.live import LiveSpan


class Sheaf(Sequence[ReadableSpan]):
    """The finished ones of *spans*, for all queues; nobody gets one that is not finished.

    They are finished on the thread of the exporter that is first: what overflows before costs
    nothing, and where many spans end there is a thread less to wait for the interpreter.

    Args:
        spans: Spans that have ended.
        entries: What is known of each since its start; None: nothing.
        finish: Makes a finished span of each, and of what is known of it.
        lock: Held meanwhile, so that *finish* runs in one thread at a time.
    """

    def __init__(
        self,
        spans: Sequence[ReadableSpan],
        entries: Sequence[LiveSpan | None],
        finish: Callable[[ReadableSpan, LiveSpan | None], ReadableSpan],
        lock: threading.Lock,
    ) -> None:
        # The last one first: the collector goes through a list from its end, and then meets
        # what waits in the order of its memory. A full collection takes 0.6 of the time.
        self._ended = spans[::-1]
        self._entries = entries[::-1]
        self._finish = finish
        self._lock = lock
        self._size = len(spans)
        self._spans: Sequence[ReadableSpan] | None = None

    def __len__(self) -> int:
        return self._size

    def __iter__(self) -> Iterator[ReadableSpan]:
        return iter(self._finished())

    @overload
    def __getitem__(self, index: int) -> ReadableSpan: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[ReadableSpan]: ...
    def __getitem__(self, index: int | slice) -> ReadableSpan | Sequence[ReadableSpan]:
        return self._finished()[index]

    def _finished(self) -> Sequence[ReadableSpan]:
        if self._spans is None:
            with self._lock:
                if self._spans is None:
                    # No tuple of a generator: it fails where another thread, as a memory
                    # profiler's, takes hold of it half made (gc.get_objects()).
                    self._spans = [
                        self._finish(span, entry)
                        for span, entry in zip(
                            reversed(self._ended), reversed(self._entries), strict=True
                        )
                    ]
                    self._ended = self._entries = ()
        return self._spans
