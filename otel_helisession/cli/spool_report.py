"""What `helisession resend` prints: what a spool holds, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import click

from otel_helisession.cli import figures
from otel_helisession.cli.documents import dumps
from otel_helisession.cli.terminal import printable
from otel_helisession.spool.refusals import Refusals, refusals
from otel_helisession.spool.spool import Spool
from otel_helisession.spool.waiting import Waiting, contents


@dataclass(slots=True)
class Row:
    """What became of the spans of one destination.

    Attributes:
        destination: Its name.
        spans: How many were there.
        sent: How many went: to the destination, or away.
        buried: How many were refused for good.
        held: How many a running program holds.
        place: Where they were sent, in words.
        problem: Why not all went; empty when they did.
    """

    destination: str
    spans: int
    sent: int = 0
    buried: int = 0
    held: int = 0
    place: str = ""
    problem: str = ""

    @property
    def left(self) -> int:
        """How many stay, and no running program cares for them."""
        return max(0, self.spans - self.sent - self.buried - self.held)

    def document(self) -> dict[str, Any]:
        """Return what ``--json`` says of it."""
        return {
            "destination": self.destination,
            "sent": self.sent,
            "buried": self.buried,
            "left": self.left,
            "held": self.held,
            "problem": self.problem or None,
        }


def dead_letters(spool: Spool, only: Sequence[str]) -> list[Refusals]:
    """Return the dead letters for destinations of these names, or for all."""
    return [
        one for one in refusals(spool.dead_letters.letters()) if not only or one.destination in only
    ]


def show_rows(
    spool: Spool, rows: Sequence[Row], verb: str, as_json: bool, letters: Sequence[Refusals] = ()
) -> int:
    """Print what became of spans, and return the exit code."""
    problems = contents(spool.directory).problems
    if as_json:
        said: dict[str, Any] = {
            "spool": str(spool.directory),
            "destinations": [
                {verb if name == "sent" else name: value for name, value in row.document().items()}
                for row in rows
            ],
            "problems": list(problems),
        }
        if letters:
            said["dead_letters_deleted"] = sum(one.spans for one in letters)
        click.echo(dumps(said))
    else:
        for row in rows:
            click.echo(_sentence(row, verb))
        for one in letters:
            what = figures.count(one.spans, "dead letter")
            click.echo(f"{printable(one.destination)}: {what} deleted")
        if not rows and not letters:
            click.echo(f"Nothing is kept in {spool.directory}")
        for problem in problems:
            click.echo(f"Error: {problem}", err=True)
    return 1 if problems or any(row.left or row.problem for row in rows) else 0


def show_contents(spool: Spool, only: Sequence[str], letters: bool, as_json: bool) -> int:
    """Print what there is, and return the exit code."""
    there = contents(spool.directory)
    waiting = [one for one in there.waiting if not only or one.destination in only]
    dead = dead_letters(spool, only)
    if as_json:
        click.echo(
            dumps(
                {
                    "spool": str(spool.directory),
                    "destinations": [_waiting(one) for one in waiting],
                    "dead_letters": [_dead(one) for one in dead],
                    "problems": list(there.problems),
                }
            )
        )
        return 0
    for one in waiting:
        click.echo(_kept(one))
    for refused in dead:
        reason = printable(refused.reasons[0])
        what = figures.count(refused.spans, "dead letter")
        click.echo(f"{printable(refused.destination)}: {what}, newest {refused.newest}: {reason}")
    if dead and not letters:
        click.echo(f"Dead letters are in {spool.dead_letters.path}; to try them: --dead-letters")
    if not waiting and not dead:
        click.echo(f"Nothing is kept in {spool.directory}")
    for problem in there.problems:
        click.echo(f"Error: {problem}", err=True)
    return 0


def _sentence(row: Row, verb: str) -> str:
    where = f" to {row.place}" if row.place and row.sent else ""
    total = f" of {row.spans:,}" if row.sent != row.spans else ""
    parts = [f"{row.sent:,}{total} span{'' if row.spans == 1 else 's'} {verb}{where}"]
    if row.buried:
        parts.append(f"{row.buried:,} were refused for good: see helisession doctor")
    if row.held:
        parts.append(f"{row.held:,} are held by a running program, which sends them itself")
    if row.problem:
        parts.append(f"{row.left:,} stay in the spool: {row.problem}")
    return f"{printable(row.destination)}: {'; '.join(parts)}"


def _kept(one: Waiting) -> str:
    held = f", {one.held:,} of them held by a running program" if one.held else ""
    age = figures.duration(one.age_seconds * 1_000)
    spans = figures.count(one.spans, "span")
    return (
        f"{printable(one.destination)}: {spans} in {one.bytes / 1_000:,.0f} kB, oldest {age}{held}"
    )


def _waiting(one: Waiting) -> dict[str, Any]:
    return {
        "destination": one.destination,
        "spans": one.spans,
        "held": one.held,
        "bytes": one.bytes,
        "age_seconds": round(one.age_seconds),
    }


def _dead(one: Refusals) -> dict[str, Any]:
    return {
        "destination": one.destination,
        "spans": one.spans,
        "newest": one.newest,
        "reasons": list(one.reasons),
    }
