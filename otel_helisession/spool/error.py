"""SpoolError: why a spool cannot be used, in one sentence that says what to do."""

from __future__ import annotations

import errno
from pathlib import Path

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class SpoolError(Exception):
    """The spool cannot be used. The text is one sentence for people.

    Attributes:
        cause: Which of few causes; one log line each.
    """

    def __init__(self, message: str, cause: str) -> None:
        super().__init__(message)
        self.cause = cause


def newer(path: Path, version: int, known: int) -> SpoolError:
    """Return the error for a file that a later release has written."""
    return SpoolError(
        f"{path} was written by a newer otel-helisession (spool version {version}; this one "
        f"reads up to {known}); upgrade otel-helisession, or delete the file",
        f"newer {version}",
    )


def from_os(error: OSError, directory: Path) -> SpoolError:
    """Return what *error*, met while using the spool in *directory*, means to its owner."""
    reason = error.strerror or str(error) or type(error).__name__
    if error.errno in _FULL:
        advice = "free disk space, or set HELISESSION_SPOOL to a directory on another disk"
    else:
        advice = "set HELISESSION_SPOOL to a directory that you can write to"
    return SpoolError(f"the spool {directory} cannot be used ({reason}); {advice}", reason)


def full(directory: Path, size: int) -> SpoolError:
    """Return the error for a parcel of *size* bytes that the bound leaves no room for."""
    return SpoolError(
        f"the spool {directory} has no room for a parcel of {size:,} bytes, though everything "
        "that may be deleted is; allow it more bytes",
        "full",
    )
