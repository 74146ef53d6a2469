"""The totals of each path of a session as a table, with what the session waited for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from otel_helisession.analysis.critical_path import critical_path
from otel_helisession.analysis.path_totals import PathTotals, path_totals, session_totals
from otel_helisession.cli import figures
from otel_helisession.cli.facts import filled
from otel_helisession.cli.glyphs import ASCII, UNICODE, Glyphs
from otel_helisession.cli.terminal import cut, printable
from otel_helisession.sessions.path import clean_path
from otel_helisession.store.row import SpanRow

_GAP: Final = "  "
_LEAST_PATH: Final = 24
"""Cells that a path gets, at least, while there are figures that can go."""

_ALL: Final = "all together"
"""What the last row is called."""

_MEANING: Final = {
    "busy": "busy: while any span was open at exactly this path",
    "waited": "waited: what the session could not have ended without",
}
"""What columns mean whose titles do not say it; they do not add up, where work ran in parallel."""

_FIRST_TO_GO: Final = ("waited", "busy", "cost", "p50", "tokens", "errors", "p95")


@dataclass(frozen=True, slots=True)
class PathTable:
    """The table; rich fits it to the console. Make it with :func:`path_table`.

    Attributes:
        totals: Each path's, and at the end the sum; empty without spans.
        waited_ms: What the session waited for each of them.
    """

    totals: Sequence[PathTotals]
    waited_ms: Sequence[float]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        if not self.totals:
            return
        glyphs = ASCII if options.ascii_only else UNICODE
        columns = _columns(self.totals, self.waited_ms, glyphs)
        paths = [*(printable(one.path) for one in self.totals[:-1]), _ALL]
        natural = max(map(cell_len, ("path", *paths)))
        for name in ("", *_FIRST_TO_GO):
            columns.pop(name, None)
            free = options.max_width - sum(len(_GAP) + len(one[0]) for one in columns.values())
            if free >= min(natural, _LEAST_PATH):
                break
        width = max(min(natural, free), 4)
        for place, path in enumerate(("path", *paths)):
            shown = cut(path, width, ascii_only=glyphs is ASCII)
            style = "dim" if not place else "bold" if place == len(paths) else ""
            row = Text(no_wrap=True, overflow="crop", style=style)
            row.append(shown + " " * (width - cell_len(shown)))
            for name, cells in columns.items():
                failed = name == "errors" and place and self.totals[place - 1].errors
                row.append(_GAP + cells[place], style="bold red" if failed else "")
            row.rstrip()
            yield row
        meanings = [(said, "dim") for name, said in _MEANING.items() if name in columns]
        yield from filled(meanings, glyphs, options.max_width)


def path_table(rows: Sequence[SpanRow]) -> PathTable:
    """Return a session's paths, in the order they began, and the sum, for a rich console.

    *waited* is each path's part of the critical path: what would have to be shorter for the
    session to be.

    Args:
        rows: Its spans in the order they started, as SessionReader.spans returns them.
    """
    waited: dict[str, float] = defaultdict(float)
    for one in critical_path(rows):
        path = clean_path(rows[one.place].path)
        waited[path] += (one.end_unix_nano - one.start_unix_nano) / 1e6
    totals, whole = path_totals(rows), session_totals(rows)
    if whole is None:
        return PathTable((), ())
    parts = [waited[one.path] for one in totals]
    return PathTable((*totals, whole), (*parts, sum(parts)))


def _columns(
    totals: Sequence[PathTotals], waited_ms: Sequence[float], glyphs: Glyphs
) -> dict[str, list[str]]:
    """Return each column's title and cells, padded to one width."""

    def time(milliseconds: float | None) -> str:
        return glyphs.dash if milliseconds is None else figures.duration(milliseconds)

    made = {
        "requests": [f"{one.requests:,}" for one in totals],
        "errors": [_errors(one, glyphs) for one in totals],
        "p50": [time(one.p50_ms) for one in totals],
        "p95": [time(one.p95_ms) for one in totals],
        "tokens": [_number(one.usage.total_tokens, glyphs) for one in totals],
        "cost": [
            glyphs.dash if one.usage.cost_usd is None else figures.money(one.usage.cost_usd)
            for one in totals
        ],
        "busy": [time(one.busy_ms) for one in totals],
        "waited": [time(one or None) for one in waited_ms],
    }
    widths = {name: max(map(len, (name, *cells)), default=0) for name, cells in made.items()}
    return {
        name: [cell.rjust(widths[name]) for cell in (name, *cells)] for name, cells in made.items()
    }


def _errors(totals: PathTotals, glyphs: Glyphs) -> str:
    if not totals.errors:
        return glyphs.dash
    rate = totals.error_rate
    return f"{totals.errors:,}" if rate is None else f"{totals.errors:,} ({rate:.0%})"


def _number(number: int | None, glyphs: Glyphs) -> str:
    return glyphs.dash if number is None else f"{number:,}"
