"""`helisession resend`: send what a spool has kept, or delete it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import click
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from otel_helisession import environment
from otel_helisession.cli import figures, resending, spool_report
from otel_helisession.cli.problem import NotDelivered, Unusable
from otel_helisession.cli.spool_option import explained, spool_option
from otel_helisession.cli.spool_report import Row
from otel_helisession.cli.terminal import console, printable
from otel_helisession.destinations import EXPORTERS, UnknownDestination, exporter_for
from otel_helisession.spool.location import spool_directory
from otel_helisession.spool.spool import Spool
from otel_helisession.spool.waiting import Waiting, contents


@click.command()
@click.option(
    "--destination",
    "only",
    multiple=True,
    metavar="NAME",
    help="Only what is for NAME, as --dry-run calls it. May be given again.",
)
@click.option(
    "--to",
    type=click.Choice([name for name in EXPORTERS if name != "none"]),
    help="Send it there, whomever it was for.",
)
@click.option(
    "--dead-letters",
    is_flag=True,
    help="Also what was refused for good; with --drop only that.",
)
@click.option("--dry-run", is_flag=True, help="Only say what there is.")
@click.option("--drop", is_flag=True, help="Delete it instead of sending it. Asks first.")
@click.option("--yes", "-y", is_flag=True, help="Do not ask.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@spool_option
def resend(
    only: tuple[str, ...],
    to: str | None,
    dead_letters: bool,
    dry_run: bool,
    drop: bool,
    yes: bool,
    as_json: bool,
    spool: Path | None,
) -> int:
    """Send the spans that their destination did not take, and that were kept in a spool.

    \b
    helisession resend --dry-run                  what is kept, and for whom
    helisession resend                            send it to where it was meant to go
    helisession resend --dead-letters             try what was refused again, too
    helisession resend --destination X --to otlp  send it somewhere else
    helisession resend --drop --yes               give it up

    Where a destination is, is read from the environment, as configure() does: HELICONE_API_KEY,
    OTEL_EXPORTER_OTLP_ENDPOINT, HELISESSION_STORE. A program that runs sends what it has kept by
    itself, and what it holds is left to it. What was sent twice is one request in Helicone and
    one span in the store; other backends may show it twice.

    Exits 0 when nothing is left to do, 1 when something stays behind, 2 when the spool cannot
    be used.
    """
    if drop and (to or dry_run):
        raise click.UsageError("--drop sends nothing; give it without --to and --dry-run")
    if environment.disabled() and not (drop or dry_run):
        raise Unusable(
            "exporters are switched off by HELISESSION_DISABLED or OTEL_SDK_DISABLED, and would "
            "throw the spans away; unset the variable"
        )
    with explained():
        found = Spool(spool_directory(spool))
        with closing(found):
            if dry_run:
                return spool_report.show_contents(found, only, dead_letters, as_json)
            if drop:
                return _drop(found, only, dead_letters, yes, as_json)
            if dead_letters:
                found.revive(*only)
                found.close()  # what was revived is nobody's now
            waiting = _chosen(found, only)
            with progress_bar(sum(one.spans for one in waiting), as_json) as progress:
                rows = [_send(found, one, to or one.destination, progress) for one in waiting]
            return spool_report.show_rows(found, rows, "sent", as_json)


def _chosen(spool: Spool, only: Sequence[str]) -> list[Waiting]:
    """Return what waits for the destinations of these names, or for all."""
    found = contents(spool.directory).waiting
    unknown = [name for name in only if name not in {one.destination for one in found}]
    if unknown:
        there = ", ".join(repr(printable(one.destination)) for one in found) or "nobody"
        raise NotDelivered(
            f"nothing is kept for {printable(unknown[0])!r}; {spool.directory} holds spans for "
            f"{there}"
        )
    return [one for one in found if not only or one.destination in only]


def _send(spool: Spool, waiting: Waiting, name: str, progress: Callable[[int], object]) -> Row:
    """Send what is kept for one destination, by the exporter of that *name*."""
    row = Row(waiting.destination, waiting.spans, held=waiting.held)
    if waiting.spans == waiting.held:
        return row
    try:
        exporter, row.place = exporter_for(name)
    except UnknownDestination as error:
        row.problem = (
            f"{error}; start that program again, which sends them itself, or send them elsewhere "
            "(--to), or delete them (--drop)"
        )
        return row
    except (ValueError, ImportError) as error:
        row.problem = str(error)
        return row
    try:
        resent = resending.resend(spool, waiting.destination, exporter, progress)
    finally:
        exporter.shutdown()
    row.sent, row.buried = resent.sent, resent.buried
    if resent.failed or resent.gave_up:
        row.problem = "it does not take them now; try again later"
    elif resent.rejected:
        row.problem = f"it rejected {figures.count(resent.rejected, 'span')}, and did not say which"
    return row


def _drop(spool: Spool, only: Sequence[str], dead_letters: bool, yes: bool, as_json: bool) -> int:
    """Delete what is kept, or the dead letters if these are meant."""
    letters = spool_report.dead_letters(spool, only) if dead_letters else []
    waiting = [] if dead_letters else _chosen(spool, only)
    count = sum(one.spans - one.held for one in waiting) + sum(one.spans for one in letters)
    if count and not yes:
        if not at_a_terminal():
            raise click.UsageError("there is no terminal to ask on; to delete spans add --yes")
        if not click.confirm(f"Delete {figures.count(count, 'span')} that nobody has?"):
            click.echo("nothing deleted")
            return 1
    rows = []
    for one in waiting:
        row = Row(one.destination, one.spans, held=one.held)
        for parcel in spool.parcels(one.destination):
            row.sent += len(parcel.spans)
            parcel.done()
        rows.append(row)
    if letters:
        spool.drop_dead_letters(*only)
    return spool_report.show_rows(spool, rows, "deleted", as_json, letters)


def at_a_terminal() -> bool:
    """Tell whether somebody can be asked."""
    return sys.stdin.isatty()


@contextmanager
def progress_bar(total: int, quiet: bool) -> Iterator[Callable[[int], object]]:
    """Yield what is told of so many more spans; it draws a bar on a terminal."""
    err = console(stderr=True)
    columns = (TextColumn("sending"), BarColumn(), MofNCompleteColumn(), TextColumn("spans"))
    hidden = quiet or not err.is_terminal or not total
    with Progress(*columns, console=err, transient=True, disable=hidden) as bar:
        task = bar.add_task("sending", total=total)
        yield lambda spans: bar.advance(task, spans)
