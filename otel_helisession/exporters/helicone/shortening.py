"""Content that is too long for a log: cut evenly, with a note at each place that was cut."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from otel_helisession.conventions.json_text import cut


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
"""Tried in this order until the log fits. The longest texts lose first, because a log is too
long through a picture or a document, seldom through many messages."""

_MAX_DEPTH: Final = 64


def shortened(value: dict[str, Any], step: Step) -> dict[str, Any]:
    """Return *value* with no text and no list longer than *step* allows. Not modified."""
    return {name: _shortened(item, step, 1) for name, item in value.items()}


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
