"""`helisession show --watch`: a session's tree, drawn anew as the store and the terminal change."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.segment import Segment
from rich.text import Text

from otel_helisession.cli.painting import painting
from otel_helisession.store.connection import connect_to_read, translated
from otel_helisession.store.location import identity

_EVERY_SECONDS: Final = 0.25
"""How often the store is asked whether it has changed, and the terminal for its size: 10 µs."""

_HEAD_LINES: Final = 3
"""Lines of a drawing that stay when it is longer than the screen: what the session is."""


@dataclass(frozen=True, slots=True)
class Fitting:
    """A drawing in the height of the screen: its head, and the end, where things happen."""

    drawing: RenderableType

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        lines = console.render_lines(self.drawing, options.update(height=None), pad=False)
        most = console.size.height - 2
        if len(lines) > most > _HEAD_LINES + 2:
            left_out = len(lines) - most + 1
            tail = lines[len(lines) - most + _HEAD_LINES + 1 :]
            yield from _printed(lines[:_HEAD_LINES])
            yield Text(f"... {left_out:,} lines ...", style="dim")
            lines = tail
        yield from _printed(lines)


def watch(store: Path, draw: Callable[[], RenderableType], out: Console) -> None:
    """Show what *draw* returns, again after each change of *store* or of the terminal's size,
    until Ctrl-C."""
    with painting(out) as canvas:
        for _ in _changes(store, out):
            canvas.paint(Fitting(draw()))


def _changes(store: Path, out: Console) -> Iterable[None]:
    """Yield now, and whenever the file has changed or is another one, or the terminal's size."""
    while True:
        now = identity(store)
        if now is None:
            yield
            time.sleep(_EVERY_SECONDS)
            continue
        with translated(store), closing(connect_to_read(store)) as connection:
            seen = None
            while identity(store) == now:
                state = (_version(connection), out.size)
                if state != seen:
                    seen = state
                    yield
                time.sleep(_EVERY_SECONDS)


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA data_version").fetchone()[0])


def _printed(lines: Iterable[list[Segment]]) -> Iterable[Segment]:
    for line in lines:
        yield from line
        yield Segment.line()
