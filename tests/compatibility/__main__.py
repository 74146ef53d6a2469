"""The command line: see the package's docstring."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import time

from tests import recordings
from tests.compatibility import matrix
from tests.compatibility.row import Row, chosen, rows
from tests.compatibility.run import Outcome, again, derive, run


def main() -> int:
    os.environ["HELISESSION_PRICES"] = "false"  # they change from week to week
    arguments = _arguments()
    began = time.monotonic()
    known = rows()
    try:
        wanted = known if arguments.all else chosen(arguments.rows)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    if arguments.derive:
        return _derive(known)
    first = run(_runnable(wanted), known, record=arguments.record, say=_say)
    outcomes = first if arguments.record else again(first, known, _say)
    problems = [problem for outcome in outcomes for problem in outcome.problems]
    if arguments.record:
        matrix.PAGE.write_text(matrix.page(known), encoding="utf-8")
    elif arguments.all:
        problems += _leftovers(known)
    _table(outcomes)
    for problem in problems:
        print(f"\n{problem}")
    _unsteady(first, outcomes)
    print(f"\n{len(outcomes)} rows, {len(problems)} problems, {time.monotonic() - began:.0f} s")
    return 1 if problems else 0


def _runnable(wanted: list[Row]) -> list[Row]:
    """Return the rows whose commands are here; say which are left out."""
    runnable = []
    for row in wanted:
        missing = [command for command in row.needs if shutil.which(command) is None]
        if missing:
            _say(f"{row.name}: left out, there is no {' and no '.join(missing)} here")
        else:
            runnable.append(row)
    return runnable


def _derive(known: list[Row]) -> int:
    """Write what is made of the recordings, and say what they do not show."""
    problems = []
    for row in known:
        if recordings.path(row.name).exists():
            recording = recordings.recording(row.name)
            derive(row, recording)
            problems += matrix.problems(row, recording)
    matrix.PAGE.write_text(matrix.page(known), encoding="utf-8")
    for problem in problems:
        print(problem)
    return 1 if problems else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.compatibility",
        description="Run real libraries in environments of their own; compare with recordings.",
    )
    parser.add_argument("rows", nargs="*", metavar="ROW", help="a row, or how several begin")
    parser.add_argument("--all", action="store_true", help="every row, and the page in docs")
    parser.add_argument("--record", action="store_true", help="write down instead of comparing")
    parser.add_argument(
        "--derive",
        action="store_true",
        help="run nothing; write golden payloads, path trees and the page anew from the recordings",
    )
    arguments = parser.parse_args()
    if bool(arguments.rows) + arguments.all + arguments.derive != 1:
        parser.error("say which rows, or --all, or --derive")
    return arguments


def _leftovers(known: list[Row]) -> list[str]:
    """Return what is written down and comes from no row, and whether the page is old."""
    names = {row.name for row in known}
    said = [
        f"{path.name}: no row of that name"
        for path in sorted(recordings.FOLDER.glob("*.json"))
        if path.stem not in names
    ]
    if not matrix.PAGE.exists() or matrix.PAGE.read_text(encoding="utf-8") != matrix.page(known):
        said.append("docs/compatibility.md is not what the recordings say; run with --derive")
    return said


def _table(outcomes: list[Outcome]) -> None:
    print()
    for outcome in outcomes:
        state = f"{len(outcome.problems)} problems" if outcome.problems else "ok"
        print(f"{outcome.row.name:<36} {outcome.seconds:>6.1f} s  {state}")


def _unsteady(first: list[Outcome], last: list[Outcome]) -> None:
    """Say which rows were as recorded in their second run only, and what they said before."""
    for one, other in zip(first, last, strict=True):
        for problem in one.problems if not other.problems else ():
            print(f"unsteady: {problem}")


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
