"""`helisession ls`: the sessions of the store, newest first."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any, Final

import click
from rich.text import Text

from otel_helisession.analysis.documents import session_document
from otel_helisession.cli import figures
from otel_helisession.cli.documents import dumps
from otel_helisession.cli.filter_options import Filters, filter_options
from otel_helisession.cli.session_id import short_ids
from otel_helisession.cli.session_table import session_table
from otel_helisession.cli.source import Source
from otel_helisession.cli.source_option import source_option
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
@click.option(
    "--long", is_flag=True, help="Say more of each: latencies, models, properties, whole ids."
)
@filter_options
@source_option
def ls(as_json: bool, limit: int | None, long: bool, source: Source, **filters: Any) -> None:
    """List the sessions, newest first, with their totals.

    \b
    helisession ls --name "Trip planner" --sort cost
    helisession ls --search "hotel quiet" --errors --long
    helisession ls --search '"quiet hotel"'
    helisession ls --json | jq '.sessions[] | select(.errors > 0) | .id'
    helisession ls --from jaeger http://localhost:16686 --since 1h
    """
    if limit is None and not as_json:
        limit = _LIMIT
    given = Filters(**filters)
    with source.sessions(name=given.name, limit=limit) as reader:
        total, sessions = reader.find(given.wanted(_searched(source, reader), limit))
        if not reader.exists:
            click.echo(f"There is no store at {reader.path}", err=True)
        if as_json:
            click.echo(dumps({"sessions": [*map(session_document, sessions)]}))
            return
        shorts = short_ids(reader.names())
        beginnings = {one.id: reader.beginning(one.id) for one in sessions if not one.name}
        if not sessions:
            _say_empty(source, reader, given)
            return
    out = console()
    out.print(session_table(sessions, shorts, beginnings=beginnings, long=long))
    if out.is_terminal:
        shown = "" if len(sessions) == total else f"{len(sessions):,} of "
        newest = shlex.quote(printable(shorts[sessions[0].id]))
        hint = f"One as a tree: helisession show {newest}{source.option}"
        out.print(Text(f"\n{shown}{figures.count(total, 'session')}. {hint}", style="dim"))


def _searched(source: Source, reader: SessionReader) -> Path | None:
    """Return the store whose messages can be searched; a backend's copy has no index."""
    return reader.path if source.backend is None and reader.exists else None


def _say_empty(source: Source, reader: SessionReader, given: Filters) -> None:
    name = given.name
    named = "" if name is None else f" of the name {printable(name)!r}"
    if given.narrow and name is None:
        named = " like that"
    if reader.exists and (source.backend is None or named):
        click.echo(f"No sessions{named} in {source.place(reader)}", err=True)
    if not given.narrow and source.backend is None:
        click.echo("For sessions to look at: helisession demo", err=True)
