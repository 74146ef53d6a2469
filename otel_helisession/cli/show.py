"""`helisession show`: one session as a tree, or as JSON."""

from __future__ import annotations

from pathlib import Path

import click
from rich.text import Text

from otel_helisession.cli import tree
from otel_helisession.cli.documents import dumps, session_document, span_document
from otel_helisession.cli.problem import NoSuchSession
from otel_helisession.cli.session_id import resolve
from otel_helisession.cli.store_option import explained, store_option
from otel_helisession.cli.terminal import console
from otel_helisession.cli.unread import unread
from otel_helisession.store.reader import SessionReader
from otel_helisession.store.summary import SessionSummary


@click.command()
@click.argument("session_id", metavar="[ID]", required=False)
@click.option("--last", is_flag=True, help="The session that started last.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON: every span, all it said.")
@store_option
def show(session_id: str | None, last: bool, as_json: bool, store: Path | None) -> None:
    """Draw the session ID as a tree. The start of an id is enough.

    \b
    helisession show 3f2a9c1e
    helisession show --last
    helisession show --last --json | jq '.spans[] | select(.kind == "llm") | .tokens'
    """
    if (session_id is None) != last:
        raise click.UsageError("give either the ID of a session (see: helisession ls) or --last")
    with explained(store), SessionReader(store) as reader:
        if not reader.exists:
            raise NoSuchSession(f"there is no store at {reader.path}; try: helisession demo")
        summary = _session(reader, session_id)
        spans = reader.spans(summary.id)
        if as_json:
            documents = [span_document(row, reader.detail(row)) for row in spans]
            found = {"session": session_document(summary), "spans": documents}
            click.echo(dumps(found))
            return
        odd = unread(reader, spans)
    out = console()
    out.print(tree.render(summary, spans))
    if odd:
        out.print(Text(odd, style="dim"))


def _session(reader: SessionReader, session_id: str | None) -> SessionSummary:
    if session_id is None:
        newest = reader.sessions(limit=1)
        if newest:
            return newest[0]
        raise NoSuchSession(f"no sessions in {reader.path}; try: helisession demo")
    found = reader.session(resolve(session_id, reader.names()))
    if found is None:
        raise NoSuchSession("the session has been deleted just now")
    return found
