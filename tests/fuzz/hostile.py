"""Hostile values and spans, drawn by hypothesis or by any other source of choices."""

from __future__ import annotations

import json
import math
from base64 import b64encode
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from opentelemetry.sdk.trace import Event, ReadableSpan
from opentelemetry.trace import Link, SpanContext, SpanKind, Status, StatusCode, TraceFlags

from tests.fuzz import vocabulary
from tests.fuzz.journey import SECRET

CONTEXT = SpanContext(0xF022, 0xF022, False, TraceFlags(1))


class Choices(Protocol):
    """Where decisions come from."""

    def choose(self, options: Sequence[Any]) -> Any:
        """Return one of *options*."""

    def number(self, least: int, most: int) -> int:
        """Return a number of this range."""


FIXED: tuple[Any, ...] = (
    *("", " ", "{", "[", "null", "true", "nan", "-1", "1e999", "[[[[", '"\\ud800"', "\ud800"),
    *('{"role": "user"', "[null, 1]", '[{"parts": 3}]', '{"a": NaN}', "[" * 3_000, "\x00\r\n"),
    *(0, -5, 10**30, -(2**63), 1.5, -0.0, math.nan, math.inf, True, None, b"", b"\xff\xfe" * 9),
    *((), ("a", "b"), (1, None), [], {}, [{}], {"": None}, ({"role": 3, "parts": {"type": None}},)),
    *([{"content": [{"type": 5}]}], [{"role": "tool", "tool_calls": [None, {"function": 3}]}]),
    *({"a": {"b": [{"c": b"x"}]}}, {"role": "user", "content": "hi"}, [[["deep"]]], "x" * 40_000),
    *(f"my key is {SECRET}", {"authorization": SECRET}, json.dumps({"a": {"x-api-key": SECRET}})),
    "data:image/png;base64," + b64encode(bytes(range(256)) * 8).decode(),
)
"""What no library should write, and some have."""


def span(choices: Choices) -> ReadableSpan:
    """Return a span in the words of one or several conventions, with a few values spoilt."""
    attributes = dict(choices.choose(vocabulary.spans()).attributes or {})
    if choices.number(0, 3) == 0:
        attributes = {}
    for _ in range(choices.number(0, 2)):
        attributes.update(choices.choose(vocabulary.spans()).attributes or {})
    names = sorted(attributes)
    for _ in range(choices.number(0, 6)):
        known = names and choices.number(0, 2) < 2
        name = choices.choose(names if known else vocabulary.names())
        attributes[name] = spoilt(choices, attributes.get(name))
    return ReadableSpan(
        choices.choose(("chat m", "", "\ud800", "x" * 300, "An itinerary for Kyoto?", "a/b/c")),
        CONTEXT,
        attributes=attributes,
        events=[_event(choices) for _ in range(choices.choose((0, 0, 0, 1, 3, 200)))],
        links=[Link(CONTEXT, {"a": SECRET})] if choices.number(0, 5) == 0 else (),
        kind=choices.choose(tuple(SpanKind)),
        status=choices.choose(
            (Status(), Status(StatusCode.OK), Status(StatusCode.ERROR, f"Bearer {SECRET}"))
        ),
        **choices.choose(
            (
                {"start_time": 1_000_000_000, "end_time": 2_000_000_000},
                {"start_time": 2_000_000_000, "end_time": 1_000_000_000},
                {"start_time": 0, "end_time": 2**62},
                {"start_time": None, "end_time": None},
            )
        ),
    )


def spoilt(choices: Choices, value: Any) -> Any:
    """Return *value* as it should not be, or something else altogether."""
    known = vocabulary.values()
    ways: tuple[Callable[[], Any], ...] = (
        lambda: choices.choose(FIXED),
        lambda: choices.choose(choices.choose(tuple(known.values()))),  # another name's
        lambda: _torn(choices, value),
        lambda: _as_another_type(choices, value),
        lambda: _nested(choices, value),
    )
    return choices.choose(ways)()


def _torn(choices: Choices, value: Any) -> Any:
    text = value if isinstance(value, str) else repr(value)
    cut = choices.number(0, max(len(text), 1))
    return choices.choose((text[:cut], text[cut:], text[:cut] + "\x00" + text[cut:], text * 3))


def _as_another_type(choices: Choices, value: Any) -> Any:
    if isinstance(value, str):
        try:
            parsed = json.loads(value)
        except (ValueError, RecursionError):
            parsed = value
        return choices.choose(
            (parsed, value.encode("utf-8", "replace"), (value,), json.dumps(value))
        )
    if isinstance(value, (list, tuple)):
        return choices.choose(
            (json.dumps(value, default=str), list(value), tuple(value), str(value))
        )
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return choices.choose(
            (str(value), -value, value * 1_000, value * 10**18, (value,), float(value))
        )
    return str(value)


def _nested(choices: Choices, value: Any) -> Any:
    made: Any = value
    for _ in range(choices.choose((1, 2, 5, 80))):
        made = choices.choose(([made], {"content": made}, {"messages": [made]}, {"parts": [made]}))
    if choices.number(0, 1):
        return made
    try:
        return json.dumps(made, default=str)
    except (ValueError, RecursionError):
        return made


def _event(choices: Choices) -> Event:
    name = choices.choose(
        (
            *("exception", "gen_ai.choice", "gen_ai.user.message", "gen_ai.content.prompt"),
            *(
                "gen_ai.client.inference.operation.details",
                "db.query.result",
                "ai.stream.firstChunk",
            ),
            *(
                "First Token Stream Event",
                "",
                "gen_ai.content.completion.chunk",
                "db.search.result",
            ),
        )
    )
    keys = ("exception.message", "exception.type", "content", "role", "id", "gen_ai.input.messages")
    attributes = {choices.choose(keys): choices.choose(FIXED) for _ in range(choices.number(0, 3))}
    return Event(name, attributes, choices.choose((0, 1_500_000_000, 2**62)))
