"""A lock on an open file, which the kernel takes back when the process ends.

``flock``, not ``lockf``: POSIX locks are gone as soon as any other part of the process closes
the same file, and are no bar to a second thread.
"""

from __future__ import annotations

import errno
import time
from typing import Final

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

AVAILABLE: Final = fcntl is not None
"""Whether this system has such locks."""

_PAUSE_SECONDS: Final = 0.005


def lock(descriptor: int, timeout_seconds: float = 0.0) -> bool:
    """Take the exclusive lock; False when another holder has kept it for *timeout_seconds*."""
    deadline = time.monotonic() + timeout_seconds
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except OSError as error:
            if error.errno not in (errno.EWOULDBLOCK, errno.EACCES):
                raise
        if time.monotonic() >= deadline:
            return False
        time.sleep(_PAUSE_SECONDS)


def is_locked(descriptor: int) -> bool:
    """Tell whether another holder has the exclusive lock, without taking it."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    unlock(descriptor)
    return False


def unlock(descriptor: int) -> None:
    """Give the lock back, also on behalf of forked children that share the open file."""
    fcntl.flock(descriptor, fcntl.LOCK_UN)
