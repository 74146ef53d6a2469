"""A package that a command needs and nobody has installed: one sentence with what to type."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from otel_helisession.cli.problem import Unusable
from otel_helisession.extras import installing

_OURS = "otel_helisession"


def missing(command: str, extra: str, package: str | None) -> Unusable:
    """Return what to say when *command* needs *package*, which *extra* brings."""
    return Unusable(
        f"'helisession {command}' needs {package}, which is not installed; install it with: "
        f"{installing(extra)}"
    )


@contextmanager
def needed(command: str, extra: str) -> Iterator[None]:
    """Turn a package that imports in the block do not find into a message and exit code 2."""
    try:
        yield
    except ModuleNotFoundError as error:
        if (error.name or _OURS).partition(".")[0] == _OURS:
            raise
        raise missing(command, extra, error.name) from error
