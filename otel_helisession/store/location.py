"""Where the embedded store is, and the file itself: private to its owner from the first byte."""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from pathlib import Path

from otel_helisession import environment
from otel_helisession import environment_variables as names
from otel_helisession.store.error import StoreError, from_os, unwritable

FILE_MODE = 0o600
"""Prompts and answers are in it. SQLite gives its -wal and -shm files the same mode."""

DIRECTORY_MODE = 0o700

_MAGIC = b"SQLite format 3\x00"
"""The first bytes of a database: https://www.sqlite.org/fileformat.html"""


def store_path(path: str | os.PathLike[str] | None = None) -> Path:
    """Return the absolute path of the store: *path*, else HELISESSION_STORE, else the default.

    The default is ``helisession/sessions.db`` in ``$XDG_DATA_HOME``, or in ``~/.local/share``.

    Raises:
        TypeError: *path* is no path.
        ValueError: *path* is empty.
        StoreError: There is no home directory to put the default in.
    """
    if path is not None:
        if not isinstance(path, (str, os.PathLike)):
            raise TypeError(f"the store's path must be a str or Path, not {type(path).__name__}")
        if not os.fspath(path):
            raise ValueError("the store's path is empty; give a file, or None for the default")
        return _absolute(Path(path))
    named = environment.text(names.HELISESSION_STORE)
    if named is not None:
        return _absolute(Path(named))
    return _absolute(environment.data_home()) / "helisession" / "sessions.db"


def make_file(path: Path) -> None:
    """Make the file *path* if it is missing, 0600, in a directory 0700 if that is missing too.

    What is there already keeps its mode.

    Raises:
        StoreError: It cannot be made.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=DIRECTORY_MODE)
        _make(path)
    except OSError as error:
        raise from_os(error, path) from error


def _make(path: Path) -> None:
    target = os.path.realpath(path)
    try:
        # Only a new file is opened: see held.py.
        os.close(os.open(target, os.O_RDWR | os.O_CREAT | os.O_EXCL, FILE_MODE))
    except FileExistsError:
        if os.path.isdir(target):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR)) from None
        if not os.access(target, os.R_OK | os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES)) from None


def make_private(path: Path) -> None:
    """Take from others what they may do with the store at *path*, if it belongs to this user."""
    for suffix in ("", "-wal", "-shm"):
        file = path.with_name(path.name + suffix)
        with suppress(OSError):  # -wal and -shm come and go; another user's file is theirs
            if file.stat().st_mode & 0o077:
                file.chmod(FILE_MODE)


def is_sqlite(path: Path) -> bool:
    """Tell whether the file at *path* is empty or says that it is SQLite's.

    SQLite itself takes a short text file for an empty database, and overwrites it. Opens the
    file, so it must not be asked where this process has it open: see held.py.
    """
    try:
        with path.open("rb") as file:
            return file.read(len(_MAGIC)) in (b"", _MAGIC)
    except OSError as error:
        raise from_os(error, path) from error


def identity(path: Path) -> tuple[int, int] | None:
    """Return which file is at *path* now, by device and inode; None when there is none."""
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise from_os(error, path) from error
    return status.st_dev, status.st_ino


def _absolute(path: Path) -> Path:
    try:
        return Path(os.path.abspath(path.expanduser()))
    except RuntimeError as error:
        raise StoreError(
            f"{path} has no place: this user has no home directory; set HELISESSION_STORE"
        ) from error
    except OSError as error:  # the current directory is gone
        raise unwritable(path, error.strerror or str(error)) from error
