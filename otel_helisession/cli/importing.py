"""`helisession import`: spans out of files, into the store."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import click

from otel_helisession.cli import figures
from otel_helisession.cli.extra import needed
from otel_helisession.cli.problem import NotDelivered, Unusable
from otel_helisession.cli.store_option import check_store, explained, store_option
from otel_helisession.cli.terminal import console, printable
from otel_helisession.store.error import StoreError
from otel_helisession.store.location import store_path

_SHOWN: Final = 5
"""Problems that are printed; the rest is counted."""


@click.command("import")
@click.argument(
    "files",
    nargs=-1,
    required=True,
    metavar="FILE...",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
)
@store_option
def import_(files: tuple[Path, ...], store: Path | None) -> int:
    """Read spans from FILEs into the store: OTLP's JSON, one request a line, also compressed.

    The Collector's file exporter writes them, and helisession export --format otlp. A span
    that is there already is replaced, so reading a file again changes nothing.

    \b
    helisession import spans.jsonl
    helisession import collector/*.jsonl.gz --store old.db

    Exits 1 when a line could not be read; all others are stored.
    """
    check_store(store)
    with explained(store):
        path = store_path(store)
    return 1 if read(files, path) else 0


def read(files: Sequence[Path], store: Path, command: str = "import") -> int:
    """Read *files* into *store*, tell how it goes, and return how many problems there were."""
    with needed(command, "viewer"):
        from otel_helisession.intake.files import import_files

    out = console(stderr=True)
    try:
        if not out.is_terminal:
            found = import_files(files, store)
        else:
            with out.status("reading") as status:
                found = import_files(
                    files,
                    store,
                    progress=lambda file, done, total: status.update(
                        f"{printable(str(file))}: {done / 1e6:,.0f} of {total / 1e6:,.0f} MB"
                    ),
                )
    except StoreError as error:
        raise Unusable(str(error)) from error
    except OSError as error:
        raise NotDelivered(f"{error.filename}: {error.strerror}") from error
    for problem in found.problems[:_SHOWN]:
        click.echo(f"Error: {printable(problem)}", err=True)
    left = found.bad - min(len(found.problems), _SHOWN)
    if left > 0:
        click.echo(f"Error: and {left:,} more", err=True)
    named = figures.count(len(files), "file")
    click.echo(f"{figures.count(found.spans, 'span')} from {named} stored in {store}", err=True)
    return found.bad
