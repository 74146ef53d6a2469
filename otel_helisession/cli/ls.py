"""`helisession ls`: the sessions of the store, newest first."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Final

import click
from rich.text import Text

from otel_helisession.cli import figures
from otel_helisession.cli.documents import dumps, session_document
from otel_helisession.cli.session_id import short_ids
from otel_helisession.cli.session_table import session_table
from otel_helisession.cli.store_option import explained, store_option
from otel_helisession.cli.terminal import console, printable
from otel_helisession.store.reader import SessionReader

_LIMIT: Final = 20
"""Sessions on one screen."""


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON: every session, every total.")
@click.option(
    "--limit",
    type=click.IntRange(min=1),
    metavar="N",
    help=f"Most sessions to list.  [default: {_LIMIT}; with --json all]",
)
@click.option("--name", metavar="NAME", help="Only sessions of exactly this name.")
@store_option
def ls(as_json: bool, limit: int | None, name: str | None, store: Path | None) -> None:
    """List the sessions, newest first, with their totals.

    \b
    helisession ls --name "Trip planner"
    helisession ls --json | jq '.sessions[] | select(.errors > 0) | .id'
    """
    if limit is None and not as_json:
        limit = _LIMIT
    with explained(store), SessionReader(store) as reader:
        sessions = reader.sessions(limit=limit, name=name)
        if not reader.exists:
            click.echo(f"There is no store at {reader.path}", err=True)
        if as_json:
            click.echo(dumps({"sessions": [*map(session_document, sessions)]}))
            return
        total = reader.count(name=name)
        shorts = short_ids(reader.names())
        if not sessions:
            _say_empty(reader, name)
            return
    out = console()
    out.print(session_table(sessions, shorts))
    if out.is_terminal:
        shown = "" if len(sessions) == total else f"{len(sessions):,} of "
        newest = shlex.quote(printable(shorts[sessions[0].id]))
        hint = f"One as a tree: helisession show {newest}"
        out.print(Text(f"\n{shown}{figures.count(total, 'session')}. {hint}", style="dim"))


def _say_empty(reader: SessionReader, name: str | None) -> None:
    named = "" if name is None else f" of the name {printable(name)!r}"
    if reader.exists:
        click.echo(f"No sessions{named} in {reader.path}", err=True)
    if name is None:
        click.echo("Make some: helisession demo", err=True)
