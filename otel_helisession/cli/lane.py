"""The timeline beside the tree: when each request ran, from the session's start to its end."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text

from otel_helisession.cli import figures
from otel_helisession.cli.glyphs import Glyphs
from otel_helisession.cli.line import Line


class Lane:
    """One scale for all lines, *cells* wide. Each bar is at least one cell."""

    def __init__(self, lines: Sequence[Line], cells: int, glyphs: Glyphs) -> None:
        self._start = min(line.start_unix_nano for line in lines)
        self._length = max(max(line.end_unix_nano for line in lines) - self._start, 1)
        self._cells = cells
        self._glyphs = glyphs

    @property
    def title(self) -> str:
        """The scale: 0 at its left end, the session's length at its right."""
        return "0" + figures.duration(self._length / 1e6).rjust(self._cells - 1)

    def draw(self, line: Line) -> Text:
        """Return the line's bar: thin for folders and while waiting for the first token."""
        first = min(self._cell(line.start_unix_nano), self._cells - 1)
        end = max(self._cell(line.end_unix_nano), first + 1)
        if not line.badge:
            return Text(" " * first + self._glyphs.waiting * (end - first), style="dim")
        waited = 0
        if line.first_ms is not None:
            spoken = self._cell(line.start_unix_nano + int(line.first_ms * 1e6))
            waited = min(max(spoken - first, 0), end - first - 1)
        bar = Text(" " * first + self._glyphs.waiting * waited, style=line.colour)
        running = self._glyphs.running * (end - first - waited)
        return bar.append(running, style="red" if line.failed else line.colour)

    def _cell(self, unix_nano: int) -> int:
        place = round((unix_nano - self._start) * self._cells / self._length)
        return min(max(place, 0), self._cells)
