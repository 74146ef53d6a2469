"""Attribute values as JSON and back, without losing what JSON has no word for.

Text, booleans, None, finite floats and integers of 64 bits stand as they are, sequences as
arrays. An object always has one member, which names what it is: ``{"bytes": "aGk="}``,
``{"float": "nan"}``, ``{"int": "-0x1..."}`` for a large one, ``{"map": {...}}``.
"""

from __future__ import annotations

import base64
import math
from collections.abc import Mapping, Sequence
from typing import Any, Final

_MAX_DEPTH: Final = 64
"""Deepest nesting that is kept: Python's own JSON reader gives up not far beyond 300 when it is
called from a deep place, and real messages reach about 8."""

_TOO_DEEP: Final = "..."

_LARGEST: Final = 2**63


def mapping_to_json(attributes: Mapping[str, Any], depth: int = 0) -> dict[str, Any]:
    """Return *attributes* as a JSON object of their names; the order stays."""
    return {str(name): to_json(value, depth) for name, value in attributes.items()}


def mapping_from_json(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """Return what :func:`mapping_to_json` was given."""
    return {name: from_json(value) for name, value in attributes.items()}


def to_json(value: Any, depth: int = 0) -> Any:
    """Return *value* as JSON. Of a type that attributes cannot have, its text."""
    if value is None or isinstance(value, (str, bool)):
        return value
    if isinstance(value, int):
        return int(value) if -_LARGEST <= value < _LARGEST else {"int": hex(value)}
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else {"float": repr(float(value))}
    if isinstance(value, (bytes, bytearray, memoryview)):
        return {"bytes": base64.b64encode(value).decode()}
    if depth >= _MAX_DEPTH:
        return _TOO_DEEP
    if isinstance(value, Mapping):
        return {"map": mapping_to_json(value, depth + 1)}
    if isinstance(value, Sequence):
        return [to_json(item, depth + 1) for item in value]
    return _text(value)


def from_json(value: Any) -> Any:
    """Return what :func:`to_json` was given; sequences as tuples, as the SDK keeps them.

    Raises:
        ValueError: An object is none of ours.
    """
    if isinstance(value, list):
        return tuple(map(from_json, value))
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        ((kind, content),) = value.items()
        if kind == "map" and isinstance(content, dict):
            return mapping_from_json(content)
        if isinstance(content, str) and kind in _READERS:
            return _READERS[kind](content)
    raise ValueError(f"an attribute value is an object of {', '.join(value) or 'nothing'}")


_READERS: Final[Mapping[str, Any]] = {
    "bytes": base64.b64decode,
    "float": float,
    "int": lambda content: int(content, 16),
}


def _text(value: object) -> str:
    try:
        return str(value)
    except Exception:
        return type(value).__name__
