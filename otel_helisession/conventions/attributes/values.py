"""Attribute values as they come: structured, JSON text, cut, or of the wrong type.

Nothing here raises: what cannot be read is None, or the text itself.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

Attributes = Mapping[str, Any]


def text(value: Any) -> str | None:
    """Return *value* as text; None for anything else, and for empty text."""
    return value if isinstance(value, str) and value else None


def integer(value: Any) -> int | None:
    """Return a count: a whole number that is not negative, also from text or float."""
    number = decimal(value)
    return None if number is None or number < 0 else int(number)


def decimal(value: Any) -> float | None:
    """Return a finite number, also from text; None for anything else, booleans included."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def flag(value: Any) -> bool | None:
    """Return a boolean, also from the texts ``true`` and ``false``; None for anything else."""
    if isinstance(value, str):
        return {"true": True, "false": False}.get(value.lower())
    return value if isinstance(value, bool) else None


def texts(value: Any) -> tuple[str, ...]:
    """Return the texts of a sequence, or a text alone as one; empty for anything else."""
    if isinstance(value, str):
        return (value,) if value else ()
    if isinstance(value, Sequence) and not isinstance(value, (bytes, bytearray)):
        return tuple(item for item in value if isinstance(item, str))
    return ()


def parsed(value: Any) -> Any:
    """Return what *value* says: JSON text parsed, other text and structures as they are."""
    if isinstance(value, str) and value[:1] in ("{", "[", '"'):
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            return value
    return value


def mappings(value: Any) -> tuple[Mapping[str, Any], ...]:
    """Return the mappings in a structured or JSON sequence; empty when it is none."""
    items = parsed(value)
    if isinstance(items, Mapping):
        return (items,)
    if isinstance(items, Sequence) and not isinstance(items, (str, bytes, bytearray)):
        return tuple(item for item in items if isinstance(item, Mapping))
    return ()
