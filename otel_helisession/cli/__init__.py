"""The `helisession` command."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from otel_helisession.extras import installing

_NEEDED = ("click", "rich")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command with *arguments* (the process's own when None), and return its exit code.

    0: done. 1: no such session. 2: wrong usage, or a store that cannot be used. 130: interrupted.
    """
    try:
        from otel_helisession.cli.group import run
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in _NEEDED:
            raise
        print(
            "helisession: the command needs click and rich; install them with:\n"
            f"  {installing('cli')}",
            file=sys.stderr,
        )
        return 2
    try:
        code = run(arguments)
        sys.stdout.flush()
        return code
    except BrokenPipeError:  # the reader, `head` or a pager, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    except KeyboardInterrupt:
        return 130
