"""Structured values: what an attribute holds as JSON has it, however it came."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping, Sequence, Set
from typing import Any, Final

from otel_helisession.conventions.attributes.values import parsed

_MAX_DEPTH: Final = 64
"""Deeper is nobody's message; json.loads itself gives up at about a thousand."""


def structured(value: Any) -> Any:
    """Return *value* as dicts, lists, text, numbers, booleans and None.

    JSON text is parsed; other text stays; what is no text is copied, with tuples and sets as
    lists, bytes as base64 and anything else as ``str()`` of it. Linear in its size. Never
    raises.
    """
    return parsed(value) if isinstance(value, str) else plain(value)


def plain(value: Any, depth: int = 0) -> Any:
    """Return a copy of *value* in what JSON has; its texts are not parsed."""
    if value is None or isinstance(value, (str, bool, int, float)):
        return value
    if isinstance(value, (bytes, bytearray)):
        return b64encode(value).decode()
    if depth < _MAX_DEPTH:
        if isinstance(value, Mapping):
            return {str(name): plain(item, depth + 1) for name, item in value.items()}
        if isinstance(value, (Sequence, Set)):
            return [plain(item, depth + 1) for item in value]
    return str(value)
