"""Server-sent events, as LLM providers stream their answers: bytes in, JSON objects out.

https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from re import Pattern
from typing import Any


def events(raw: bytes, telling: Pattern[bytes] | None = None) -> Iterator[dict[str, Any]]:
    """Yield the JSON object of each event in *raw*.

    Events that carry no JSON object (``[DONE]``, comments, the half event at a cut) are
    passed over.

    Args:
        raw: The body, decompressed; it may begin or end within an event.
        telling: Only events whose text it finds, and the first one, are parsed: most of a
            stream is content, which costs time and says nothing else.
    """
    first = True
    for data in _data(raw):
        if not first and telling is not None and telling.search(data) is None:
            continue
        try:
            event = json.loads(data)
        except (ValueError, RecursionError):
            continue
        if isinstance(event, dict):
            first = False
            yield event


def _data(raw: bytes) -> Iterator[bytes]:
    lines: list[bytes] = []
    for line in raw.splitlines():
        if line.startswith(b"data:"):
            lines.append(line[5:])
        elif not line and lines:
            yield b"\n".join(lines)
            lines = []
    if lines:
        yield b"\n".join(lines)
