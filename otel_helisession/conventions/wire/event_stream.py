"""Amazon's event stream, in which Bedrock streams: frames of bytes in, JSON objects out.

https://docs.aws.amazon.com/transcribe/latest/dg/streaming-setting-up.html#streaming-event-stream.
Checksums are not verified: who receives the stream does so.
"""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Iterator
from struct import Struct
from typing import Any, Final

MEDIA_TYPE: Final = "application/vnd.amazon.eventstream"

_PRELUDE: Final = Struct(">III")
_CHECKSUM_BYTES: Final = 4
_TEXT: Final = 7
_FIXED: Final = {0: 0, 1: 0, 2: 1, 3: 2, 4: 4, 5: 8, 8: 8, 9: 16}
"""Sizes of header values by their type; 6 and 7, bytes and text, say theirs in two bytes."""


def events(raw: bytes) -> Iterator[dict[str, Any]]:
    """Yield the payload of each whole frame in *raw*.

    A payload of ``{"bytes": base64}``, as InvokeModel wraps the model's own events, is
    unwrapped; any other, as Converse sends it, becomes ``{event type: payload}``, and an
    exception's ``{"error": {"type", "message"}}``.
    """
    at = 0
    while at + _PRELUDE.size <= len(raw):
        total, headers_bytes, _ = _PRELUDE.unpack_from(raw, at)
        start, end = at + _PRELUDE.size, at + total
        if end > len(raw) or total < _PRELUDE.size + headers_bytes + _CHECKSUM_BYTES:
            return
        headers = _headers(raw[start : start + headers_bytes])
        event = _event(headers, raw[start + headers_bytes : end - _CHECKSUM_BYTES])
        if event is not None:
            yield event
        at = end


def _event(headers: dict[str, str], payload: bytes) -> dict[str, Any] | None:
    try:
        said = json.loads(payload)
        if not isinstance(said, dict):
            return None
        if headers.get(":message-type") in ("exception", "error"):
            kind = headers.get(":exception-type") or headers.get(":error-code")
            return {"error": {"type": kind, "message": said.get("message")}}
        if "bytes" not in said:
            return {headers.get(":event-type", ""): said}
        inner = json.loads(b64decode(said["bytes"]))
    except (ValueError, TypeError, RecursionError):
        return None
    return inner if isinstance(inner, dict) else None


def _headers(raw: bytes) -> dict[str, str]:
    """Return the headers that are text; as many as can be read."""
    found: dict[str, str] = {}
    at = 0
    while at < len(raw):
        name_end = at + 1 + raw[at]
        if name_end >= len(raw):
            break
        name, kind, at = raw[at + 1 : name_end], raw[name_end], name_end + 1
        size = _FIXED.get(kind)
        if size is None:
            size = int.from_bytes(raw[at : at + 2], "big")
            at += 2
            if kind == _TEXT:
                value = raw[at : at + size].decode("utf-8", "replace")
                found[name.decode("utf-8", "replace")] = value
        at += size
    return found
