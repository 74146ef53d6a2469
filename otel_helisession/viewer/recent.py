"""Recent: the last long answers, for whoever comes back to one before the store has changed."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

_MAX_BYTES: Final = 32_000_000
"""A session of 20,000 spans is 5 MB."""


class Recent:
    """Keeps answers by the question and the store's version. Safe in threads."""

    def __init__(self, max_bytes: int = _MAX_BYTES) -> None:
        self._max_bytes = max_bytes
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[str, int], bytes] = OrderedDict()

    def answer(self, question: str, version: int, make: Callable[[], bytes]) -> bytes:
        """Return the answer to *question* that was made for *version* of the store, or make it."""
        key = (question, version)
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
                return found
        made = make()
        with self._lock:
            self._kept[key] = made
            for old in [one for one in self._kept if one[1] != version]:
                del self._kept[old]
            while sum(map(len, self._kept.values())) > self._max_bytes:
                self._kept.popitem(last=False)
        return made
