"""What differs from run to run is the same in a recording."""

from __future__ import annotations

import sys
from datetime import datetime, timezone
from typing import Any

import pytest

from tests.compatibility import environments
from tests.compatibility.normalising import EPOCH, TICK, Normalising

START = 1_790_000_000_123_456_789


def span(**more: Any) -> dict[str, Any]:
    """A dumped span of some run."""
    ids = {"trace_id": "ab" * 16, "span_id": "cd" * 8, "name": "chat"}
    return {**ids, "start": START, "end": START + 5_000_000, "attributes": {}, **more}


def one(**attributes: Any) -> dict[str, Any]:
    """The attributes of a span, normalised."""
    found: dict[str, Any] = Normalising(41_234, {r"run-\d+": "run-0"}).scene(
        [span(attributes=attributes)]
    )[0]["attributes"]
    return found


def test_spans_are_ordered_and_their_ids_and_times_counted() -> None:
    """A child knows its parent by the new id; each time is a tick after the one before it."""
    parent = span()
    child = span(span_id="ef" * 8, start=START + 7, parent={"span_id": "cd" * 8})
    made = Normalising(1, {}).scene([child, parent])
    assert [one["span_id"] for one in made] == ["0000000000000002", "0000000000000003"]
    assert made[1]["parent"] == {"span_id": "0000000000000002"}
    assert [one["start"] for one in made] == [EPOCH, EPOCH + TICK]
    assert [one["end"] for one in made] == [EPOCH + 2 * TICK] * 2


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("http://127.0.0.1:41234/v1", "http://127.0.0.1:8080/v1"),
        ("<Stream object at 0x7f12ab34cd56>", "<Stream object at 0x0>"),
        ("run-4711 of run-4712", "run-0 of run-0"),
        (f"{sys.prefix}/lib/python3.11/site-packages/openai/client.py", "openai/client.py"),
        ('{"_response_ms": 12.75}', '{"_response_ms": 25}'),
        ("gpt-5.4-mini-2026-03-17", "gpt-5.4-mini-2026-03-17"),
    ],
)
def test_texts_keep_what_is_the_same_in_every_run(written: str, kept: str) -> None:
    """Ports, addresses, places on disk and durations are not; models are."""
    assert one(said=written) == {"said": kept}


def test_a_place_in_an_environment_is_kept_from_there() -> None:
    """Wherever environments are, and whichever it was."""
    place = f"{environments.root()}/ai4-0123456789ab/node_modules/ai/index.mjs:8"
    assert one(said=f"at file://{place}") == {"said": "at file://node_modules/ai/index.mjs:8"}


def test_uuids_are_numbered_as_they_appear() -> None:
    """So that what was equal is equal, and what was not is not."""
    first, second = (
        "8f14e45f-ceea-467f-a0e6-1f2d3c4b5a69",
        "45c48cce-2e2d-4fbd-aa1a-fc51c7c6ad26",
    )
    numbered = [f"00000000-0000-4000-8000-{number:012}" for number in (1, 2)]
    assert list(one(a=first, b=f"{second} {first}").values()) == [
        numbered[0],
        f"{numbered[1]} {numbered[0]}",
    ]


def test_times_within_the_scene_keep_their_place() -> None:
    """In any unit, and as a date; other numbers stay."""
    at = (START + 1_000_000) // 1_000 * 1_000
    text = datetime.fromtimestamp(at // 1_000 / 1e6, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    made = one(nanos=at, millis=at // 1_000_000, text=text, tokens=17, model="2024-07-18")
    assert made == {
        "nanos": EPOCH + TICK,
        "millis": (EPOCH + TICK) // 1_000_000,
        "text": "2026-01-01T00:00:00.001000Z",
        "tokens": 17,
        "model": "2024-07-18",
    }


def test_of_a_traceback_the_ends_stay() -> None:
    """What is between is the libraries' and Python's."""
    stack = "Traceback (most recent call last):\n  File ...\nValueError: no\n"
    assert one(**{"exception.stacktrace": stack}) == {
        "exception.stacktrace": "Traceback (most recent call last):\nValueError: no"
    }
