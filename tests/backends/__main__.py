"""Say which real programs are here; with ``--build`` make what is missing, in minutes.

    python -m tests.backends --build [collector] [jaeger] [prometheus] [phoenix]

Exits with 1 when something that was to be built could not be.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from tests.backends import phoenix, programs
from tests.backends.building import build
from tests.backends.go import BuildError
from tests.backends.programs import Program
from tests.compatibility.environments import InstallError

Provide = Callable[[bool], Path | None]


def _program(program: Program, build_it: bool) -> Path | None:
    if build_it and program.find() is None:
        build(program, print)
    return program.find()


def _phoenix(build_it: bool) -> Path | None:
    if build_it:
        phoenix.ENVIRONMENT.install()
    return phoenix.ENVIRONMENT.python if phoenix.ENVIRONMENT.python.exists() else None


def main(arguments: list[str]) -> int:
    """Run the command; return the exit status."""
    known: dict[str, Provide] = {
        **{program.name.lower(): partial(_program, program) for program in programs.ALL},
        "phoenix": _phoenix,
    }
    parser = argparse.ArgumentParser(prog="python -m tests.backends", description=__doc__)
    parser.add_argument("--build", action="store_true", help="make what is missing")
    parser.add_argument("names", nargs="*", metavar="PROGRAM", help=f"of {', '.join(known)}")
    given = parser.parse_args(arguments)
    unknown = set(given.names) - set(known)
    if unknown:
        parser.error(f"no program {', '.join(sorted(unknown))}; there are {', '.join(known)}")
    failed = False
    for name in given.names or known:
        began, found = time.monotonic(), None
        try:
            found = known[name](given.build)
        except (BuildError, InstallError, FileNotFoundError) as error:
            failed = True
            print(f"{name}: {error}")
        print(f"{name}: {found or 'not here'} ({time.monotonic() - began:.0f} s)", flush=True)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
