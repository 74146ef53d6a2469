"""Which stores this process has open, because it must not open and close their files itself.

POSIX takes away all locks that a process has on a file as soon as it closes any descriptor of
that file, SQLite's own locks too (https://www.sqlite.org/howtocorrupt.html, section 2.2). The
next program that ends would then take itself for the last one and delete the -wal file, and
what is written to that afterwards is gone.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from contextlib import suppress
from typing import Any

_open: dict[int, tuple[int, int]] = {}
"""Device and inode of each open connection's file, by the connection's ``id()``."""

opening = threading.Lock()
"""Held from looking at a file to having its connection noted."""


class HeldConnection(sqlite3.Connection):
    """A connection that is known to be open until it is closed."""

    def hold(self, file: tuple[int, int]) -> None:
        """Note that this connection has *file* open, by device and inode."""
        _open[id(self)] = file

    def close(self) -> None:
        """Close it; its file may be looked at again if no other connection has it."""
        super().close()
        _open.pop(id(self), None)

    def __del__(self, *_: Any) -> None:
        with suppress(Exception):  # the interpreter may be ending
            _open.pop(id(self), None)


def is_held(file: tuple[int, int] | None) -> bool:
    """Tell whether a connection of this process has *file* open."""
    return file in list(_open.values())


def _renew() -> None:
    global opening
    opening = threading.Lock()  # another thread of the parent may have held it


os.register_at_fork(after_in_child=_renew)
