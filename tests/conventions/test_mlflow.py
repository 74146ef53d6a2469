"""MLflow: recorded from its autolog and its decorator, and what those do not write."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest

from otel_helisession.conventions import reader
from otel_helisession.conventions.dialects import mlflow
from otel_helisession.conventions.operation import (
    Conversation,
    Operation,
    ToolCall,
    Usage,
    VectorQuery,
)
from tests import recordings
from tests.conventions.made import read, text

CHAT = {"mlflow.spanType": '"CHAT_MODEL"'}


def requests(scene: str) -> list[Operation]:
    """Return what the requests of a recorded scene say."""
    found = [reader.read(span) for span in recordings.scenes("mlflow_openai")[scene]]
    return [operation for operation in found if operation.kind != "structure"]


def said(given: Any, got: Any) -> Operation:
    """Return what a model's span says that was given one value and gave another."""
    values = {"mlflow.spanInputs": json.dumps(given), "mlflow.spanOutputs": json.dumps(got)}
    return read({**CHAT, **values})


def test_a_chat_of_openai_s_sdk() -> None:
    """Every field, of the request's and the answer's bodies."""
    (found,) = requests("chat")
    itinerary = found.conversation.output[0]["parts"][0]["content"]
    assert itinerary.startswith("Three days in Kyoto")
    assert found == Operation(
        kind="llm",
        convention="mlflow",
        name="chat",
        provider="openai",
        request_model="gpt-5.4-mini",
        response_model="gpt-5.4-mini-2026-03-17",
        response_id="chatcmpl-a9e1e0bae493748c75b87462726d3",
        finish_reasons=("stop",),
        service_tier="default",
        usage=Usage(29, 37, 0, None, 0),
        conversation=Conversation(
            input=[text("system", "You are brief."), text("user", "An itinerary for Kyoto?")],
            output=[text("assistant", itinerary, finish_reason="stop")],
            instructions=[],
            tools=[],
        ),
        parameters={"temperature": 0.2},
    )


def test_an_agent_and_its_tool() -> None:
    """Decorated functions by name; steps that are not MLflow's are nobody's."""
    _, tool, _ = requests("tool")
    result = {"city": "Lisbon", "degrees": 18}
    assert tool.tool == ToolCall("check_weather", None, {"city": "Lisbon"}, result)
    spans = recordings.scenes("mlflow_openai")["tool"]
    assert [reader.segment(span) for span in spans] == [
        None,
        "travel_agent",
        "",
        "check_weather",
        "",
    ]


def test_a_stream_says_when_its_first_chunk_came() -> None:
    """By the event of chunk 0."""
    (found,) = requests("stream")
    assert (found.streaming, found.time_to_first_token_ms) == (True, 1.0)
    assert found.usage == Usage(14 + 5, 56, 0, None, 0)


def test_responses() -> None:
    """Instructions are apart from the messages."""
    (found,) = requests("responses_chat")
    assert found.conversation.instructions == [{"type": "text", "content": "You are brief."}]
    assert found.conversation.input == [text("user", "An itinerary for Kyoto?")]
    assert found.conversation.output[0]["role"] == "assistant"


def test_a_retriever_and_embeddings() -> None:
    """Documents are matches; vectors are no answer."""
    (found,) = requests("search")
    document = {"id": "a", "score": 0.5, "content": "Hotel Alfama", "metadata": {"score": 0.5}}
    assert found.vector == VectorQuery("search", query="a quiet hotel", matches=[document])
    (found,) = requests("embed")
    assert (found.conversation.output, found.usage.input_tokens) == ([], 4)


def test_anthropic_s_bodies() -> None:
    """Its answer's shape, its system prompt, and cached tokens that it counts apart."""
    given = {
        "model": "claude-sonnet-5",
        "system": "Brief.",
        "messages": [{"role": "user", "content": "Hi"}],
    }
    content = [{"type": "tool_use", "id": "1", "name": "search", "input": {"city": "Lisbon"}}]
    used = {"input_tokens": 5, "output_tokens": 3, "cache_read_input_tokens": 4}
    body = {"type": "message", "id": "msg_1", "model": "claude-sonnet-5", "role": "assistant"}
    found = said(given, {**body, "content": content, "stop_reason": "tool_use", "usage": used})
    assert found.conversation.instructions == [{"type": "text", "content": "Brief."}]
    (call,) = found.conversation.output[0]["parts"]
    assert (call["type"], call["arguments"]) == ("tool_call", {"city": "Lisbon"})
    assert (found.response_id, found.usage) == ("msg_1", Usage(9, 3, 4))


def test_langchain_s_objects() -> None:
    """Messages in lists of lists, and an answer of generations."""
    human = {"type": "human", "data": {"content": "Hi"}}
    ai = {"lc": 1, "type": "constructor", "id": ["m", "AIMessage"], "kwargs": {
        "content": "Hello", "type": "ai", "usage_metadata": {"input_tokens": 2, "output_tokens": 1},
        "response_metadata": {"id": "chatcmpl-1", "model_name": "m-1", "finish_reason": "stop"},
    }}  # fmt: skip
    found = said([[human]], {"generations": [[{"text": "Hello", "message": ai}]]})
    assert found.conversation.input == [text("user", "Hi")]
    assert found.conversation.output == [text("assistant", "Hello", finish_reason="stop")]
    assert (found.response_id, found.response_model) == ("chatcmpl-1", "m-1")
    assert (found.finish_reasons, found.usage) == (("stop",), Usage(2, 1))


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        *(('"LLM"', "llm"), ('"CHAT_MODEL"', "llm"), ('"EMBEDDING"', "llm"), ('"TOOL"', "tool")),
        *(('"RETRIEVER"', "vector_db"), ('"RERANKER"', "vector_db"), ('"AGENT"', "structure")),
        *(('"CHAIN"', "structure"), ('"PARSER"', "structure"), ('"MEMORY"', "structure")),
        *(("LLM", "llm"), ('"mine"', "structure")),
        *(('"UNKNOWN"', None), ("null", None), ('"', None), ("", None), (7, None)),
    ],
)
def test_kinds(word: Any, kind: str | None) -> None:
    """In quotes or not; a type of the user's is structure, and unknown is unknown."""
    assert mlflow.kind({"mlflow.spanType": word}) == kind


def test_a_repeated_span_has_one_segment() -> None:
    """MLflow numbers names that repeat."""
    attributes = {"mlflow.spanType": '"TASK"'}
    assert mlflow.segment("plan_2", attributes) == mlflow.segment("plan", attributes) == "plan"


def test_costs_and_caches() -> None:
    """As MLflow counts and prices them."""
    tokens = {
        "input_tokens": 9,
        "output_tokens": 3,
        "total_tokens": 12,
        "cache_read_input_tokens": 4,
    }
    cost = {"input_cost": 0.1, "output_cost": 0.2, "total_cost": 0.3}
    values = {"mlflow.chat.tokenUsage": json.dumps(tokens), "mlflow.llm.cost": json.dumps(cost)}
    assert read({**CHAT, **values}).usage == Usage(9, 3, 4, cost_usd=0.3)


@pytest.mark.parametrize(
    "name", ["mlflow.spanInputs", "mlflow.spanOutputs", "mlflow.chat.tokenUsage", "mlflow.llm.cost"]
)
@pytest.mark.parametrize(
    "value",
    ['{"messages": [', "[" * 5_000, "", "null", b"\xff", 7, math.nan, ("a", "b"), '["a", null, 7]'],
)
def test_garbage_is_read_as_far_as_it_goes(name: str, value: Any) -> None:
    """Never an exception, whatever type it claims to be."""
    for word in (*mlflow._KINDS, "AGENT"):
        found = read({"mlflow.spanType": f'"{word}"', name: value})
        assert (found.convention, found.usage) == ("mlflow", Usage())
