"""Whether somebody has forbidden to describe the present call."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from otel_helisession.conventions.totals.covering import is_llm_suppressed


def is_suppressed() -> bool:
    """Tell whether calls in the current Context shall make no spans.

    Who suppresses HTTP instrumentation covers the call in another way: the GenAI
    instrumentations do so.
    """
    return is_llm_suppressed() or not _http_enabled()()


@cache
def _http_enabled() -> Callable[[], bool]:
    """Return the function that knows; where its package is missing nobody can suppress."""
    try:
        from opentelemetry.instrumentation.utils import is_http_instrumentation_enabled
    except ImportError:
        return lambda: True
    return is_http_instrumentation_enabled
