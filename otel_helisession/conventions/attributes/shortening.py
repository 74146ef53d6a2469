"""Content that is too long: cut where it is longest, with a note at each place that was cut."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from otel_helisession.conventions.attributes.json_text import cut


class Step(NamedTuple):
    """How much is left: characters of a text, entries of a list or object."""

    chars: int
    entries: int


STEPS: Final = (
    Step(1_000_000, 1_000_000),
    Step(250_000, 100_000),
    Step(60_000, 10_000),
    Step(15_000, 2_000),
    Step(4_000, 500),
    Step(1_000, 100),
    Step(250, 25),
)
"""Tried in this order until the whole fits. The longest texts lose first, because content is too
long through a picture or a document, seldom through many messages."""

_MAX_DEPTH: Final = 64

_NOTE_CHARS: Final = 48
"""Room for the note that a text was cut."""

_encode: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def shortened(value: dict[str, Any], step: Step) -> dict[str, Any]:
    """Return *value* with no text and no list longer than *step* allows. Not modified."""
    return {name: _shortened(item, step, 1) for name, item in value.items()}


def shortened_text(text: str, max_chars: int) -> str:
    """Return *text*, which is longer than *max_chars* (at least 1,000), in so many at most.

    What was JSON is JSON, of the same structure: its longest texts are cut to one length, and
    only where that is not enough, lists. Other text loses its end. Notes say how much.
    """
    if text.lstrip()[:1] in ("{", "["):
        try:
            value = json.loads(text)
            for step in _steps(value, len(text), max_chars):
                made = _encode(_shortened(value, step, 0))
                if len(made) <= max_chars:
                    return made
        except (ValueError, RecursionError):
            pass  # it was cut before it came here, or is deeper than anybody reads
        else:
            return _encode([cut(text, max_chars // 4)])
    return cut(text, max_chars)


def summary(value: dict[str, Any]) -> dict[str, Any]:
    """Return only the short values of *value*, and a note in place of everything else."""
    made: dict[str, Any] = {}
    for name, item in value.items():
        if isinstance(item, str):
            made[name] = cut(item, 1_000)
        elif item is None or isinstance(item, (bool, int, float)):
            made[name] = item
        elif name in ("usage", "error") and isinstance(item, Mapping):
            made[name] = shortened(dict(item), STEPS[-1])
        else:
            made[name] = []
            made["note"] = "content was cut: it is too long for Helicone"
    return made


def _steps(value: Any, size: int, max_chars: int) -> Iterator[Step]:
    """Yield first what cuts only texts, and as little as may do; then ever shorter lists, too."""
    lengths = sorted(_lengths(value, 0), reverse=True)
    level = _level(lengths, size - max_chars)
    while level > STEPS[-1].chars:
        yield Step(level, size)
        level = level * 2 // 3
    longest = _longest(value, 0)
    for step in STEPS[2:]:
        if step.entries < longest or step is STEPS[-1]:
            yield Step(min(step.chars, STEPS[-2].chars), step.entries)


def _level(lengths: list[int], excess: int) -> int:
    """Return the length to which the longest texts must be cut to save *excess* characters;
    0 when texts alone do not save it. *lengths* are in falling order."""
    saved = 0
    for count, (length, after) in enumerate(zip(lengths, [*lengths, 0][1:], strict=True), start=1):
        needed = excess + count * _NOTE_CHARS
        if saved + count * (length - after) >= needed:
            return length - (needed - saved) // count - 1
        saved += count * (length - after)
    return 0


def _lengths(value: Any, depth: int) -> Iterator[int]:
    if isinstance(value, str):
        yield len(value)
    elif depth <= _MAX_DEPTH and isinstance(value, dict):
        for item in value.values():
            yield from _lengths(item, depth + 1)
    elif depth <= _MAX_DEPTH and isinstance(value, list):
        for item in value:
            yield from _lengths(item, depth + 1)


def _longest(value: Any, depth: int) -> int:
    """Return how many entries the longest list or object has."""
    if depth > _MAX_DEPTH or not isinstance(value, (dict, list)):
        return 0
    below = value.values() if isinstance(value, dict) else value
    return max(len(value), max((_longest(item, depth + 1) for item in below), default=0))


def _shortened(value: Any, step: Step, depth: int) -> Any:
    if isinstance(value, str):
        return cut(value, step.chars)
    if depth > _MAX_DEPTH:
        return "… too deep"
    if isinstance(value, Mapping):
        items = list(value.items())
        made = {key: _shortened(item, step, depth + 1) for key, item in items[: step.entries]}
        if len(items) > step.entries:
            made["…"] = f"{len(items) - step.entries} more entries were cut"
        return made
    if isinstance(value, (list, tuple)):
        cut_off = len(value) - step.entries
        kept = [_shortened(item, step, depth + 1) for item in value[: step.entries]]
        return [*kept, _note(value[0], cut_off)] if cut_off > 0 else kept
    return value


def _note(like: Any, count: int) -> Any:
    """Return a note that *count* items were cut, in a shape that fits beside *like*.

    A list of messages or matches must hold only these, or Helicone shows raw JSON.
    """
    note = f"… {count} more items were cut"
    return {"role": "system", "content": note} if isinstance(like, Mapping) else note
