"""The cells of the matrix: a good row has all, and each fault empties its own."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import pytest

from tests.compatibility import matrix
from tests.compatibility.evaluate import cells
from tests.compatibility.row import COLUMNS, Row
from tests.helicone import spans as handmade
from tests.recordings import dump_span
from tests.servers.llm.exchange import Exchange

ROW = Row("row", "", "thing", "nobody")
QUESTION, ANSWER = "Where to stay?", "In Alfama."
CALLED = {"type": "tool_call", "id": "1", "name": "weather", "arguments": {"city": "Lisbon"}}
CALLING = json.dumps([{"role": "assistant", "parts": [CALLED]}])
STREAM = {"gen_ai.request.stream": True, "gen_ai.response.time_to_first_chunk": 0.02}


def scene(name: str, exchange: dict[str, Any], *, error: str | None = None, **said: Any) -> Any:
    """A recorded scene: one exchange and the span that tells of it."""
    known = Exchange("chat", "gpt-4o-mini", "gpt-4o-mini", QUESTION, ANSWER, (), 100, 50)
    answer = None if error else ANSWER
    extra = {"helicone.session.path": f"/{name}"} | said
    told = handmade.llm(QUESTION, answer, extra=extra, error=error)
    asked = dataclasses.asdict(dataclasses.replace(known, **exchange))
    return {"exchanges": [asked], "spans": [dump_span(told)]}


def recording(**changed: Any) -> dict[str, Any]:
    """A row in which everything is as it should be, but for what is changed."""
    failed = {"response_model": "", "text": "", "input_tokens": None, "status": 429}
    scenes = {
        "chat": scene("chat", {}),
        "tool": scene("tool", {"tools": ("weather",)}, **{"gen_ai.output.messages": CALLING}),
        "stream": scene("stream", {"streamed": True}, **STREAM),
        "failure": scene("failure", failed, error="429 too many"),
    }
    return {"versions": {"thing": "1.2"}, "scenes": {**scenes, **changed}}


def test_a_row_that_says_everything_has_every_cell() -> None:
    """An empty finding is a good one."""
    assert cells(ROW, recording()) == dict.fromkeys(COLUMNS, "")
    assert matrix.problems(ROW, recording()) == []


@pytest.mark.parametrize(
    ("column", "changed", "finding"),
    [
        (
            "kind",
            {"chat": {"exchanges": [], "spans": recording()["scenes"]["chat"]["spans"]}},
            "chat: 1 calls of a model where 0 were made",
        ),
        (
            "model",
            {"chat": scene("chat", {"request_model": "o9", "response_model": "o9"})},
            "'gpt-4o-mini' is none of ['o9']",
        ),
        ("usage", {"chat": scene("chat", {"output_tokens": 51})}, "(100, 50) for (100, 51)"),
        ("messages", {"chat": scene("chat", {"text": "Out."})}, "the answer is not there"),
        ("tool calls", {"tool": scene("tool", {"tools": ("hotels",)})}, "tool: [] for ['hotels']"),
        (
            "time to first token",
            {"stream": scene("stream", {}, **{"gen_ai.request.stream": True})},
            "it does not say when the first piece came",
        ),
        ("errors", {"failure": scene("failure", {})}, "no operation failed"),
        (
            "session",
            {"chat": scene("chat", {}, **{"helicone.session.id": None})},
            "a span has no session",
        ),
        (
            "path",
            {"chat": scene("chat", {}, **{"helicone.session.path": "/elsewhere"})},
            "chat gpt-4o-mini hangs at /elsewhere",
        ),
    ],
)
def test_a_fault_empties_its_own_cell(column: str, changed: dict[str, Any], finding: str) -> None:
    """And no other; the row then needs a reason, and a reason needs an empty cell."""
    found = cells(ROW, recording(**changed))
    assert {name: said for name, said in found.items() if said} == {column: finding}
    assert matrix.problems(ROW, recording(**changed)) == [f"row: {column}: {finding}"]
    excused = dataclasses.replace(ROW, empty={column: "so it is"})
    assert matrix.problems(excused, recording(**changed)) == []
    assert matrix.problems(excused, recording()) == [
        f"row: {column} is filled, but EMPTY says 'so it is'"
    ]


def test_a_stream_that_is_not_told_has_neither_cell() -> None:
    """What does not stream has no first token."""
    played = recording(stream=scene("stream", {}, **{"gen_ai.request.stream": False}))
    assert {name: said for name, said in cells(ROW, played).items() if said} == {
        "streaming": "it does not say that it streams",
        "time to first token": "it does not say when the first piece came",
    }


def test_a_call_told_twice_is_one_call() -> None:
    """By an SDK's own span and by who instruments it: same answer, counted once."""
    told = scene("chat", {}, **{"gen_ai.response.id": "chatcmpl-1"})
    again = scene("chat", {}, **{"gen_ai.response.id": "chatcmpl-1"})
    told["spans"] += again["spans"]
    assert cells(ROW, recording(chat=told)) == dict.fromkeys(COLUMNS, "")


def test_what_no_scene_shows_needs_a_reason() -> None:
    """A row without a stream says why its cells are empty."""
    played = recording()
    del played["scenes"]["stream"]
    assert matrix.problems(ROW, played) == [
        "row: streaming: no scene shows it, and EMPTY does not say why",
        "row: time to first token: no scene shows it, and EMPTY does not say why",
    ]


def test_what_is_unseen_stays_unseen() -> None:
    """A scene that nobody instruments is left out, until somebody does."""
    row = dataclasses.replace(ROW, unseen={"embed": "embeddings are not instrumented"})
    silent = {"exchanges": scene("embed", {})["exchanges"], "spans": []}
    assert matrix.problems(row, recording(embed=silent)) == []
    assert matrix.problems(row, recording(embed=scene("embed", {}))) == [
        "row: embed is seen, but UNSEEN says it is not"
    ]
