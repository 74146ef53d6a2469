"""An OTLP request written straight into bytes: the same as the SDK's encoding, at a tenth of it.

The SDK makes a protobuf object of each span, attribute and value, and serializes these; here each
field is written as its bytes. What comes again and again (names with short values, resources,
scopes) is written once and kept. Fields and their numbers:
https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/trace/v1/trace.proto
"""

from __future__ import annotations

import logging
import struct
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import Event, ReadableSpan
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import Link, SpanContext, SpanKind, Status

from otel_helisession.guard import once

_MAX_KNOWN: Final = 8_192
"""Attributes kept as bytes, of each type; some 2 MB."""

_SHORT: Final = 64
"""Longer texts hardly come twice."""

_KINDS: Final = {
    SpanKind.INTERNAL: b"\x30\x01",
    SpanKind.SERVER: b"\x30\x02",
    SpanKind.CLIENT: b"\x30\x03",
    SpanKind.PRODUCER: b"\x30\x04",
    SpanKind.CONSUMER: b"\x30\x05",
}
_HAS_IS_REMOTE: Final = 0x100
_IS_REMOTE: Final = 0x200
_TO_64_BITS: Final = (1 << 64) - 1

_fixed64: Final = struct.Struct("<Q").pack
_fixed32: Final = struct.Struct("<I").pack
_double: Final = struct.Struct("<d").pack


def encode(spans: Iterable[ReadableSpan]) -> bytes:
    """Return the ``ExportTraceServiceRequest`` of *spans* as the SDK's encoding serializes it.

    As there, an attribute that OTLP cannot hold is left out, and reported.

    Raises:
        ValueError, TypeError, OverflowError, struct.error: A span is not what the SDK makes.
    """
    resources: dict[Resource, dict[InstrumentationScope | None, list[bytes]]] = {}
    for span in spans:
        scopes = resources.setdefault(span.resource, {})
        scopes.setdefault(span.instrumentation_scope or None, []).append(_span(span))
    return b"".join(
        _field(b"\x0a", _resource_spans(resource, scopes)) for resource, scopes in resources.items()
    )


def _resource_spans(
    resource: Resource, scopes: Mapping[InstrumentationScope | None, list[bytes]]
) -> bytes:
    parts = [_field(b"\x0a", _attributes(b"\x0a", resource.attributes))]
    for scope, spans in scopes.items():
        said = _field(b"\x0a", b"" if scope is None else _scope(scope))
        url = b"" if scope is None else _text(b"\x1a", scope.schema_url)
        parts.append(_field(b"\x12", b"".join([said, *spans, url])))
    parts.append(_text(b"\x1a", resource.schema_url))
    return b"".join(parts)


def _scope(scope: InstrumentationScope) -> bytes:
    named = _text(b"\x0a", scope.name) + _text(b"\x12", scope.version)
    return named + _attributes(b"\x1a", scope.attributes)


def _span(span: ReadableSpan) -> bytes:
    """Return one of the ``spans`` of a scope."""
    context = span.context
    parts = [_ids(context), _trace_state(context)]
    parent = span.parent
    if parent:
        parts.append(b"\x22\x08" + parent.span_id.to_bytes(8, "big"))
    parts += (_text(b"\x2a", span.name), _KINDS[span.kind])
    parts += (_time(b"\x39", span.start_time), _time(b"\x41", span.end_time))
    parts.append(_attributes(b"\x4a", span.attributes))
    parts.append(_count(b"\x50", span.dropped_attributes))
    parts += [_field(b"\x5a", _event(event)) for event in span.events]
    parts.append(_count(b"\x60", span.dropped_events))
    parts += [_field(b"\x6a", _link(link)) for link in span.links]
    parts += (_count(b"\x70", span.dropped_links), _status(span.status), b"\x85\x01")
    parts.append(_flags(parent))
    return _field(b"\x12", b"".join(parts))


def _ids(context: SpanContext) -> bytes:
    trace_id, span_id = context.trace_id.to_bytes(16, "big"), context.span_id.to_bytes(8, "big")
    return b"\x0a\x10" + trace_id + b"\x12\x08" + span_id


def _trace_state(context: SpanContext) -> bytes:
    state = context.trace_state
    return (
        _text(b"\x1a", ",".join(f"{key}={value}" for key, value in state.items())) if state else b""
    )


def _flags(context: SpanContext | None) -> bytes:
    is_remote = context and context.is_remote
    return _fixed32(_HAS_IS_REMOTE | _IS_REMOTE if is_remote else _HAS_IS_REMOTE)


def _event(event: Event) -> bytes:
    said = _time(b"\x09", event.timestamp) + _text(b"\x12", event.name)
    said += _attributes(b"\x1a", event.attributes)
    return said + _count(b"\x20", event.dropped_attributes)


def _link(link: Link) -> bytes:
    said = _ids(link.context) + _attributes(b"\x22", link.attributes)
    return said + _count(b"\x28", link.dropped_attributes) + b"\x35" + _flags(link.context)


def _status(status: Status | None) -> bytes:
    if status is None:
        return b""
    return _field(
        b"\x7a", _text(b"\x12", status.description) + _count(b"\x18", status.status_code.value)
    )


def _attributes(tag: bytes, attributes: Mapping[str, Any] | None) -> bytes:
    """Return *attributes* as a repeated field of KeyValues, which has that one-byte *tag*."""
    if not attributes:
        return b""
    copy = getattr(attributes, "copy", None)  # the SDK's own mapping is slow at each value
    pairs = []
    for key, value in (attributes if copy is None else copy()).items():
        known = _KNOWN.get(type(value))
        pair = None if known is None else known.get((key, value))
        if pair is None:
            try:
                pair = _pair(key, value)
            except (ValueError, TypeError, OverflowError, RecursionError) as error:
                _report(key, error)
                continue
            if known is not None and (type(value) is not str or len(value) <= _SHORT):
                if len(known) >= _MAX_KNOWN:
                    known.clear()
                known[key, value] = pair
        pairs.append(pair)
    return tag + tag.join(pairs) if pairs else b""


_KNOWN: Final[dict[type, dict[tuple[str, Any], bytes]]] = {str: {}, int: {}, bool: {}}
"""KeyValues with their length, by type, because True is 1."""


def _pair(key: str, value: Any) -> bytes:
    """Return a KeyValue with its length before it."""
    return _sized(_text(b"\x0a", key) + b"\x12" + _sized(_value(value)))


def _value(value: Any) -> bytes:
    """Return an AnyValue.

    Raises:
        TypeError: OTLP has nothing for its type.
        ValueError: It is text that is not Unicode, or a number that has no 64 bits.
    """
    if value is None:
        return b""
    for kind, write in _VALUES:
        if isinstance(value, kind):
            return write(value)
    raise TypeError(f"no OTLP value can be a {type(value).__name__}")


def _int(value: int) -> bytes:
    if not -(1 << 63) <= value < 1 << 63:
        raise ValueError(f"{value} has more than 64 bits")
    return b"\x18" + _varint(value & _TO_64_BITS)


def _kvlist(value: Mapping[Any, Any]) -> bytes:
    return _field(b"\x32", b"".join(b"\x0a" + _pair(str(key), one) for key, one in value.items()))


def _array(value: Sequence[Any]) -> bytes:
    return _field(b"\x2a", b"".join(_field(b"\x0a", _value(one)) for one in value))


_VALUES: Final[tuple[tuple[Any, Callable[[Any], bytes]], ...]] = (
    (bool, lambda value: b"\x10\x01" if value else b"\x10\x00"),
    (str, lambda value: _field(b"\x0a", value.encode())),
    (int, _int),
    (float, lambda value: b"\x21" + _double(value)),
    (bytes, lambda value: _field(b"\x3a", value)),
    (Sequence, _array),
    (Mapping, _kvlist),
)
"""In the SDK's order."""


def _text(tag: bytes, text: str | None) -> bytes:
    return _field(tag, text.encode()) if text else b""


def _time(tag: bytes, nanos: int | None) -> bytes:
    return tag + _fixed64(nanos) if nanos else b""


def _count(tag: bytes, number: int) -> bytes:
    return tag + _varint(number) if number else b""


def _field(tag: bytes, content: bytes) -> bytes:
    return tag + _sized(content)


def _sized(content: bytes) -> bytes:
    size = len(content)
    return (_BYTES[size] if size < 128 else _varint(size)) + content


_BYTES: Final = tuple(bytes([number]) for number in range(128))


def _varint(number: int) -> bytes:
    written = bytearray()
    while number > 127:
        written.append(number & 127 | 128)
        number >>= 7
    written.append(number)
    return bytes(written)


def _report(key: str, error: Exception) -> None:
    once(
        ("otlp", "encoding", type(error)),
        logging.ERROR,
        "the attribute %s cannot be said in OTLP (%s) and is left out, as others may be",
        key,
        error,
    )
