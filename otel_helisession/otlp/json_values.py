"""Attribute values between OTLP's JSON and its protobuf messages."""

from __future__ import annotations

import base64
import binascii
import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from opentelemetry.proto.common.v1.common_pb2 import (
    AnyValue,
    ArrayValue,
    KeyValue,
    KeyValueList,
)

from otel_helisession.otlp import json_fields as fields
from otel_helisession.otlp.values import MAX_DEPTH, TOO_DEEP

_SMALLEST: Final = -(2**63)
_NUMBERS: Final = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}
"""Doubles that JSON has no number for."""


def key_values(pairs: list[dict[str, Any]], depth: int = 0) -> list[KeyValue]:
    """Return the attributes that *pairs* are, as protobuf has them."""
    return [
        KeyValue(
            key=fields.text(pair, "key"), value=value_message(fields.object_(pair, "value"), depth)
        )
        for pair in pairs
    ]


def json_attributes(pairs: Iterable[KeyValue]) -> list[dict[str, Any]]:
    """Return the attributes that *pairs*, messages, are, as OTLP's JSON has them."""
    return [{"key": pair.key, "value": _json(pair.value)} for pair in pairs]


def value_message(said: Mapping[str, Any], depth: int = 0) -> AnyValue:
    """Return the value that *said* is, as protobuf has it."""
    if depth > MAX_DEPTH:
        return AnyValue(string_value=TOO_DEEP)
    for name, value in said.items():
        if value is not None and name in _READERS:
            return _READERS[name](said, name, depth)
    return AnyValue()


def _text(said: Mapping[str, Any], name: str, depth: int) -> AnyValue:
    return AnyValue(string_value=fields.text(said, name))


def _bool(said: Mapping[str, Any], name: str, depth: int) -> AnyValue:
    if not isinstance(said[name], bool):
        raise ValueError(f"{name} must be true or false, not {fields.shown(said[name])}")
    return AnyValue(bool_value=said[name])


def _int(said: Mapping[str, Any], name: str, depth: int) -> AnyValue:
    number = fields.integer(name, said[name])
    if not _SMALLEST <= number < -_SMALLEST:
        raise ValueError(f"{name} must have 64 bits, not {fields.shown(said[name])}")
    return AnyValue(int_value=number)


def _double(said: Mapping[str, Any], name: str, depth: int) -> AnyValue:
    value = said[name]
    try:
        if isinstance(value, str):
            return AnyValue(double_value=_NUMBERS.get(value) or float(value[:400]))
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return AnyValue(double_value=float(value))
    except (ValueError, OverflowError):
        pass
    raise ValueError(f"{name} must be a number, not {fields.shown(value)}")


def _bytes(said: Mapping[str, Any], name: str, depth: int) -> AnyValue:
    text = fields.text(said, name).replace("-", "+").replace("_", "/").rstrip("=")
    try:
        return AnyValue(bytes_value=base64.b64decode(text + "=" * (-len(text) % 4), validate=True))
    except (binascii.Error, ValueError):
        raise ValueError(f"{name} must be base64, not {fields.shown(said[name])}") from None


def _array(said: Mapping[str, Any], name: str, depth: int) -> AnyValue:
    items = fields.objects(fields.object_(said, name), "values")
    return AnyValue(array_value=ArrayValue(values=[value_message(one, depth + 1) for one in items]))


def _map(said: Mapping[str, Any], name: str, depth: int) -> AnyValue:
    pairs = fields.objects(fields.object_(said, name), "values")
    return AnyValue(kvlist_value=KeyValueList(values=key_values(pairs, depth + 1)))


_READERS: Final[Mapping[str, Callable[[Mapping[str, Any], str, int], AnyValue]]] = {
    "stringValue": _text,
    "boolValue": _bool,
    "intValue": _int,
    "doubleValue": _double,
    "bytesValue": _bytes,
    "arrayValue": _array,
    "kvlistValue": _map,
}


def _json(value: AnyValue) -> dict[str, Any]:
    which = value.WhichOneof("value")
    if which == "string_value":
        return {"stringValue": value.string_value}
    if which == "int_value":
        return {"intValue": str(value.int_value)}
    if which == "double_value":
        return {"doubleValue": _double_json(value.double_value)}
    if which == "bool_value":
        return {"boolValue": value.bool_value}
    if which == "array_value":
        return {"arrayValue": {"values": [_json(item) for item in value.array_value.values]}}
    if which == "kvlist_value":
        return {"kvlistValue": {"values": json_attributes(value.kvlist_value.values)}}
    if which == "bytes_value":
        return {"bytesValue": base64.b64encode(value.bytes_value).decode()}
    return {}


def _double_json(number: float) -> float | str:
    if math.isfinite(number):
        return number
    return "NaN" if math.isnan(number) else "Infinity" if number > 0 else "-Infinity"
