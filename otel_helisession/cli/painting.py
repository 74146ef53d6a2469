"""Painting: a drawing on a terminal, over the one before, changing only lines that differ."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Final

from rich.console import Console, RenderableType

_BEGIN: Final = "\x1b[?2026h"
_END: Final = "\x1b[?2026l"
"""Terminals that know these show what is between them at once; others pass over them."""

_ERASE_LINE: Final = "\x1b[2K"
"""Before a line, not behind it: there it takes the last character of one of full width."""

_ERASE_BELOW: Final = "\x1b[J"
_CLEAR: Final = "\x1b[2J\x1b[H"


class Painting:
    """What stands on the terminal. Nothing is erased before its successor is there.

    Args:
        out: A console on a terminal that can move its cursor; a dumb one gets each drawing anew.
    """

    def __init__(self, out: Console) -> None:
        self._out = out
        self._lines: list[str] = []
        self._size = out.size

    def paint(self, drawing: RenderableType) -> None:
        """Show *drawing*, which is lower than the screen; write nothing if it looks the same."""
        with self._out.capture() as captured:
            self._out.print(drawing)
        lines = captured.get().splitlines()
        if lines == self._lines and self._out.size == self._size:
            return
        if self._out.is_dumb_terminal:
            self._out.file.write("\n".join(lines) + "\n")
        elif self._out.size != self._size:  # who knows where the lines are now
            self._write(_CLEAR, _changed(lines, []))
        else:
            above = f"\x1b[{len(self._lines)}A" if self._lines else ""
            self._write(above + "\r", _changed(lines, self._lines))
        self._lines, self._size = lines, self._out.size

    def _write(self, start: str, changes: Iterable[str]) -> None:
        self._out.file.write(_BEGIN + start + "".join(changes) + _END)
        self._out.file.flush()


@contextmanager
def painting(out: Console) -> Iterator[Painting]:
    """Yield a painting on *out*, with the cursor hidden meanwhile."""
    out.show_cursor(False)
    try:
        yield Painting(out)
    finally:
        out.show_cursor(True)


def _changed(lines: list[str], before: list[str]) -> Iterator[str]:
    """Yield what makes *lines* out of *before*, from the first line's start to below the last."""
    for place, line in enumerate(lines):
        if place < len(before) and line == before[place]:
            yield "\r\n"
        else:
            yield f"{_ERASE_LINE}{line}\r\n"
    if len(lines) < len(before):
        yield _ERASE_BELOW
