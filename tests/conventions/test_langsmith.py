"""LangSmith's runs as spans: recorded from its SDK, and what that does not write."""

from __future__ import annotations

import math
from typing import Any

import pytest
from opentelemetry.trace import SpanKind

from otel_helisession.conventions import reader
from otel_helisession.conventions.dialects import langsmith
from otel_helisession.conventions.operation import (
    Conversation,
    Operation,
    ToolCall,
    Usage,
    VectorQuery,
)
from otel_helisession.sessions.adoption import adopt
from tests import recordings
from tests.conventions.made import read, text

RUN = {"langsmith.span.kind": "llm", "gen_ai.operation.name": "chat"}


def requests(scene: str) -> list[Operation]:
    """Return what the requests of a recorded scene say."""
    found = [reader.read(span) for span in recordings.scenes("langsmith_openai")[scene]]
    return [operation for operation in found if operation.kind != "structure"]


def test_a_chat_of_openai_s_sdk() -> None:
    """Every field; nothing is left for the GenAI conventions to add."""
    (found,) = requests("chat")
    itinerary = found.conversation.output[0]["parts"][0]["content"]
    assert itinerary.startswith("Three days in Kyoto")
    assert found == Operation(
        kind="llm",
        convention="langsmith",
        name="chat",
        provider="openai",
        request_model="gpt-5.4-mini",
        response_model="gpt-5.4-mini-2026-03-17",
        response_id="chatcmpl-a9e1e0bae493748c75b87462726d3",
        finish_reasons=("stop",),
        service_tier="default",
        usage=Usage(29, 37, 0, None, 0, None, 0, 0),
        conversation=Conversation(
            input=[text("system", "You are brief."), text("user", "An itinerary for Kyoto?")],
            output=[text("assistant", itinerary, finish_reason="stop")],
            instructions=[],
            tools=[],
        ),
        parameters={"temperature": 0.2},
    )


@pytest.mark.parametrize("scene", ["tool", "agent_tool"])
def test_a_tool(scene: str) -> None:
    """Of a decorated function, and of LangChain's; its prompt and completion are no messages."""
    asking, tool, answering = requests(scene)
    (call,) = asking.conversation.output[0]["parts"]
    assert (call["name"], call["arguments"]) == ("check_weather", {"city": "Lisbon"})
    assert [one["name"] for one in asking.conversation.tools] == ["check_weather"]
    assert tool.tool is not None
    assert (tool.tool.name, tool.tool.arguments) == ("check_weather", {"city": "Lisbon"})
    assert tool.conversation == Conversation()
    assert answering.conversation.input[-1]["role"] == "tool"


def test_langchain_s_tool_knows_its_call() -> None:
    """A decorated function does not."""
    (_, tool, _), (_, other, _) = requests("tool"), requests("agent_tool")
    assert tool.tool == ToolCall(
        "check_weather", None, {"city": "Lisbon"}, {"city": "Lisbon", "degrees": 18}
    )
    assert other.tool is not None
    assert str(other.tool.call_id).startswith("call_")
    assert other.tool.result == '{"city": "Lisbon", "degrees": 18}'


def test_a_retriever_is_none_of_embeddings() -> None:
    """Whatever ``gen_ai.operation.name`` says of it."""
    (found,) = requests("search")
    document = {"score": 0.5, "content": "Hotel Alfama", "metadata": {"score": 0.5}}
    assert (found.kind, found.segment) == ("vector_db", "search_hotels")
    assert found.vector == VectorQuery("search", query="a quiet hotel", matches=[document])


def test_a_prompt_template_is_no_chat() -> None:
    """LangSmith calls it one in ``gen_ai.operation.name``."""
    found = read({"langsmith.span.kind": "prompt", "gen_ai.operation.name": "chat"})
    assert (found.kind, found.segment) == ("structure", "")


def test_a_stream_says_so() -> None:
    """And what it used."""
    (found,) = requests("stream")
    assert (found.streaming, found.usage.output_tokens) == (True, 56)


def test_a_failure_without_its_traceback() -> None:
    """LangSmith puts the whole of it into the message; an output of null is no answer."""
    (found,) = requests("failure")
    assert found.failure is not None
    assert found.failure.message == "BadRequestError('Error code: 400 - a scripted failure: 400')"
    assert [one["parts"] for one in found.conversation.output] == [[]]


def test_a_thread_is_a_session_and_a_project_is_not() -> None:
    """LangSmith calls projects sessions; what it calls threads has one of three keys."""
    (chat,) = [
        span.attributes or {}
        for span in recordings.scenes("langsmith_openai")["chat"]
        if span.name == "ChatOpenAI"
    ]
    theirs = {name: value for name, value in chat.items() if name.startswith("langsmith.")}
    adopted = adopt(theirs, SpanKind.INTERNAL)
    assert adopted is not None
    assert adopted.id == "trip-1"
    project = {"langsmith.trace.session_id": "p", "langsmith.trace.session_name": "trips"}
    assert adopt(project, SpanKind.INTERNAL) is None


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        *(("llm", "llm"), ("embedding", "llm"), ("tool", "tool"), ("retriever", "vector_db")),
        *(("chain", "structure"), ("prompt", "structure"), ("parser", "structure")),
        *(("LLM", "llm"), ("new", None), (7, None)),
    ],
)
def test_kinds(word: Any, kind: str | None) -> None:
    """Every run type."""
    assert langsmith.kind({"langsmith.span.kind": word}) == kind


@pytest.mark.parametrize("name", ["gen_ai.prompt", "gen_ai.completion", "langsmith.metadata.usage_metadata"])  # noqa: E501  # fmt: skip
@pytest.mark.parametrize(
    "value",
    ['{"messages": [', "[" * 5_000, "", "null", b"\xff", 7, math.nan, ("a", "b"), '["a", null, 7]'],
)
def test_garbage_is_read_as_far_as_it_goes(name: str, value: Any) -> None:
    """Never an exception, whatever type it claims to be."""
    for word in langsmith._KINDS:
        found = read({**RUN, "langsmith.span.kind": word, name: value})
        assert (found.convention, found.usage) == ("langsmith", Usage())
