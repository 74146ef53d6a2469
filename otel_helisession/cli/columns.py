"""The figures beside the tree: tokens, time to the first token, cost, time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from otel_helisession.cli import figures
from otel_helisession.cli.glyphs import Glyphs
from otel_helisession.cli.line import Line


@dataclass(frozen=True, slots=True)
class Column:
    """One column, its cells and title padded to one width.

    Attributes:
        title: What stands above it.
        cells: One text a line, empty where there is nothing to say.
        weight: Which column goes first where there is no room: the lightest.
    """

    title: str
    cells: tuple[str, ...]
    weight: int

    @property
    def width(self) -> int:
        """Its width in characters, which are all one cell wide."""
        return len(self.title)


def columns(lines: Sequence[Line], glyphs: Glyphs) -> tuple[Column, ...]:
    """Return the columns that have something to say."""
    made = (
        _column("tokens", _tokens(lines, glyphs), 3),
        _column("ttft", [_duration(line.first_ms) for line in lines], 1),
        _column("cost", [_cost(line.usage.cost_usd) for line in lines], 2),
        _column("time", [figures.duration(line.busy_ms) for line in lines], 4),
    )
    return tuple(column for column in made if column is not None)


def _column(title: str, cells: Sequence[str], weight: int) -> Column | None:
    if not any(cells):
        return None
    width = max(len(title), *map(len, cells))
    return Column(title.rjust(width), tuple(cell.rjust(width) for cell in cells), weight)


def _tokens(lines: Sequence[Line], glyphs: Glyphs) -> list[str]:
    """Return ``1,234 → 56`` with the arrows below one another."""
    sides = [
        (_count(line.usage.input_tokens, glyphs), _count(line.usage.output_tokens, glyphs))
        if line.usage.total_tokens is not None
        else None
        for line in lines
    ]
    before = max((len(side[0]) for side in sides if side), default=0)
    after = max((len(side[1]) for side in sides if side), default=0)
    return [
        f"{side[0]:>{before}} {glyphs.arrow} {side[1]:>{after}}" if side else "" for side in sides
    ]


def _count(tokens: int | None, glyphs: Glyphs) -> str:
    return glyphs.dash if tokens is None else f"{tokens:,}"


def _duration(milliseconds: float | None) -> str:
    return "" if milliseconds is None else figures.duration(milliseconds)


def _cost(dollars: float | None) -> str:
    return "" if dollars is None else figures.money(dollars)
