"""`helisession export`: a session as a file to keep, to import elsewhere, or to attach."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from otel_helisession.cli.extra import needed
from otel_helisession.cli.problem import NoSuchSession, Unusable
from otel_helisession.cli.session_id import meant
from otel_helisession.cli.store_option import explained, store_option
from otel_helisession.store.location import FILE_MODE
from otel_helisession.store.reader import SessionReader


@click.command()
@click.argument("session_id", metavar="[ID]", required=False)
@click.option("--last", is_flag=True, help="The session that started last.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["json", "otlp", "html"]),
    default="json",
    show_default=True,
    help="json: as show --json. otlp: OTLP's JSON lines. html: a page that shows it anywhere.",
)
@click.option(
    "--output",
    "-o",
    type=click.Path(dir_okay=False, path_type=Path, allow_dash=True),
    metavar="FILE",
    help="Where to write it.  [default: standard output; for html a file named for it]",
)
@click.option("--force", is_flag=True, help="Replace a file that is there.")
@store_option
def export(
    session_id: str | None,
    last: bool,
    form: str,
    output: Path | None,
    force: bool,
    store: Path | None,
) -> None:
    """Write the session ID, whole, in one of three formats. The start of an id is enough.

    \b
    helisession export 3f2a --format html -o agent-run.html    for an issue or a mail
    helisession export 3f2a --format otlp > run.jsonl          helisession import reads it
    helisession export --last | jq '.spans | length'

    It holds what was said to models and what they answered; look at it before you publish it.
    """
    if (session_id is None) != last:
        raise click.UsageError("give either the ID of a session (see: helisession ls) or --last")
    with needed("export", "viewer"):
        from otel_helisession.viewer.export import export as exported

    with explained(store), SessionReader(store) as reader:
        if not reader.exists:
            raise NoSuchSession(f"there is no store at {reader.path}; try: helisession demo")
        made = exported(reader, meant(session_id, reader), form, {})
    if output is None and form == "html":
        output = Path(made.file_name)
    if output is None or str(output) == "-":
        sys.stdout.buffer.write(made.content)
        return
    try:
        _write(output, made.content, force)
    except FileExistsError as error:
        raise Unusable(f"{output} is there already; give another -o, or --force") from error
    except OSError as error:
        raise Unusable(f"{output} cannot be written ({error.strerror}); give another -o") from error
    click.echo(f"{output}: {len(made.content) / 1e3:,.0f} kB", err=True)


def _write(path: Path, content: bytes, force: bool) -> None:
    """Write a new file that only its owner can read, as the store is."""
    if force:
        path.unlink(missing_ok=True)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE), "wb") as file:
        file.write(content)
