"""Time to first token: from what a library measured, or from the events of a stream."""

from __future__ import annotations

from collections.abc import Container
from typing import Final

from opentelemetry.sdk.trace import ReadableSpan

_MARGIN: Final = 1.001
"""A clock that measures may be another than the one that stamps spans."""

_COARSE_SECONDS: Final = 0.001
"""Spans of JavaScript, and logs for Helicone, start and end at whole milliseconds."""


def first_token_ms(span: ReadableSpan, seconds: float | None) -> float | None:
    """Return *seconds* in milliseconds, as far as it can be true.

    A number that is longer than the span lasted is taken for milliseconds where that fits,
    because libraries mix the two up; what fits neither way is None.
    """
    if seconds is None or seconds < 0:
        return None
    if span.start_time is None or span.end_time is None:
        return seconds * 1_000
    lasted = max(span.end_time - span.start_time, 0) / 1e9 * _MARGIN + _COARSE_SECONDS
    if seconds <= lasted:
        return seconds * 1_000
    return seconds if seconds <= lasted * 1_000 else None


def first_event_ms(span: ReadableSpan, names: Container[str]) -> float | None:
    """Return when the first event of one of *names* came, in milliseconds from the start.

    None when the SDK's limit dropped events: it keeps the newest, so the first is not there.
    """
    if span.start_time is None or span.dropped_events:
        return None
    for event in span.events:
        if event.name in names:
            return max(event.timestamp - span.start_time, 0) / 1e6
    return None
