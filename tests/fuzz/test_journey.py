"""Whatever a span says: nothing raises, nothing is lost, no key gets out, and JSON is JSON."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from opentelemetry.sdk.trace import Event, ReadableSpan

from otel_helisession.conventions import reader
from otel_helisession.conventions.operation import Operation
from tests import recordings
from tests.fuzz import hostile, vocabulary
from tests.fuzz.journey import SECRET, travel

QUICK = settings(
    max_examples=80,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


class Drawn:
    """Choices that hypothesis makes, and can repeat."""

    def __init__(self, data: st.DataObject) -> None:
        self._data = data

    def choose(self, options: Sequence[Any]) -> Any:
        return options[self.number(0, len(options) - 1)]

    def number(self, least: int, most: int) -> int:
        return self._data.draw(st.integers(least, most))


class Rolled:
    """Choices by chance, from a seed."""

    def __init__(self, seed: int) -> None:
        chance = random.Random(seed)
        self.choose, self.number = chance.choice, chance.randint


@QUICK
@given(data=st.data())
def test_spans_of_any_convention_with_spoilt_values(data: st.DataObject) -> None:
    """The promise of the reader, of finishing, of the store and of Helicone's logs."""
    travel(hostile.span(Drawn(data)))


@pytest.mark.parametrize("row", vocabulary.rows())
def test_recordings_with_each_value_spoilt(row: str) -> None:
    """Each span of every library once whole, and each of its values once in some odd way."""
    for number, span in enumerate(recordings.load(row)[:12]):
        if number == 0:
            travel(span)
        attributes = dict(span.attributes or {})
        choices = Rolled(number)
        for name in list(attributes):
            attributes[name] = hostile.spoilt(choices, attributes[name])
        travel(like(span, attributes))


def like(span: ReadableSpan, attributes: dict[str, Any]) -> ReadableSpan:
    return ReadableSpan(
        span.name,
        span.get_span_context(),
        parent=span.parent,
        attributes=attributes,
        events=span.events,
        links=span.links,
        kind=span.kind,
        status=span.status,
        start_time=span.start_time,
        end_time=span.end_time,
        instrumentation_scope=span.instrumentation_scope,
        resource=span.resource,
    )


@pytest.mark.parametrize("row", vocabulary.rows())
def test_cut_json_that_was_read_is_named_as_unread(row: str) -> None:
    """What the reader would have taken from it is missing, and the Operation says why."""
    silent = []
    for span in recordings.load(row):
        attributes = dict(span.attributes or {})
        whole = said(span, attributes)
        for name, value in attributes.items():
            if not (isinstance(value, str) and value[:1] in ("{", "[") and len(value) > 2):
                continue
            rest = {other: one for other, one in attributes.items() if other != name}
            torn = reader.read(like(span, {**attributes, name: cut(value)}))
            is_read = said(span, rest) != whole
            if is_read and replace(torn, unread=()) != whole and name not in torn.unread:
                silent.append((span.name, name))
    assert sorted(set(silent)) == []


def cut(text: str) -> str:
    """Return about the first half of *text*, as a limit of the SDK does. Not just behind a
    bracket: then what nobody parses looks whole."""
    return text[: max(len(text) // 2, 1)].rstrip("]} \n") or text[0]


def said(span: ReadableSpan, attributes: dict[str, Any]) -> Operation:
    return replace(reader.read(like(span, attributes)), unread=())


MESSAGES = [
    {"role": "user", "parts": [{"type": "text", "content": f"{SECRET} " + "word " * 1_000_000}]}
]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("gen_ai.input.messages", MESSAGES),
        ("gen_ai.input.messages", json.dumps(MESSAGES)),
        ("gen_ai.prompt.0.content", json.dumps(MESSAGES)),
        ("input.value", json.dumps(MESSAGES)[:-9]),
        ("langfuse.observation.input", json.dumps(MESSAGES)),
        ("mlflow.spanInputs", MESSAGES),
    ],
)
def test_five_megabytes_of_messages(name: str, value: Any) -> None:
    """Structured, as JSON, and cut, in each convention's place for them."""
    (template,) = [one for one in vocabulary.spans() if name in (one.attributes or {})][:1]
    travel(like(template, {**(template.attributes or {}), name: value}))


def test_a_span_with_nothing_and_a_span_with_two_hundred_events() -> None:
    """The least and the most that there is."""
    travel(ReadableSpan("", hostile.CONTEXT))
    events = [Event("gen_ai.user.message", {"content": f"{n} {SECRET}"}, n) for n in range(200)]
    attributes = {"gen_ai.operation.name": "chat"}
    travel(ReadableSpan("chat", hostile.CONTEXT, attributes=attributes, events=events))
