"""A session drawn as a tree: the path's folders with their totals, and the requests in them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from otel_helisession.cli import figures
from otel_helisession.cli.columns import Column, columns
from otel_helisession.cli.glyphs import ASCII, UNICODE, Glyphs
from otel_helisession.cli.heading import heading
from otel_helisession.cli.lane import Lane
from otel_helisession.cli.line import Line, lines
from otel_helisession.cli.outline import outline
from otel_helisession.cli.terminal import cut
from otel_helisession.store.row import SpanRow
from otel_helisession.store.summary import SessionSummary

_MAX_WIDTH: Final = 150
"""Wider, and the eye loses the row between a name and its figures."""

_MIN_NAME_CELLS: Final = 42
"""What names need; figures are left out until they have it."""

_LANE_CELLS: Final = (12, 40)
"""Least and most width of the timeline; it is drawn where that much is free."""

_LEAST_CUT: Final = 8
"""Cells in which a cut text still says something; in fewer it is left out."""

_GAP: Final = "  "


@dataclass(frozen=True, slots=True)
class SessionTree:
    """The drawing; rich fits it to the console. Make it with :func:`render`."""

    summary: SessionSummary
    lines: Sequence[Line]
    repeated: int
    beginning: str | None

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        glyphs = ASCII if options.ascii_only else UNICODE
        width = min(options.max_width, _MAX_WIDTH)
        yield from heading(self.summary, glyphs, width, self.beginning)
        yield Text()
        yield from _Drawing(self.lines, glyphs, width).rows()
        if self.repeated:
            said = f"{figures.count(self.repeated, 'span')} more of calls that are shown once"
            yield Text(f"\n{said}", style="dim")


def render(summary: SessionSummary, spans: Iterable[SpanRow]) -> SessionTree:
    """Return the session as something for a rich console to print.

    It takes the console's width, has no colours where there is no terminal, and is drawn in
    ASCII where the encoding has no boxes. Text from spans is made harmless.

    Args:
        summary: The session and its totals.
        spans: Its spans in the order they started, as SessionReader.spans returns them.
    """
    rows = list(spans)
    repeated = sum(row.kind != "structure" and not row.counted for row in rows)
    beginning = rows[0].name if rows else None
    return SessionTree(summary, tuple(lines(outline(rows))), repeated, beginning)


class _Drawing:
    """The rows of the tree in one width and one set of characters."""

    def __init__(self, drawn: Sequence[Line], glyphs: Glyphs, width: int) -> None:
        self._lines = drawn
        self._glyphs = glyphs
        self._width = width
        self._badge_cells = max((len(line.badge) for line in drawn), default=0)
        self._columns = columns(drawn, glyphs)
        names = max((self._name(line).cell_len for line in drawn), default=0)
        self._name_cells = self._fit(names)
        self._lane = self._free_lane()

    def rows(self) -> Iterable[Text]:
        """Yield titles, then each line, with its error below it."""
        titles = "".join(_GAP + column.title for column in self._columns)
        if self._lane is not None:
            titles += _GAP + self._lane.title
        yield self._row(Text(" " * self._name_cells + titles, style="dim"))
        for place, line in enumerate(self._lines):
            row = self._name(line, self._name_cells)
            for column in self._columns:
                row.append(_GAP).append(column.cells[place], style="" if line.badge else "dim")
            if self._lane is not None:
                row.append(_GAP).append(self._lane.draw(line))
            yield self._row(row)
            if line.error:
                yield self._error(line)

    def _fit(self, names: int) -> int:
        """Return the cells for names, after dropping columns until names have enough."""
        while True:
            free = self._width - sum(len(_GAP) + column.width for column in self._columns)
            enough = min(names, _MIN_NAME_CELLS)
            if free >= enough or not self._columns:
                return max(min(names, free), 1)
            self._columns = _without_least(self._columns)

    def _free_lane(self) -> Lane | None:
        used = self._name_cells + sum(len(_GAP) + column.width for column in self._columns)
        least, most = _LANE_CELLS
        free = self._width - used - len(_GAP)
        if free < least or not self._lines:
            return None
        return Lane(self._lines, min(free, most), self._glyphs)

    def _name(self, line: Line, cells: int | None = None) -> Text:
        """Return guides, mark, badge and name, cut or padded to *cells* if they are given."""
        text = Text(self._guides(line, self._glyphs.fork, self._glyphs.last), style="dim")
        text = Text().append(text)
        if line.badge:
            failed = line.failed
            text.append(
                f"{self._glyphs.failed if failed else self._glyphs.done} ",
                style="bold red" if failed else "green",
            )
            text.append(line.badge.ljust(self._badge_cells) + "  ", style=f"bold {line.colour}")
        elif line.failed:
            text.append(f"{self._glyphs.failed} ", style="bold red")
        left = None if cells is None else cells - text.cell_len
        parts = _parts(line)
        if left is not None and sum(cell_len(said) for said, _ in parts) > left:
            parts = [part for part in parts if part[0] != _spaced(line.note)] or parts
        for said, style in parts:
            shown = said if left is None else self._cut(said, left)
            text.append(shown, style=style)
            left = None if left is None else left - cell_len(shown)
        if left is not None:
            text.append(" " * left)
        return text

    def _error(self, line: Line) -> Text:
        below = self._guides(line, self._glyphs.bar, self._glyphs.blank)
        indent = " " * (2 + self._badge_cells + 2 if line.badge else 2)
        free = self._width - cell_len(below) - len(indent)
        shown = self._cut(line.error, free)
        return self._row(Text().append(below + indent, style="dim").append(shown, style="red"))

    def _cut(self, text: str, cells: int) -> str:
        shown = cut(text, cells, ascii_only=self._glyphs is ASCII)
        return shown if shown == text or cells >= _LEAST_CUT else ""

    def _guides(self, line: Line, fork: str, last: str) -> str:
        """Return what leads to the line; of a deep one the lower half, so that names show."""
        glyphs = self._glyphs
        if not line.branch:
            return ""
        above = "".join(glyphs.blank if ended else glyphs.bar for ended in line.branch[:-1])
        guides = above + (last if line.branch[-1] else fork)
        most = max(self._width // 2, len(fork))
        return guides if len(guides) <= most else glyphs.more + guides[len(glyphs.more) - most :]

    def _row(self, text: Text) -> Text:
        text.truncate(self._width, overflow="crop")
        text.rstrip()
        text.no_wrap = True
        return text


def _parts(line: Line) -> list[tuple[str, str]]:
    """Return what names the line, with styles, most telling first."""
    if line.badge:
        return [(line.name, "red" if line.failed else ""), (_spaced(line.note), "dim")]
    parts = [(line.name, "bold"), (_spaced(line.note), "dim")]
    if line.failures:
        parts.append((_spaced(figures.count(line.failures, "error")), "red"))
    return parts


def _spaced(note: str) -> str:
    return f"  {note}" if note else ""


def _without_least(shown: tuple[Column, ...]) -> tuple[Column, ...]:
    least = min(shown, key=lambda column: column.weight)
    return tuple(column for column in shown if column is not least)
