"""StoreError: why the embedded store cannot be used, in one sentence that says what to do."""

from __future__ import annotations

import errno
import sqlite3
from pathlib import Path

_NAME_ANOTHER = "set HELISESSION_STORE to"
"""How a sentence begins its advice to use another file."""

BUSY_SECONDS = 5.0
"""How long one statement waits for another process's transaction. Those last milliseconds,
so waiting longer means that somebody holds the file open in a tool."""


class StoreError(Exception):
    """The store cannot be used. The text is one sentence for people.

    Attributes:
        lasting: Whether trying again is pointless until somebody mends it. False for a
            full disk and for a lock held by another program.
    """

    def __init__(self, message: str, *, lasting: bool = True) -> None:
        super().__init__(message)
        self.lasting = lasting

    def for_option(self) -> str:
        """Return the sentence for somebody who named the file with ``--store``."""
        return str(self).replace(_NAME_ANOTHER, "give --store")


class UnwritableError(StoreError):
    """The file cannot be opened for writing. It may be there to be read all the same."""


def from_sqlite(error: sqlite3.Error, path: Path) -> StoreError:
    """Return what *error*, met while using the store at *path*, means to its owner.

    By SQLite's words, because Python 3.10 does not tell its codes.
    """
    said = str(error)
    if "locked" in said or "busy" in said:
        return StoreError(
            f"{path} has been locked by another program for {BUSY_SECONDS:g} seconds; "
            "close whatever holds it open",
            lasting=False,
        )
    if "disk I/O" in said:
        return StoreError(
            f"{path} cannot grow, or cannot be read ({said}); free disk space if there is none, or "
            f"{_NAME_ANOTHER} a file on another disk",
            lasting=False,
        )
    if "full" in said:
        return StoreError(
            f"{path} cannot grow ({said}); free disk space, or {_NAME_ANOTHER} a file on "
            "another disk",
            lasting=False,
        )
    if "not a database" in said or "malformed" in said or "corrupt" in said:
        return StoreError(
            f"{path} is damaged, or is no session store ({said}); move it away, and a new one "
            f"is made in its place, or {_NAME_ANOTHER} another file"
        )
    if "readonly" in said or "unable to open" in said:
        return unwritable(path, said)
    return StoreError(f"{path} cannot be used: {said}", lasting=False)


def from_os(error: OSError, path: Path) -> StoreError:
    """Return what *error*, met while making the file *path*, means to its owner."""
    if error.errno == errno.ENOSPC:
        return from_sqlite(sqlite3.OperationalError("database or disk is full"), path)
    return unwritable(path, error.strerror or str(error))


def unwritable(path: Path, reason: str) -> UnwritableError:
    """Return the error for a *path* that cannot be opened or written."""
    return UnwritableError(
        f"{path} cannot be opened ({reason}); {_NAME_ANOTHER} a file in a directory that you can "
        "write to"
    )
