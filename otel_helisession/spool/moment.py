"""Moment: a time by two clocks, so that an age holds when one of them is set."""

from __future__ import annotations

import functools
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_BOOT_ID: Final = Path("/proc/sys/kernel/random/boot_id")

_EARLIEST: Final = 1_577_836_800_000_000_000
"""2020-01-01, before which there was nothing of ours to keep: an earlier time is that of a
machine whose clock was not set yet."""

_SLACK: Final = 3_600 * 10**9
"""How far ahead a time may be before it is taken for that of a clock that was wrong. Machines
that share a disk differ by seconds; daylight saving does not concern these clocks."""


@dataclass(frozen=True, slots=True)
class Moment:
    """When something was kept.

    Attributes:
        unix_nano: By the clock that can be set: nanoseconds since 1970.
        boot: Which boot of the machine this is; empty where the system does not tell (macOS).
        since_boot_nano: Nanoseconds since that boot, sleep included where the system counts it.
    """

    unix_nano: int
    boot: str
    since_boot_nano: int

    def age_seconds(self, now: Moment) -> float | None:
        """Return how long ago this was at *now*; None when that cannot be known.

        Within one boot no setting of the clock changes the answer. Across boots it is the
        difference by the clock, unless that is impossible.
        """
        if self.boot and self.boot == now.boot:
            return max(0, now.since_boot_nano - self.since_boot_nano) / 1e9
        return age_seconds(self.unix_nano, now)


def age_seconds(unix_nano: int, now: Moment) -> float | None:
    """Return the seconds from *unix_nano* to *now*; None for a time that cannot be right."""
    if not _EARLIEST <= unix_nano <= now.unix_nano + _SLACK:
        return None
    return max(0, now.unix_nano - unix_nano) / 1e9


def now() -> Moment:
    """Return the present."""
    return Moment(time.time_ns(), _boot(), _since_boot())


@functools.cache
def _boot() -> str:
    try:
        return _BOOT_ID.read_text().strip()
    except (OSError, UnicodeDecodeError):
        return ""


def _since_boot() -> int:
    clock = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic_ns() if clock is None else time.clock_gettime_ns(clock)
