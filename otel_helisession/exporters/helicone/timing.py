"""The ``timing`` of a log: whole seconds and milliseconds, end never before start."""

from __future__ import annotations

import math
import time
from typing import Any

_MILLI = 1_000_000
_MAX_MILLIS = 253_402_300_799_999
"""The end of the year 9999: Helicone drops what JavaScript cannot write as a date."""


def timing(start: int | None, end: int | None, first_token_ms: float | None) -> dict[str, Any]:
    """Return the times of a request.

    Args:
        start: Nanoseconds since 1970; None or 0 when unknown.
        end: Likewise. A missing one is taken from the other; both from now.
        first_token_ms: Milliseconds from start to the first piece of a stream, if known.
    """
    first = start or end or time.time_ns()
    last = end or first
    start_ms = min(max(first // _MILLI, 0), _MAX_MILLIS)
    end_ms = min(max(last // _MILLI, start_ms), _MAX_MILLIS)
    made: dict[str, Any] = {"startTime": _moment(start_ms), "endTime": _moment(end_ms)}
    if first_token_ms is not None and math.isfinite(first_token_ms) and first_token_ms >= 0:
        made["timeToFirstToken"] = round(first_token_ms)
    return made


def _moment(millis: int) -> dict[str, int]:
    return {"seconds": millis // 1_000, "milliseconds": millis % 1_000}
