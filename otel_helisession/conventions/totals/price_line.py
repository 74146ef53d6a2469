"""PriceLines: what calls cost, without asking a model's price table each time.

Most prices are so much a token, whatever the number; then four numbers say it all, and asking
the table costs thirty times as much as multiplying by them. They are found by asking, and every
answer is compared with the table's before it is given beyond the calls that were compared: where
a table is not a line (other prices from 200,000 tokens on, or a price a request), it is asked
each time.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from decimal import Decimal
from typing import Final

UNITS: Final = ("input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens")

_MILLION: Final = 1_000_000
_PATIENCE: Final = 8
"""Calls until a line is looked for, which takes five more: a recording may have a call a minute,
and each minute may have prices of its own."""

_MAX_LINES: Final = 512

Table = Callable[["dict[str, int]"], "float | None"]
"""Returns what the price table says of so many tokens; None when it does not know."""


class _Line:
    """The prices of a million tokens, and between how many of input they were compared."""

    __slots__ = ("highest", "lowest", "prices")

    def __init__(self, prices: tuple[Decimal, ...]) -> None:
        self.prices = prices
        self.lowest = _MILLION**3
        self.highest = -1

    def cost(self, counts: Mapping[str, int]) -> float:
        whole = sum(
            (price * counts[unit] for price, unit in zip(self.prices, UNITS, strict=True)),
            Decimal(0),
        )
        return float(whole / _MILLION)

    def covers(self, tokens: int) -> bool:
        return self.lowest <= tokens <= self.highest

    def extend(self, tokens: int) -> None:
        self.lowest, self.highest = min(self.lowest, tokens), max(self.highest, tokens)


class PriceLines:
    """Prices by whatever they depend on besides the numbers of tokens. Safe in threads."""

    def __init__(self) -> None:
        self._lines: OrderedDict[Hashable, _Line | int | None] = OrderedDict()

    def cost(self, key: Hashable, counts: dict[str, int], table: Table) -> float | None:
        """Return what *counts* cost: exactly what *table* says.

        Args:
            key: What the prices depend on: the model, who serves it, when.
            counts: Tokens by the names in UNITS, cached ones within the input.
            table: Asked where that is not known yet.
        """
        known = self._lines.get(key, 0)
        if isinstance(known, _Line) and known.covers(counts[UNITS[0]]):
            return known.cost(counts)
        cost = table(counts)
        if known is None or cost is None:
            return cost
        if isinstance(known, int):
            self._put(key, known + 1 if known < _PATIENCE else _found(table))
            return cost
        if known.cost(counts) == cost:
            known.extend(counts[UNITS[0]])
        else:
            self._put(key, None)
        return cost

    def _put(self, key: Hashable, line: _Line | int | None) -> None:
        self._lines[key] = line
        if len(self._lines) > _MAX_LINES:
            self._lines.popitem(last=False)


def _found(table: Table) -> _Line | None:
    """Return the line through what *table* says of a million tokens of each kind."""
    asked = table(_counts(UNITS[0]))
    answered = table(_counts(UNITS[1]))
    read = table(_counts(UNITS[0], UNITS[2]))
    written = table(_counts(UNITS[0], UNITS[3]))
    if asked is None or answered is None or read is None or written is None:
        return None
    first, second, third, fourth = (Decimal(repr(one)) for one in (asked, answered, read, written))
    # Cached tokens are part of the input: what they cost less, or more, than others.
    return _Line((first, second, third - first, fourth - first))


def _counts(*units: str) -> dict[str, int]:
    return {unit: _MILLION if unit in units else 0 for unit in UNITS}
