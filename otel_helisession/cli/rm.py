"""`helisession rm`: delete sessions from the store."""

from __future__ import annotations

import sys
import time
from contextlib import closing
from pathlib import Path

import click

from otel_helisession.cli import figures
from otel_helisession.cli.age import age
from otel_helisession.cli.session_id import resolve
from otel_helisession.cli.store_option import explained, store_option
from otel_helisession.intake import inbox
from otel_helisession.store.reader import SessionReader
from otel_helisession.store.writer import SessionWriter


@click.command()
@click.argument("session_ids", metavar="[ID]...", nargs=-1)
@click.option(
    "--older-than",
    callback=age,
    metavar="AGE",
    help="All that ended longer ago: 90m, 12h, 7d, 4w.",
)
@click.option("--all", "everything", is_flag=True, help="All sessions.")
@click.option("--yes", "-y", is_flag=True, help="Do not ask.")
@store_option
def rm(
    session_ids: tuple[str, ...],
    older_than: float | None,
    everything: bool,
    yes: bool,
    store: Path | None,
) -> int:
    """Delete sessions with everything that was kept of them. The start of an ID is enough.

    Asks first on a terminal; elsewhere --all needs --yes.

    \b
    helisession rm 3f2a9c1e
    helisession rm --older-than 2d
    helisession rm --all --yes
    """
    if (bool(session_ids), older_than is not None, everything).count(True) != 1:
        raise click.UsageError("give one of: the IDs of sessions, --older-than, or --all")
    if everything and not yes and not _at_a_terminal():
        raise click.UsageError("there is no terminal to ask on; to delete all sessions add --yes")
    with explained(store):
        with SessionReader(store) as reader:
            names, path, exists = reader.names(), reader.path, reader.exists
        if not exists:
            click.echo(f"There is no store at {path}; nothing deleted", err=True)
            return 1 if session_ids else 0
        chosen = [resolve(one, names) for one in dict.fromkeys(session_ids)]
        if not yes and _at_a_terminal():
            what = _what(len(set(chosen)), older_than, len(names))
            if not click.confirm(f"Delete {what} from {path}?"):
                click.echo("nothing deleted")
                return 1
        with closing(SessionWriter(store)) as writer:
            if everything:
                inbox.forget(path)  # what has come and is not stored yet
                count = writer.remove_all()
            elif older_than is not None:
                count = writer.remove_before(int((time.time() - older_than) * 1e9))
            else:
                count = writer.remove(set(chosen))
    click.echo(f"{figures.count(count, 'session')} deleted")
    return 0


def _at_a_terminal() -> bool:
    return sys.stdin.isatty()


def _what(chosen: int, older_than: float | None, total: int) -> str:
    if chosen:
        return figures.count(chosen, "session")
    if older_than is None:
        return f"all {figures.count(total, 'session')}"
    return f"sessions that ended before {figures.local(int((time.time() - older_than) * 1e9))}"
