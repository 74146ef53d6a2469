"""Flattened structures: ``llm.input_messages.0.message.role`` and the like, put together again."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from otel_helisession.conventions.attributes.values import Attributes


@lru_cache(maxsize=8_192)
def prefix_of(name: str) -> str:
    """Return what stands before the first number in an attribute's *name*; empty without one."""
    words = name.split(".")
    for place, word in enumerate(words):
        if word.isascii() and word.isdigit():
            return ".".join(words[:place])
    return ""


def flattened(attributes: Attributes, prefix: str) -> list[dict[str, Any]]:
    """Return the objects that stand under ``prefix.N.``, in the order of their numbers.

    Within an object each dot makes a level; levels whose names are all numbers are lists.
    ``p.0.a.b`` = 1 and ``p.0.c.1.d`` = 2 give ``[{"a": {"b": 1}, "c": [{"d": 2}]}]``.
    Linear in the number of attributes; numbers that are missing leave no gap. A value that
    stands where a level should be is kept under the empty name. Names without a number
    (``prefix.version``) are others' and left out.
    """
    start = prefix + "."
    skipped = len(start)
    return gathered(
        (name[skipped:], value) for name, value in attributes.items() if name.startswith(start)
    )


def gathered(entries: Iterable[tuple[str, Any]]) -> list[dict[str, Any]]:
    """Return the objects of *entries*: what stands behind the prefix, and its value."""
    root: dict[str, Any] = {}
    for rest, value in entries:
        way = rest.split(".")
        if way[0].isascii() and way[0].isdigit():
            _put(root, way, value)
    made = _listed(root)
    if not isinstance(made, list):
        return []
    return [item if isinstance(item, dict) else {"": item} for item in made]


def _put(level: dict[str, Any], way: list[str], value: Any) -> None:
    for step in way[:-1]:
        below = level.setdefault(step, {})
        if not isinstance(below, dict):
            below = level[step] = {"": below}
        level = below
    last = level.get(way[-1])
    if isinstance(last, dict):
        last[""] = value
    else:
        level[way[-1]] = value


def _listed(level: dict[str, Any]) -> Any:
    """Return *level* with what is numbered as lists. Depth is bounded by the name's length."""
    made = {}
    numbered = bool(level)
    for name, below in level.items():
        made[name] = _listed(below) if type(below) is dict else below
        numbered = numbered and name.isascii() and name.isdigit()
    if not numbered:
        return made
    return [made[name] for name in (sorted(made, key=_number) if len(made) > 1 else made)]


def _number(name: str) -> tuple[int, str]:
    """Order by value without converting: a number may have thousands of digits."""
    digits = name.lstrip("0")
    return len(digits), digits
