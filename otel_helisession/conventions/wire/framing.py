"""How a streamed answer is cut into JSON objects: by events, lines, an array, or frames."""

from __future__ import annotations

import json
from collections.abc import Iterator
from re import Pattern
from typing import Any, Final

from otel_helisession.conventions.wire import event_stream, sse

_LINES: Final = ("application/stream+json", "application/x-ndjson", "application/jsonl")
_SPACE: Final = " \t\r\n,"


def is_stream(content_type: str, start: bytes, arrays: bool) -> bool:
    """Tell whether an answer of *content_type* that begins with *start* is a stream.

    Args:
        arrays: Whether a JSON array is one.
    """
    if "text/event-stream" in content_type or content_type.startswith(event_stream.MEDIA_TYPE):
        return True
    looks: tuple[bytes, ...] = (b"data:", b"event:", b"[") if arrays else (b"data:", b"event:")
    return content_type.startswith(_LINES) or start.lstrip().startswith(looks)


def events(
    content_type: str, raw: bytes, telling: Pattern[bytes] | None = None
) -> Iterator[dict[str, Any]]:
    """Yield the JSON objects that *raw* is a stream of; what is cut or no object is passed over.

    Args:
        content_type: The answer's header.
        raw: The body, decompressed; it may end anywhere.
        telling: Of server-sent events only those that it finds are parsed.
    """
    if content_type.startswith(event_stream.MEDIA_TYPE):
        return event_stream.events(raw)
    if content_type.startswith(_LINES):
        return _lines(raw)
    if raw.lstrip().startswith(b"["):
        return _array(raw)
    return sse.events(raw, telling)


def _lines(raw: bytes) -> Iterator[dict[str, Any]]:
    for line in raw.splitlines():
        try:
            said = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(said, dict):
            yield said


def _array(raw: bytes) -> Iterator[dict[str, Any]]:
    """Yield the objects of a JSON array that may be cut: Gemini streams one so."""
    text = raw.decode("utf-8", "replace")
    decoder = json.JSONDecoder()
    at = text.index("[") + 1
    while True:
        while at < len(text) and text[at] in _SPACE:
            at += 1
        try:
            said, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            return
        if isinstance(said, dict):
            yield said
