"""Whether somebody else already describes, or has forbidden to describe, the present call."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final

from opentelemetry import context as context_api

from otel_helisession.conventions import reader

_MARKS: Final[Mapping[str, frozenset[str]]] = {
    "openinference.span.kind": frozenset({"LLM", "EMBEDDING"}),
    "llm.request.type": frozenset({"chat", "completion", "embedding"}),
    "langfuse.observation.type": frozenset({"generation", "embedding"}),
}
"""LLM spans of conventions that :mod:`otel_helisession.conventions.reader` does not know."""

_SUPPRESSED: Final = "suppress_language_model_instrumentation"
"""The public key in the Context with which Traceloop's instrumentations, among others, tell
those below them that they cover the call."""


def is_llm(span: Any) -> bool:
    """Tell whether *span* is recording and describes an LLM or embedding call."""
    if not span.is_recording() or not hasattr(span, "attributes"):
        return False
    attributes = reader.attributes_of(span)
    if reader.kind(attributes) == "llm":
        return True
    return any(attributes.get(name) in values for name, values in _MARKS.items())


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
