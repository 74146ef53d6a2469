"""The segment a unit of work adds to the path: its function, without what changes a run.

Segments are stable and few. An id, a UUID, a date or a counter within a name would give
every run paths of its own, so they go.
"""

from __future__ import annotations

import re
from functools import lru_cache

_VARIABLE = re.compile(
    r"""
    [0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}   # UUID
    | \d{4}-\d{2}-\d{2}(?:[T_ ][\d:.]+Z?)?                         # date, time
    | (?<![A-Za-z0-9])(?=[0-9a-f]*\d)[0-9a-f]{8,}(?![A-Za-z0-9])   # hexadecimal id
    | (?<![A-Za-z0-9.])\#?\d{1,}$                                   # counter at the end
    | (?<![A-Za-z0-9])\d{4,}(?![A-Za-z0-9])                        # long number
    """,
    re.VERBOSE | re.IGNORECASE,
)
_SEPARATORS = " -_.:#/"


@lru_cache(maxsize=4_096)
def stable(name: str) -> str:
    """Return *name* without ids, dates and counters: ``task-17`` becomes ``task``.

    A name that is nothing else becomes empty.
    """
    shortened = _VARIABLE.sub("", name)
    if shortened == name:
        return name
    return re.sub(r"([-_.:# ])[-_.:# ]+", r"\1", shortened).strip(_SEPARATORS)
