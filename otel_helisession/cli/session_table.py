"""Sessions as a table that fits the terminal: ids stay whole, the least telling goes first."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from otel_helisession.cli import figures
from otel_helisession.cli.glyphs import ASCII, UNICODE, Glyphs
from otel_helisession.cli.terminal import cut, printable
from otel_helisession.store.summary import SessionSummary

_LEAST_NAME: Final = 12
"""Cells that a name gets, at least, while another column can shrink for it."""

_EXTRA: Final = ("last activity", "reasoning", "cached", "mean", "p95")
"""Columns of a long list in the order they go where there is no room."""

_GAP: Final = "  "


@dataclass(frozen=True, slots=True)
class _Column:
    title: str
    cells: tuple[str, ...]
    style: str = ""
    right: bool = False
    short: tuple[str, ...] = ()
    width: int = 0

    def fitted(self, width: int | None = None) -> _Column:
        natural = max(cell_len(text) for text in (self.title, *self.cells))
        return replace(self, width=natural if width is None else min(width, natural))


@dataclass(frozen=True, slots=True)
class SessionTable:
    """The table; rich fits it to the console. Make it with :func:`session_table`."""

    sessions: Sequence[SessionSummary]
    short_ids: Mapping[str, str]
    long: bool = False

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        glyphs = ASCII if options.ascii_only else UNICODE
        columns = _columns(self.sessions, self.short_ids, glyphs)
        columns = _fit(
            [*columns, *(_more(self.sessions, glyphs) if self.long else ())], options.max_width
        )
        yield _row([(column, column.title, "dim") for column in columns], glyphs)
        for place in range(len(self.sessions)):
            cells = [(column, column.cells[place], column.style) for column in columns]
            yield _row(cells, glyphs)


def session_table(
    sessions: Sequence[SessionSummary], short_ids: Mapping[str, str], *, long: bool = False
) -> SessionTable:
    """Return *sessions*, named by *short_ids*, as something for a rich console to print.

    Args:
        sessions: What to list.
        short_ids: What to call each.
        long: Whether to add latencies, and cached and reasoning tokens, where there is room.
    """
    return SessionTable(sessions, short_ids, long)


def _more(sessions: Sequence[SessionSummary], glyphs: Glyphs) -> list[_Column]:
    """Return what a long list has besides."""

    def column(title: str, say: Callable[[SessionSummary], str]) -> _Column:
        return _Column(title, tuple(map(say, sessions)), right=True).fitted()

    def time(milliseconds: float | None) -> str:
        return glyphs.dash if milliseconds is None else figures.duration(milliseconds)

    return [
        column("mean", lambda one: time(one.mean_ms)),
        column("p95", lambda one: time(one.p95_ms)),
        column("cached", lambda one: _number(one.usage.cache_read_tokens, glyphs)),
        column("reasoning", lambda one: _number(one.usage.reasoning_tokens, glyphs)),
        column("last activity", lambda one: figures.ago(one.end_unix_nano)),
    ]


def _columns(
    sessions: Sequence[SessionSummary], short_ids: Mapping[str, str], glyphs: Glyphs
) -> list[_Column]:
    def column(
        title: str, say: Callable[[SessionSummary], str], style: str = "", right: bool = False
    ) -> _Column:
        return _Column(title, tuple(map(say, sessions)), style, right).fitted()

    made = [
        column("id", lambda one: printable(short_ids[one.id]), "cyan"),
        column("name", lambda one: printable(one.name) or "(no name)", "bold"),
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
    for dropped in ("", *_EXTRA, "user", "requests", "cost", "tokens", "requests"):
        columns = [
            replace(column, cells=column.short, short=(), right=True).fitted()
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
