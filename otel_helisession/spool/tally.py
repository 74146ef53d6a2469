"""SpoolTally: what this process put into the spool, took out, and lost of it, in spans."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SpoolTally:
    """Counts since the start of this process.

    Attributes:
        kept: Spans put on disk.
        buried: Spans put among the dead letters.
        expired: Spans deleted because they were older than the bound.
        evicted: Spans deleted, oldest first, because the spool was full.
        damaged: Stretches of files that could not be read: writes that were cut, or rot.
    """

    kept: int = 0
    buried: int = 0
    expired: int = 0
    evicted: int = 0
    damaged: int = 0
