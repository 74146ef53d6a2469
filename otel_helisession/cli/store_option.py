"""The option --store, and what a store that cannot be used looks like to the command line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import click

from otel_helisession.cli.problem import Unusable
from otel_helisession.store.error import StoreError

_Function = TypeVar("_Function", bound=Callable[..., Any])


def store_option(function: _Function) -> _Function:
    """Add ``--store FILE`` to a command, as the parameter ``store``: a Path or None."""
    return click.option(
        "--store",
        type=click.Path(dir_okay=False, path_type=Path),
        metavar="FILE",
        help="The store to use, in place of HELISESSION_STORE or the default.",
    )(function)


@contextmanager
def explained() -> Iterator[None]:
    """Turn a StoreError in the block into a message and exit code 2."""
    try:
        yield
    except StoreError as error:
        raise Unusable(str(error)) from error
