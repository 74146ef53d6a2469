"""Values that a library wrote as JSON text, or by Python's ``str()`` where JSON was meant."""

from __future__ import annotations

import ast
from typing import Any, Final

from otel_helisession.conventions.attributes.values import parsed

_MAX_CHARS: Final = 20_000
"""Python's parser takes about 1 µs a character."""


def literal(value: Any) -> Any:
    """Return what *value* says; text that is neither JSON nor a Python literal stays text."""
    found = parsed(value)
    if isinstance(found, str) and found[:1] in ("{", "[") and len(found) <= _MAX_CHARS:
        try:
            return ast.literal_eval(found)
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            return found
    return found
