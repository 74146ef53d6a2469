"""Sessions as a table that fits the terminal: ids stay whole, the least telling goes first."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from otel_helisession.cli import figures
from otel_helisession.cli.facts import filled, title
from otel_helisession.cli.glyphs import ASCII, UNICODE, Glyphs
from otel_helisession.cli.more_facts import more_facts
from otel_helisession.cli.terminal import cut, printable
from otel_helisession.store.summary import SessionSummary

_LEAST_NAME: Final = 12
"""Cells that a name gets, at least, while another column can shrink for it."""

_GAP: Final = "  "
_INDENT: Final = "    "
"""Before what a long list says below a session."""

NONE: Final[Mapping[str, str]] = {}


@dataclass(frozen=True, slots=True)
class _Column:
    title: str
    cells: tuple[str, ...]
    style: str = ""
    right: bool = False
    short: tuple[str, ...] = ()
    is_short: bool = False
    width: int = 0

    def fitted(self, width: int | None = None) -> _Column:
        natural = max(cell_len(text) for text in (self.title, *self.cells))
        return replace(self, width=natural if width is None else min(width, natural))


@dataclass(frozen=True, slots=True)
class SessionTable:
    """The table; rich fits it to the console. Make it with :func:`session_table`."""

    sessions: Sequence[SessionSummary]
    short_ids: Mapping[str, str]
    beginnings: Mapping[str, str]
    long: bool = False

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        glyphs = ASCII if options.ascii_only else UNICODE
        width = options.max_width
        columns = _fit(_columns(self, glyphs), width)
        shown = {column.title for column in columns if not column.is_short}
        yield _row([(column, column.title, "dim") for column in columns], glyphs)
        for place, one in enumerate(self.sessions):
            cells = [(column, column.cells[place], column.style) for column in columns]
            yield _row(cells, glyphs)
            if self.long:
                said = more_facts(one, self.short_ids[one.id], shown, glyphs)
                for line in filled(said, glyphs, width - len(_INDENT)):
                    yield Text(_INDENT).append(line)


def session_table(
    sessions: Sequence[SessionSummary],
    short_ids: Mapping[str, str],
    *,
    beginnings: Mapping[str, str] = NONE,
    long: bool = False,
) -> SessionTable:
    """Return *sessions*, named by *short_ids*, as something for a rich console to print.

    Args:
        sessions: What to list.
        short_ids: What to call each.
        beginnings: With which span those begin that have no name.
        long: Whether to say below each what the table has no column for, or no room.
    """
    return SessionTable(sessions, short_ids, beginnings, long)


def _columns(table: SessionTable, glyphs: Glyphs) -> list[_Column]:
    sessions, short_ids = table.sessions, table.short_ids

    def column(
        title: str, say: Callable[[SessionSummary], str], style: str = "", right: bool = False
    ) -> _Column:
        return _Column(title, tuple(map(say, sessions)), style, right).fitted()

    made = [
        column("id", lambda one: printable(short_ids[one.id]), "cyan"),
        column("name", lambda one: title(one.name, table.beginnings.get(one.id)), "bold"),
        column("started", lambda one: figures.ago(one.start_unix_nano)),
        column("time", lambda one: figures.duration(one.duration_ms), right=True),
        replace(
            column("requests", lambda one: figures.requests(one.requests) or glyphs.dash),
            short=tuple(f"{one.request_count:,}" for one in sessions),
        ),
        column("tokens", lambda one: _number(one.usage.total_tokens, glyphs), right=True),
        column("cost", lambda one: _cost(one, glyphs), right=True),
        column("errors", lambda one: _errors(one, glyphs), "bold red", right=True),
        column("user", lambda one: printable(one.user_id), "dim"),
    ]
    optional = {"cost": glyphs.dash, "errors": glyphs.dash, "user": ""}
    return [
        column
        for column in made
        if column.title not in optional or {*column.cells} != {optional[column.title]}
    ]


def _fit(columns: list[_Column], width: int) -> list[_Column]:
    """Return the columns in at most *width* cells, where that can be.

    Names give way first, then users, the kinds of requests, costs, tokens, requests.
    """
    for dropped in ("", "user", "requests", "cost", "tokens", "requests"):
        columns = [
            replace(column, cells=column.short, short=(), right=True, is_short=True).fitted()
            if column.title == dropped and column.short
            else column
            for column in columns
            if column.title != dropped or column.short
        ]
        rest = sum(column.width + len(_GAP) for column in columns if column.title != "name")
        name = next(column for column in columns if column.title == "name")
        if rest + min(name.width, _LEAST_NAME) <= width:
            break
    left = max(width - rest, 4)
    return [column.fitted(left) if column is name else column for column in columns]


def _row(cells: Sequence[tuple[_Column, str, str]], glyphs: Glyphs) -> Text:
    row = Text(no_wrap=True, overflow="crop")
    for column, said, style in cells:
        shown = cut(said, column.width, ascii_only=glyphs is ASCII)
        blank = " " * (column.width - cell_len(shown))
        dim = "dim" if said == glyphs.dash else style
        row.append(_GAP if row else "")
        row.append(blank + shown if column.right else shown + blank, style=dim)
    row.rstrip()
    return row


def _number(number: int | None, glyphs: Glyphs) -> str:
    return glyphs.dash if number is None else f"{number:,}"


def _cost(session: SessionSummary, glyphs: Glyphs) -> str:
    if session.usage.cost_usd is None:
        return glyphs.dash
    return figures.total_cost(session.usage.cost_usd, session.unpriced)


def _errors(session: SessionSummary, glyphs: Glyphs) -> str:
    return f"{glyphs.failed} {session.errors:,}" if session.errors else glyphs.dash
