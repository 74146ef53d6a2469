"""Any value of a user's as JSON text: bounded, valid, and never an exception.

What JSON has no word for is written as near as possible: models and dataclasses as
objects, sets as lists, bytes as base64, NaN as null, anything else as ``str()`` of it.
"""

from __future__ import annotations

import dataclasses
import itertools
import json
import math
from base64 import b64encode
from collections.abc import Iterable, Mapping, Set
from typing import Any, Final

MAX_VALUE_CHARS: Final = 65_536
"""Longest text of one value. A backend drops a whole trace of 4 MB and more, and nobody
reads further into a tool's result."""

_MAX_DEPTH: Final = 32
_INT_64: Final = 2**63
_NOTE_CHARS: Final = 48
"""Room that is kept for the note that something was cut."""

Value = str | bool | int | float

_encode: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def attribute(value: Any, *, max_value_chars: int = MAX_VALUE_CHARS) -> Value | None:
    """Return *value* as one span attribute; None when there is nothing to write.

    Text, booleans and numbers stay what they are; everything else becomes JSON text.
    """
    if value is None or isinstance(value, bool):
        return value
    if type(value) is int and -_INT_64 <= value < _INT_64:
        return value
    if type(value) is float:
        return value if math.isfinite(value) else None
    if isinstance(value, str):
        return cut(str.__str__(value), max_value_chars)
    return json_text(value, max_value_chars=max_value_chars)


def json_text(value: Any, *, max_value_chars: int = MAX_VALUE_CHARS) -> str:
    """Return *value* as valid JSON of at most *max_value_chars* characters (at least 200).

    What is longer loses its end, and a note at that place says how much. *value* is not
    modified; iterators are not consumed.
    """
    made = plain(value, max_value_chars=max_value_chars)
    text = _encode(made)
    if len(text) > max_value_chars:  # many levels, each with a note
        return _encode(f"… {len(text)} characters of JSON were cut")
    return text


def plain(value: Any, *, max_value_chars: int = MAX_VALUE_CHARS) -> Any:
    """Return *value* as what JSON has: None, bool, int, float, str, list and dict.

    Written as JSON it has about *max_value_chars* characters; what is longer loses its end,
    with a note at that place.
    """
    return _Writer(max_value_chars - 2 * _NOTE_CHARS).plain(value, 0, frozenset())


def cut(text: str, max_value_chars: int = MAX_VALUE_CHARS) -> str:
    """Return *text* as valid Unicode of at most *max_value_chars* characters, noting a cut."""
    if len(text) > max_value_chars:
        keep = max(max_value_chars - _NOTE_CHARS, 0)
        text = f"{text[:keep]}… {len(text) - keep} more characters were cut"
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


class _Writer:
    """Turns a value into what json.dumps takes, as long as its budget of characters lasts."""

    def __init__(self, budget: int) -> None:
        self._left = budget

    def plain(self, value: Any, depth: int, above: frozenset[int]) -> Any:
        if value is None or isinstance(value, (bool, int, float)):
            return self._number(value)
        if isinstance(value, str):
            return self._text(value)
        if isinstance(value, (bytes, bytearray)):
            return self._text(b64encode(value[: max(self._left, 0)]).decode())
        if id(value) in above:
            return self._text("… a cycle")
        if depth >= _MAX_DEPTH:
            return self._text("… too deep")
        try:
            return self._structure(value, depth + 1, above | {id(value)})
        except Exception as error:  # the user's own object failed
            return self._text(f"<{type(value).__name__}: {type(error).__name__}>")

    def _number(self, value: Any) -> Any:
        if isinstance(value, float):
            value = float(value) if math.isfinite(value) else None
        elif isinstance(value, int) and not isinstance(value, bool):
            value = int(value)
            if value.bit_length() > 4_096:  # Python refuses to write it in decimal
                return self._text(hex(value)[:_NOTE_CHARS] + "…")
        self._left -= len(repr(value)) + 1
        return value

    def _text(self, value: str) -> str:
        text = cut(str.__str__(value), max(self._left, _NOTE_CHARS))  # also of an Enum's member
        size = _json_size(text)
        if size > max(self._left, 2 * _NOTE_CHARS):  # escapes made it longer
            text = cut(text, max(self._left * len(text) // size, 0) // 2)
            size = _json_size(text)
        self._left -= size + 1
        return text

    def _structure(self, value: Any, depth: int, above: frozenset[int]) -> Any:
        if isinstance(value, (dict, Mapping)):  # dict first: asking an ABC is slow
            return self._object(value.items(), len(value), depth, above)
        if isinstance(value, (list, tuple, Set)):
            return self._array(value, len(value), depth, above)
        if dataclasses.is_dataclass(value) and not isinstance(value, type):
            fields = [(f.name, getattr(value, f.name)) for f in dataclasses.fields(value)]
            return self._object(fields, len(fields), depth, above)
        dump = getattr(value, "model_dump", None)  # pydantic, and so every SDK's answers
        if callable(dump) and not isinstance(value, type):
            return self.plain(dump(), depth, above)
        convert = getattr(value, "tolist", None)  # numpy: scalars and small arrays
        if callable(convert) and getattr(value, "size", 0) <= max(self._left, 0):
            return self.plain(convert(), depth, above)
        return self._text(str(value))

    def _object(
        self, items: Iterable[tuple[Any, Any]], count: int, depth: int, above: frozenset[int]
    ) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for index, (key, value) in enumerate(items):
            if self._left <= 0:
                result["…"] = f"{count - index} more entries were cut"
                break
            result[self._text(str(key))] = self.plain(value, depth, above)
        return result

    def _array(
        self, items: Iterable[Any], count: int, depth: int, above: frozenset[int]
    ) -> list[Any]:
        result = []
        for index, item in enumerate(itertools.islice(items, count)):
            if self._left <= 0:
                result.append(f"… {count - index} more items were cut")
                break
            result.append(self.plain(item, depth, above))
        return result


def _json_size(text: str) -> int:
    """Return how long *text* is as JSON; quickly where nothing needs an escape."""
    if text.isprintable() and '"' not in text and "\\" not in text:
        return len(text) + 2
    return len(_encode(text))
