"""`helisession show`: one session as a tree, or as JSON."""

from __future__ import annotations

import click
from rich.console import Group, RenderableType
from rich.text import Text

from otel_helisession.analysis.documents import session_document, span_document
from otel_helisession.cli import tree
from otel_helisession.cli.documents import dumps
from otel_helisession.cli.path_table import path_table
from otel_helisession.cli.problem import NoSuchSession
from otel_helisession.cli.session_id import meant
from otel_helisession.cli.source import Source
from otel_helisession.cli.source_option import source_option
from otel_helisession.cli.terminal import console
from otel_helisession.cli.unread import unread
from otel_helisession.cli.watching import watch as watching
from otel_helisession.store.reader import SessionReader
from otel_helisession.store.summary import SessionSummary


@click.command()
@click.argument("session_id", metavar="[ID]", required=False)
@click.option("--last", is_flag=True, help="The session that started last.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON: every span, all it said.")
@click.option(
    "--paths",
    is_flag=True,
    help="Add a table of each path: latencies, tokens, cost, what the session waited for.",
)
@click.option("--watch", is_flag=True, help="Draw it anew while it grows, until Ctrl-C.")
@source_option
def show(
    session_id: str | None, last: bool, as_json: bool, paths: bool, watch: bool, source: Source
) -> None:
    """Draw the session ID as a tree. The start of an id is enough.

    \b
    helisession show 3f2a9c1e
    helisession show --last --watch
    helisession show --last --paths
    helisession show --last --json | jq '.spans[] | select(.kind == "llm") | .tokens'
    helisession show 3f2a9c1e --from tempo http://localhost:3200
    """
    if (session_id is None) != last:
        raise click.UsageError("give either the ID of a session (see: helisession ls) or --last")
    if watch:
        _watch(session_id, as_json, paths, source)
        return
    with source.session(session_id) as reader:
        if not reader.exists:
            raise NoSuchSession(f"there is no store at {reader.path}; try: helisession demo")
        summary = _session(reader, session_id)
        if as_json:
            rows = reader.spans(summary.id)
            documents = [span_document(row, reader.detail(row)) for row in rows]
            found = {"session": session_document(summary), "spans": documents}
            click.echo(dumps(found))
            return
        drawn = _drawing(reader, summary, paths)
    console().print(drawn)


def _drawing(reader: SessionReader, summary: SessionSummary, paths: bool) -> RenderableType:
    spans = reader.spans(summary.id)
    drawn: list[RenderableType] = [tree.render(summary, spans)]
    if paths:
        drawn += [Text(), path_table(spans)]
    odd = unread(reader, spans)
    if odd:
        drawn.append(Text(odd, style="dim"))
    return Group(*drawn)


def _watch(session_id: str | None, as_json: bool, paths: bool, source: Source) -> None:
    """Draw the session, or always the newest, whenever the store changes."""
    out = console()
    if as_json or source.backend is not None or not out.is_terminal:
        raise click.UsageError("--watch draws on a terminal, from the embedded store only")

    def draw() -> RenderableType:
        with source.session(session_id) as reader:
            try:
                return _drawing(reader, _session(reader, session_id), paths)
            except NoSuchSession as error:  # not yet
                return Text(error.message)

    with source.session(session_id) as reader:
        path = reader.path
    watching(path, draw, out)


def _session(reader: SessionReader, session_id: str | None) -> SessionSummary:
    found = reader.session(meant(session_id, reader))
    if found is None:
        raise NoSuchSession("the session has been deleted just now")
    return found
