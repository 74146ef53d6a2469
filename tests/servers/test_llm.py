"""The scripted server speaks each wire: what is asked, streamed and refused is in its exchanges."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest

from tests.servers.llm.exchange import Exchange
from tests.servers.llm.server import ScriptedLLM

QUESTION = "What is the weather in Lisbon?"
ANSWER = "Mild and mostly dry in Lisbon; a light jacket is enough."
SAID = [{"role": "user", "content": QUESTION}]
GEMINI = {"contents": [{"role": "user", "parts": [{"text": QUESTION}]}]}
SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}}
FUNCTION = {"name": "weather", "parameters": SCHEMA}

WIRES: dict[str, tuple[str, dict[str, Any], Any]] = {
    "chat": (
        "/v1/chat/completions",
        {"model": "m", "messages": SAID},
        [{"type": "function", "function": FUNCTION}],
    ),
    "responses": (
        "/v1/responses",
        {"model": "m", "input": QUESTION},
        [{"type": "function", **FUNCTION}],
    ),
    "messages": (
        "/v1/messages",
        {"model": "m", "messages": SAID},
        [{"name": "weather", "input_schema": SCHEMA}],
    ),
    "gemini": (
        "/v1beta/models/m:generateContent",
        GEMINI,
        [{"functionDeclarations": [{"name": "weather", "parametersJsonSchema": SCHEMA}]}],
    ),
    "cohere": (
        "/v2/chat",
        {"model": "m", "messages": SAID},
        [{"type": "function", "function": FUNCTION}],
    ),
}
"""Path, body, and the tools that a body may offer."""

EMBEDDINGS: dict[str, tuple[str, dict[str, Any]]] = {
    "embeddings": ("/v1/embeddings", {"model": "m", "input": ["a hotel"]}),
    "gemini embeddings": (
        "/v1beta/models/m:batchEmbedContents",
        {"requests": [{"content": {"parts": [{"text": "a hotel"}]}}]},
    ),
    "cohere embeddings": ("/v2/embed", {"model": "m", "texts": ["a hotel"]}),
}


@pytest.fixture
def llm() -> Iterator[ScriptedLLM]:
    with ScriptedLLM() as server:
        yield server


def post(llm: ScriptedLLM, path: str, body: dict[str, Any]) -> str:
    """Return what *body* is answered."""
    headers = {"content-type": "application/json"}
    request = urllib.request.Request(llm.url + path, json.dumps(body).encode(), headers)
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request) as answer:
        text: str = answer.read().decode()
        return text


@pytest.mark.parametrize("wire", WIRES)
def test_a_question_is_answered(llm: ScriptedLLM, wire: str) -> None:
    """The answer is in the body, and what was said is kept."""
    path, body, _ = WIRES[wire]
    assert ANSWER in post(llm, path, body)
    (kept,) = llm.exchanges
    assert (kept.wire, kept.request_model, kept.question, kept.text) == (
        wire,
        "m",
        QUESTION,
        ANSWER,
    )
    assert kept.input_tokens
    assert kept.output_tokens == 14


@pytest.mark.parametrize("wire", WIRES)
def test_an_offered_tool_is_called(llm: ScriptedLLM, wire: str) -> None:
    """With the arguments that its schema asks for."""
    path, body, tools = WIRES[wire]
    answered = post(llm, path, {**body, "tools": tools})
    assert '"city": "Lisbon"' in answered.replace('\\"', '"')
    assert llm.exchanges[0].tools == ("weather",)


@pytest.mark.parametrize("wire", WIRES)
def test_a_stream_adds_up_to_the_answer(llm: ScriptedLLM, wire: str) -> None:
    """Several events, and the same exchange but for that it streamed."""
    path, body, _ = WIRES[wire]
    whole = post(llm, path, body)
    if wire == "gemini":
        path = path.replace(":generate", ":streamGenerate")
    pieces = post(llm, path, {**body, "stream": True})
    assert whole.count("data:") == 0
    assert pieces.count("data:") > 1
    assert "jacket" in pieces
    once, streamed = llm.exchanges
    assert (once.streamed, streamed.streamed) == (False, True)
    assert streamed.text == once.text == ANSWER


@pytest.mark.parametrize("wire", EMBEDDINGS)
def test_texts_are_embedded(llm: ScriptedLLM, wire: str) -> None:
    """As vectors of 64 numbers; nothing is said."""
    path, body = EMBEDDINGS[wire]
    answered = post(llm, path, body)
    assert answered.count(",") > 62
    (kept,) = llm.exchanges
    assert (kept.wire, kept.question, kept.text, kept.embeds) == (wire, "a hotel", "", True)


@pytest.mark.parametrize("wire", WIRES)
@pytest.mark.parametrize("status", [400, 429, 500])
def test_a_planned_failure_is_answered_once(llm: ScriptedLLM, wire: str, status: int) -> None:
    """In the wire's own words; the request after it succeeds."""
    path, body, _ = WIRES[wire]
    llm.fail(status)
    with pytest.raises(urllib.error.HTTPError) as refused:
        post(llm, path, body)
    with refused.value as answer:
        assert answer.code == status
        assert f"a scripted failure: {status}" in answer.read().decode()
    assert llm.exchanges == [Exchange(wire, "m", question=QUESTION, status=status)]
    assert ANSWER in post(llm, path, body)


def test_a_repeated_request_gets_a_new_id_that_is_the_same_in_every_run() -> None:
    """So that recordings do not change, and no answer looks like another's."""
    path, body, _ = WIRES["chat"]
    runs = []
    for _run in range(2):
        with ScriptedLLM() as llm:
            runs.append([json.loads(post(llm, path, body))["id"] for _ in range(2)])
    assert runs[0] == runs[1]
    assert len(set(runs[0])) == 2
