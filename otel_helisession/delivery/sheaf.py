"""Spans that have ended, and are finished when somebody first wants them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any, overload

from opentelemetry.sdk.trace import ReadableSpan


class Sheaf(Sequence[ReadableSpan]):
    """The finished spans of *items*, for all queues; nobody gets one that is not finished.

    They are finished on the thread of the exporter that is first: what overflows before costs
    nothing, and where many spans end there is a thread less to wait for the interpreter.

    Args:
        items: What *finish* takes.
        finish: Makes a finished span of an item.
        lock: Held meanwhile, so that *finish* runs in one thread at a time.
    """

    def __init__(
        self,
        items: Sequence[Any],
        finish: Callable[[Any], ReadableSpan],
        lock: threading.Lock,
    ) -> None:
        self._items = items
        self._finish = finish
        self._lock = lock
        self._size = len(items)
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
                    self._spans = [self._finish(item) for item in self._items]
                    self._items = ()
        return self._spans
