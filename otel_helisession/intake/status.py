"""google.rpc.Status, in which OTLP says why a request failed: a code, a message, when to retry.

Written by hand, 20 lines, because its package is no part of opentelemetry-proto.
"""

from __future__ import annotations

import json
from typing import Final

INVALID_ARGUMENT: Final = 3
PERMISSION_DENIED: Final = 7
RESOURCE_EXHAUSTED: Final = 8
UNAVAILABLE: Final = 14
UNAUTHENTICATED: Final = 16

_RETRY_INFO: Final = b"type.googleapis.com/google.rpc.RetryInfo"


def protobuf_status(code: int, message: str, retry_seconds: int | None = None) -> bytes:
    """Return the message as protobuf; with *retry_seconds*, and a RetryInfo that says so."""
    made = b"\x08" + _varint(code) + _field(2, message.encode("utf-8", "replace"))
    if retry_seconds is not None:
        delay = _field(1, b"\x08" + _varint(retry_seconds))
        made += _field(3, _field(1, _RETRY_INFO) + _field(2, delay))
    return made


def json_status(code: int, message: str) -> bytes:
    """Return the message as JSON."""
    return json.dumps({"code": code, "message": message}).encode()


def _field(number: int, content: bytes) -> bytes:
    return _varint(number << 3 | 2) + _varint(len(content)) + content


def _varint(number: int) -> bytes:
    made = bytearray()
    while number > 0x7F:
        made.append(number & 0x7F | 0x80)
        number >>= 7
    made.append(number)
    return bytes(made)
