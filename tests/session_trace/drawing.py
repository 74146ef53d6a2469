"""A session's trace, drawn as the backends draw it: for comparing whole trees, once it is there."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import Any

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.trace import StatusCode

TOTAL = "helicone.session.total."


def tree(spans: Iterable[ReadableSpan]) -> list[str]:
    """Return one line a span, indented below its parent; ``!`` after what failed, and ``(2)``
    after a node with two requests. A span whose parent is missing stands at the left, after
    ``?``. Fails when a span id comes twice."""
    known = {span.context.span_id: span for span in spans}
    assert len(known) == len(list(spans)), "a span was written twice"
    below: dict[int | None, list[ReadableSpan]] = {}
    for span in known.values():
        below.setdefault(span.parent and span.parent.span_id, []).append(span)
    drawn: list[str] = []

    def draw(span: ReadableSpan, indent: str) -> None:
        drawn.append(indent + _line(span))
        for child in _sorted(below.get(span.context.span_id, [])):
            draw(child, indent.replace("? ", "") + "  ")

    for parent, orphans in below.items():
        if parent not in known:
            for span in _sorted(orphans):
                draw(span, "" if parent is None else "? ")
    return drawn


def said(span: ReadableSpan) -> dict[str, Any]:
    """Return the attributes of a span."""
    return dict(span.attributes or {})


def _sorted(spans: list[ReadableSpan]) -> list[ReadableSpan]:
    return sorted(spans, key=lambda span: (span.start_time or 0, span.name))


def _line(span: ReadableSpan) -> str:
    attributes = span.attributes or {}
    requests = attributes.get(TOTAL + "requests")
    count = "" if requests is None else f" ({requests})"
    return span.name + count + ("!" if span.status.status_code is StatusCode.ERROR else "")


def totals(span: ReadableSpan) -> dict[str, object]:
    """Return the totals that a node says, by their short names."""
    return {
        name.removeprefix(TOTAL): value
        for name, value in (span.attributes or {}).items()
        if name.startswith(TOTAL)
    }


def until(condition: Callable[[], Any]) -> None:
    """Wait until *condition* holds; fail when it does not."""
    deadline = time.monotonic() + 5
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert condition()
