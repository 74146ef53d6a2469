"""Whether somebody has forbidden to describe the present call."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Final

from opentelemetry import context as context_api

_SUPPRESSED: Final = "suppress_language_model_instrumentation"
"""The public key in the Context with which Traceloop's instrumentations, among others, tell
those below them that they cover the call."""


def is_suppressed() -> bool:
    """Tell whether calls in the current Context shall make no spans.

    Who suppresses HTTP instrumentation covers the call in another way: the GenAI
    instrumentations do so.
    """
    return bool(context_api.get_value(_SUPPRESSED)) or not _http_enabled()()


@cache
def _http_enabled() -> Callable[[], bool]:
    """Return the function that knows; where its package is missing nobody can suppress."""
    try:
        from opentelemetry.instrumentation.utils import is_http_instrumentation_enabled
    except ImportError:
        return lambda: True
    return is_http_instrumentation_enabled
