"""What a fuzzer calls with bytes of its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tests.fuzz import hostile
from tests.fuzz.journey import travel


class Bytes:
    """Choices that a fuzzer makes, of its bytes. All zeros when they are used up."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def choose(self, options: Sequence[Any]) -> Any:
        return options[self.number(0, len(options) - 1)]

    def number(self, least: int, most: int) -> int:
        size = max(1, ((most - least).bit_length() + 7) // 8)
        piece = self._data[self._at : self._at + size]
        self._at += size
        return least + int.from_bytes(piece, "big") % (most - least + 1)


def one(data: bytes) -> None:
    """Send the span that *data* stands for through everything."""
    travel(hostile.span(Bytes(data)))
