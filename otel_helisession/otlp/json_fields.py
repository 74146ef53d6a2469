"""Fields of a JSON object, of the type that OTLP wants, or a ValueError that names the field.

A field that is missing, or null, has its default, as everywhere in protobuf's JSON.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

_LARGEST_NANO: Final = 2**64 - 1
_LARGEST_COUNT: Final = 2**32 - 1
_SHOWN_CHARS: Final = 60


def shown(value: Any) -> str:
    """Return *value* as an error message shows it: in short, and in ASCII."""
    if isinstance(value, (dict, list)):
        return "an object" if isinstance(value, dict) else "an array"
    said = ascii(value)
    return said if len(said) <= _SHOWN_CHARS else said[:_SHOWN_CHARS] + "..."


def objects(said: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    """Return an array of objects."""
    value = said.get(name)
    if value is None:
        return []
    if not isinstance(value, list):
        raise ValueError(f"{name} must be an array of objects, not {shown(value)}")
    for item in value:
        if not isinstance(item, dict):
            raise ValueError(f"{name} must be an array of objects; one is {shown(item)}")
    return value


def object_(said: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Return an object."""
    value = said.get(name)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise ValueError(f"{name} must be an object, not {shown(value)}")
    return value


def text(said: Mapping[str, Any], name: str) -> str:
    """Return text. A lone surrogate, which UTF-8 cannot hold, becomes a question mark."""
    value = said.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise ValueError(f"{name} must be text, not {shown(value)}")
    return value if value.isascii() else value.encode("utf-8", "replace").decode("utf-8")


def identifier(said: Mapping[str, Any], name: str) -> bytes:
    """Return the bytes of an id in hexadecimal, of any length."""
    value = said.get(name)
    if not value and (value is None or value == ""):
        return b""
    try:
        if isinstance(value, str) and len(value) <= 1_000:
            return bytes.fromhex(value)
    except ValueError:
        pass
    raise ValueError(f"{name} must be hexadecimal digits, not {shown(value)}")


def nano(said: Mapping[str, Any], name: str) -> int:
    """Return a time, in nanoseconds since 1970: digits, or a number."""
    return _unsigned(said, name, _LARGEST_NANO)


def count(said: Mapping[str, Any], name: str) -> int:
    """Return a number of 32 bits without sign."""
    return _unsigned(said, name, _LARGEST_COUNT)


def number_of(said: Mapping[str, Any], name: str, words: Mapping[str, int]) -> int:
    """Return the number of an enum, which may be given by its name."""
    value = said.get(name)
    if isinstance(value, str) and value in words:
        return words[value]
    number = integer(name, value)
    if -(2**31) <= number < 2**31:
        return number
    raise ValueError(f"{name} must be one of {', '.join(words)}, not {shown(value)}")


def integer(name: str, value: Any) -> int:
    """Return *value*, of the field *name*, as an integer: also digits, or a whole number."""
    if value is None:
        return 0
    try:
        if isinstance(value, str) and len(value) <= 40:
            return int(value)
        if isinstance(value, (int, float)) and not isinstance(value, bool) and value == int(value):
            return int(value)
    except (ValueError, OverflowError):
        pass
    raise ValueError(f"{name} must be an integer, not {shown(value)}")


def _unsigned(said: Mapping[str, Any], name: str, largest: int) -> int:
    value = said.get(name)
    number = integer(name, value)
    if 0 <= number <= largest:
        return number
    raise ValueError(f"{name} must be from 0 to {largest}, not {shown(value)}")
