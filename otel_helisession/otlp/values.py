"""Attribute values between OTLP's AnyValue and Python: text, numbers, bytes, arrays, maps, None."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from opentelemetry.proto.common.v1.common_pb2 import (
    AnyValue,
    ArrayValue,
    KeyValue,
    KeyValueList,
)

MAX_DEPTH: Final = 30
"""Deepest value that is written: readers of protobuf give up at 100 messages within each other,
and a value within a map is three."""

TOO_DEEP: Final = "..."
"""What stands for a deeper one."""

_LARGEST: Final = 2**63


def any_value(value: Any, depth: int = 0) -> AnyValue:
    """Return *value* as OTLP has it: an integer beyond 64 bits, and anything that OTLP has no
    word for, as text. Never raises."""
    kind = type(value)
    if kind is str:
        return AnyValue(string_value=text(value))
    if value is None:
        return AnyValue()
    if isinstance(value, bool):
        return AnyValue(bool_value=value)
    if isinstance(value, int):
        fits = -_LARGEST <= value < _LARGEST
        return AnyValue(int_value=value) if fits else AnyValue(string_value=_huge(value))
    if isinstance(value, float):
        return AnyValue(double_value=value)
    if isinstance(value, (bytes, bytearray, memoryview)):
        return AnyValue(bytes_value=bytes(value))
    if isinstance(value, str):
        return AnyValue(string_value=text(value))
    if isinstance(value, (Mapping, Sequence)):
        if depth >= MAX_DEPTH:
            return AnyValue(string_value=TOO_DEEP)
        if isinstance(value, Mapping):
            return AnyValue(kvlist_value=KeyValueList(values=key_values(value, depth + 1)))
        items = [any_value(item, depth + 1) for item in value]
        return AnyValue(array_value=ArrayValue(values=items))
    return AnyValue(string_value=text(_shown(value)))


def key_values(attributes: Mapping[str, Any] | None, depth: int = 0) -> list[KeyValue]:
    """Return *attributes* as OTLP has them, in their order."""
    return [
        KeyValue(key=text(str(name)), value=any_value(value, depth))
        for name, value in (attributes or {}).items()
    ]


def text(value: str) -> str:
    """Return *value* as UTF-8 can hold it: a lone surrogate becomes a question mark."""
    return value if value.isascii() else value.encode("utf-8", "replace").decode("utf-8")


def attributes_of(pairs: Iterable[Any]) -> dict[str, Any]:
    """Return the attributes that *pairs*, KeyValue messages, say; the last of a name counts.

    Arrays become tuples, as the SDK keeps them; a pair without a name says nothing.
    """
    found: dict[str, Any] = {}
    for pair in pairs:
        name = pair.key
        if name:
            value = pair.value
            which = value.WhichOneof("value")
            if which == "string_value":
                found[name] = value.string_value
            else:
                found[name] = _python(value, which)
    return found


def python_value(value: Any) -> Any:
    """Return what an AnyValue message says."""
    return _python(value, value.WhichOneof("value"))


def _python(value: Any, which: str | None) -> Any:
    if which is None or which.endswith("_strindex"):  # an index into a profile's table of texts
        return None
    if which == "array_value":
        return tuple(map(python_value, value.array_value.values))
    if which == "kvlist_value":
        return attributes_of(value.kvlist_value.values)
    return getattr(value, which)


def _huge(value: int) -> str:
    try:
        return str(value)
    except ValueError:  # Python refuses to write out thousands of digits
        return hex(value)


def _shown(value: object) -> str:
    try:
        return str(value)
    except Exception:
        return type(value).__name__
