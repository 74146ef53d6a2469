"""The option --store, and what a store that cannot be used looks like to the command line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import click

from otel_helisession.cli.problem import Unusable
from otel_helisession.store.connection import connect
from otel_helisession.store.error import StoreError
from otel_helisession.store.location import store_path

_Function = TypeVar("_Function", bound=Callable[..., Any])


def store_option(function: _Function) -> _Function:
    """Add ``--store FILE`` to a command, as the parameter ``store``: a Path or None."""
    return click.option(
        "--store",
        type=click.Path(dir_okay=False, path_type=Path),
        metavar="FILE",
        help="The store to use.  [default: HELISESSION_STORE, or"
        " ~/.local/share/helisession/sessions.db]",
    )(function)


@contextmanager
def explained(store: Path | None) -> Iterator[None]:
    """Turn a StoreError in the block into a message and exit code 2.

    Args:
        store: What ``--store`` was, which the message then speaks of.
    """
    try:
        yield
    except StoreError as error:
        raise Unusable(str(error) if store is None else error.for_option()) from error


def check_store(store: Path | None) -> None:
    """Make the store if it is missing; a message and exit code 2 if it cannot be written."""
    with explained(store):
        connect(store_path(store)).close()
