"""The option --spool, and what a spool that cannot be used looks like to the command line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import click

from otel_helisession.cli.problem import Unusable
from otel_helisession.spool.error import SpoolError

_Function = TypeVar("_Function", bound=Callable[..., Any])


def spool_option(function: _Function) -> _Function:
    """Add ``--spool DIR`` to a command, as the parameter ``spool``: a Path or None."""
    return click.option(
        "--spool",
        type=click.Path(file_okay=False, path_type=Path),
        metavar="DIR",
        help="The spool to use.  [default: HELISESSION_SPOOL, or ~/.local/share/helisession/spool]",
    )(function)


@contextmanager
def explained() -> Iterator[None]:
    """Turn what is wrong with a spool in the block into a message and exit code 2."""
    try:
        yield
    except (SpoolError, ValueError) as error:
        raise Unusable(str(error)) from error
