"""Where the spool is."""

from __future__ import annotations

import os
from pathlib import Path

from otel_helisession import environment
from otel_helisession import environment_variables as names


def spool_directory(directory: str | os.PathLike[str] | None = None) -> Path:
    """Return the absolute directory of the spool: *directory*, else HELISESSION_SPOOL, else the
    default, ``helisession/spool`` in ``$XDG_DATA_HOME``, or in ``~/.local/share``.

    Raises:
        TypeError: *directory* is no path.
        ValueError: *directory* is empty, or names a user who has no home directory.
    """
    if directory is None:
        named = environment.place(names.HELISESSION_SPOOL)
        default = environment.data_home() / "helisession" / "spool"
        directory = named if isinstance(named, str) else default
    if not isinstance(directory, (str, os.PathLike)):
        raise TypeError(f"the spool must be a str or Path, not {type(directory).__name__}")
    if not os.fspath(directory):
        raise ValueError("the spool is empty; give a directory, or None for the default")
    try:
        return Path(os.path.abspath(Path(directory).expanduser()))
    except RuntimeError as error:
        raise ValueError(
            f"the spool {directory} has no place: this user has no home directory; give another"
        ) from error
