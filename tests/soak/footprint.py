"""What a process takes: memory, objects, threads, descriptors."""

from __future__ import annotations

import gc
import os
import statistics
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Footprint:
    """A process at one time.

    Attributes:
        memory: Bytes of resident memory; 0 where the system does not say (not Linux).
        objects: How many objects the garbage collector follows.
        threads: How many threads of Python's.
        descriptors: How many open files and sockets; 0 where the system does not say.
    """

    memory: int
    objects: int
    threads: int
    descriptors: int

    @classmethod
    def now(cls) -> Footprint:
        """Measure this process. Takes as long as a garbage collection does."""
        gc.collect()
        statm, descriptors = Path("/proc/self/statm"), Path("/proc/self/fd")
        pages = int(statm.read_text().split()[1]) if statm.exists() else 0
        return cls(
            pages * os.sysconf("SC_PAGE_SIZE"),
            len(gc.get_objects()),
            threading.active_count(),
            len(list(descriptors.iterdir())) if descriptors.exists() else 0,
        )


def typical(footprints: Sequence[Footprint]) -> Footprint:
    """Return the medians."""
    return Footprint(
        *(
            int(statistics.median(getattr(one, name) for one in footprints))
            for name in ("memory", "objects", "threads", "descriptors")
        )
    )
