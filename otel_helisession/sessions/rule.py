"""The user's rule for segments, made safe."""

from __future__ import annotations

from typing import TYPE_CHECKING

from otel_helisession.guard import caught
from otel_helisession.sessions.live import Rule

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import ReadableSpan


def guarded(rule: Rule) -> Rule:
    """Return the user's *rule* such that its failure adds no segment, and fails nothing else.

    Raises:
        TypeError: It cannot be called.
    """
    if not callable(rule):
        raise TypeError(f"segment must be a function of a span, not {type(rule).__name__}")

    def guarded_rule(span: ReadableSpan) -> str | None:
        try:
            found = rule(span)
            if found is not None and not isinstance(found, str):
                raise TypeError(f"segment() must return a str or None, not {type(found).__name__}")
            return found
        except Exception as error:
            caught("the segment function", error)
            return ""

    return guarded_rule
