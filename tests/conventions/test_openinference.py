"""OpenInference: recorded from its instrumentations, and the shapes that those do not write."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest

from otel_helisession.conventions import reader
from otel_helisession.conventions.dialects import openinference
from otel_helisession.conventions.operation import (
    Conversation,
    Operation,
    ToolCall,
    Usage,
    VectorQuery,
)
from tests import recordings
from tests.conventions.made import read, span, text

KIND = "openinference.span.kind"
LLM = {KIND: "LLM", "llm.model_name": "gpt-5.4-mini"}


def requests(row: str, scene: str) -> list[Operation]:
    """Return what the requests of a recorded scene say."""
    found = [reader.read(span) for span in recordings.scenes(row)[scene]]
    return [operation for operation in found if operation.kind != "structure"]


def paths(row: str, scene: str) -> list[str]:
    """Return the path of each request of a recorded scene, without the scene's own segment."""
    return [
        str((span.attributes or {})["helicone.session.path"]).removeprefix(f"/{scene}")
        for span in recordings.scenes(row)[scene]
        if reader.read(span).kind != "structure"
    ]


def message(**said: Any) -> Any:
    """Return the parts that a message flattened under these names has."""
    flat = {f"llm.input_messages.0.message.{name}": value for name, value in said.items()}
    (found,) = read({**LLM, "llm.input_messages.0.message.role": "user", **flat}).conversation.input
    return found["parts"]


def content(**said: Any) -> Any:
    """Return the part that one item of a message's contents becomes."""
    (part,) = message(**{f"contents.0.message_content.{k}": v for k, v in said.items()})
    return part


def test_a_chat_of_openai_s_sdk() -> None:
    """Every field; the id of the answer is in its body."""
    (found,) = requests("openai3_openinference", "chat")
    itinerary = found.conversation.output[0]["parts"][0]["content"]
    assert itinerary.startswith("Three days in Kyoto")
    assert found == Operation(
        kind="llm",
        convention="openinference",
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
            output=[text("assistant", itinerary)],
        ),
        parameters={"temperature": 0.2},
    )


def test_a_stream_says_when_its_first_token_came() -> None:
    """By an event; the times of a recording are a millisecond apart."""
    (found,) = requests("openai3_openinference", "stream")
    assert (found.streaming, found.time_to_first_token_ms) == (True, 1.0)


def test_langchain_s_agent() -> None:
    """Graph, nodes and templates add nothing to the path; a tool's message is its content."""
    asking, tool, answering = requests("langchain_openinference", "tool")
    assert paths("langchain_openinference", "tool") == [
        "/travel_agent",
        "/travel_agent/check_weather",
        "/travel_agent",
    ]
    (call,) = asking.conversation.output[0]["parts"]
    assert (call["name"], call["arguments"]) == ("check_weather", {"city": "Lisbon"})
    result = '{"city": "Lisbon", "degrees": 18}'
    assert tool.tool == ToolCall("check_weather", call["id"], "Lisbon", result)
    response = {"type": "tool_call_response", "id": call["id"], "response": result}
    assert answering.conversation.input[-1]["parts"] == [response]


def test_langchain_s_retriever() -> None:
    """Its documents are matches, its store the database."""
    (found,) = requests("langchain_openinference", "search")
    assert found.vector == VectorQuery(
        "search",
        database="InMemoryVectorStore",
        query="a quiet hotel",
        matches=[{"content": "Hotel Alfama"}],
    )
    assert paths("langchain_openinference", "search") == ["/hotels"]


@pytest.mark.parametrize(
    ("row", "scene", "expected"),
    [
        ("langchain_openinference", "chain_chat", ["/itinerary"]),
        ("llama_index_openinference", "workflow_chat", ["/TripWorkflow/write"]),
        ("llama_index_openinference", "tool", ["", "/check_weather", ""]),
        ("crewai_openinference", "flow_chat", ["/write/Trip crew/Travel agent"]),
        (
            "openai_agents_openinference",
            "tool",
            [
                "/Triage agent",
                "/Triage agent",  # the hand-off
                *("/Weather agent", "/Weather agent"),
                "/Weather agent/check_weather",
                "/Weather agent",
            ],
        ),
    ],
)
def test_paths_of_frameworks(row: str, scene: str, expected: list[str]) -> None:
    """Agents, steps and tools by name, and nothing of how the framework runs them."""
    agent = "/FunctionAgent" if row.startswith("llama_index") and scene == "tool" else ""
    assert paths(row, scene) == [agent + path for path in expected]


def test_one_call_of_llama_index_is_one_request() -> None:
    """Of predict around chat, and get_text_embedding around _get_text_embedding, one counts."""
    assert [one.kind for one in requests("llama_index_openinference", "search")] == [
        "vector_db",
        "llm",
    ]
    (embedding,) = requests("llama_index_embeddings_openinference", "embed")
    assert embedding.conversation.input == [text("user", "a quiet hotel")]
    kinds = [one.kind for one in requests("llama_index_embeddings_openinference", "search")]
    assert kinds == ["llm", "vector_db", "llm"]


def test_an_agents_stream_is_read_from_its_answer() -> None:
    """OpenAI's Agents SDK writes no messages there; an id that is made up is none."""
    (found,) = requests("openai_agents_openinference", "completions_chat")
    assert found.response_id is None
    answer = json.dumps(
        [
            {
                "id": "__fake_id__",
                "model": "gpt-5.4-mini",
                "output": [
                    {
                        "type": "message",
                        "role": "assistant",
                        "content": [{"type": "output_text", "text": "Hi"}],
                    }
                ],
                "usage": {"input_tokens": 3, "output_tokens": 1, "total_tokens": 4},
            }
        ]
    )
    found = read({**LLM, "output.value": answer, "output.mime_type": "application/json"})
    assert (found.response_id, found.usage.total_tokens) == (None, 4)
    assert found.conversation.output[0]["parts"] == [{"type": "text", "content": "Hi"}]


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        *(("LLM", "llm"), ("EMBEDDING", "llm"), ("DECISION", "llm"), ("TOOL", "tool")),
        *(("RETRIEVER", "vector_db"), ("RERANKER", "vector_db"), ("CHAIN", "structure")),
        *(("AGENT", "structure"), ("WORKFLOW", "structure"), ("GUARDRAIL", "structure")),
        *(("EVALUATOR", "structure"), ("PROMPT", "structure"), ("llm", "llm")),
        *(("UNKNOWN", None), ("", None), (7, None)),
    ],
)
def test_kinds(word: Any, kind: str | None) -> None:
    """Every kind of the convention; UNKNOWN says nothing."""
    assert openinference.kind({KIND: word}) == kind


@pytest.mark.parametrize(
    ("said", "part"),
    [
        ({"type": "text", "text": "Hi"}, {"type": "text", "content": "Hi"}),
        (
            {"type": "image", "image.image.url": "https://example.com/a.png"},
            {
                "type": "uri",
                "mime_type": None,
                "modality": "image",
                "uri": "https://example.com/a.png",
            },
        ),
        (
            {"type": "image", "image.image.url": "data:image/png;base64,QUJD"},
            {"type": "blob", "mime_type": "image/png", "modality": "image", "content": "QUJD"},
        ),
        (
            {
                "type": "audio",
                "audio.audio.url": "https://example.com/a",
                "audio.audio.mime_type": "audio/wav",
            },
            {
                "type": "uri",
                "mime_type": "audio/wav",
                "modality": "audio",
                "uri": "https://example.com/a",
            },
        ),
        (
            {"type": "document", "document.document.id": "file-1"},
            {"type": "file", "mime_type": None, "modality": "document", "file_id": "file-1"},
        ),
        (
            {"type": "reasoning", "text": "Hm.", "id": "rs_1", "signature": "c2ln"},
            {"type": "reasoning", "content": "Hm.", "id": "rs_1", "signature": "c2ln"},
        ),
        ({"type": "new", "text": "?"}, {"type": "new", "text": "?"}),
    ],
)
def test_contents_of_messages(said: dict[str, Any], part: dict[str, Any]) -> None:
    """Images and sounds by address or within, reasoning with its signature; others as they are."""
    assert content(**said) == part


def test_calls_of_tools_in_messages() -> None:
    """With arguments as JSON text, without any, cut, and in the form of old function calls."""
    calls = message(
        **{
            "tool_calls.0.tool_call.id": "1",
            "tool_calls.0.tool_call.function.name": "search",
            "tool_calls.0.tool_call.function.arguments": '{"city": "Lisbon"}',
            "tool_calls.1.tool_call.function.name": "now",
            "tool_calls.2.tool_call.function.name": "search",
            "tool_calls.2.tool_call.function.arguments": '{"city": "Lis',
            "function_call_name": "old",
            "function_call_arguments_json": '{"a": 1}',
        }
    )
    assert [(call["name"], call["arguments"]) for call in calls] == [
        ("search", {"city": "Lisbon"}),
        ("now", {}),
        ("search", '{"city": "Lis'),
        ("old", {"a": 1}),
    ]


def test_the_completions_api() -> None:
    """Prompts are the user's, choices the model's; parameters come from their JSON."""
    found = read(
        {
            **LLM,
            "llm.prompts.0.prompt.text": "Say",
            "llm.choices.0.completion.text": "hello",
            "llm.invocation_parameters": '{"max_tokens": 5, "stop": ["."], "client": "<C>"}',
        }
    )
    assert found.conversation.input == [text("user", "Say")]
    assert found.conversation.output == [text("assistant", "hello")]
    assert found.parameters == {"max_tokens": 5, "stop": ["."]}


def test_tokens_and_costs() -> None:
    """Each under its name; a total cost beats its parts, which are added without one."""
    said = {
        **LLM,
        "llm.token_count.prompt": 100,
        "llm.token_count.completion": 20,
        "llm.token_count.prompt_details.cache_read": 60,
        "llm.token_count.prompt_details.cache_write": 10,
        "llm.token_count.prompt_details.audio": 1,
        "llm.token_count.completion_details.reasoning": 5,
        "llm.token_count.completion_details.audio": 2,
        "llm.cost.prompt": 0.25,
        "llm.cost.completion": 0.5,
    }
    assert read(said).usage == Usage(100, 20, 60, 10, 5, 0.75, 1, 2)
    assert read({**said, "llm.cost.total": 0.8}).usage.cost_usd == 0.8


def test_what_was_asked_and_answered_of_two_models() -> None:
    """A provider that answers with another model says both."""
    found = read({**LLM, "llm.request.model_name": "router", "llm.response.model_name": "small-1"})
    assert (found.request_model, found.response_model) == ("router", "small-1")


def test_values_stand_in_only_where_there_are_no_messages() -> None:
    """Nothing is said twice."""
    body = json.dumps({"messages": [{"role": "user", "content": "from the body"}]})
    values = {"input.value": body, "input.mime_type": "application/json", "output.value": "Hi"}
    assert read({**LLM, **values}).conversation == Conversation(
        input=[text("user", "from the body")],
        output=[text("assistant", "Hi")],
        instructions=[],
        tools=[],
    )
    flat = {
        "llm.input_messages.0.message.role": "user",
        "llm.input_messages.0.message.content": "from the messages",
    }
    found = read({**LLM, **values, **flat})
    assert found.conversation.input == [text("user", "from the messages")]


def test_a_tool_without_content() -> None:
    """A schema is no argument, and a plain text that looks like JSON stays one."""
    schema = '{"type": "object", "properties": {"city": {}}}'
    tool = {KIND: "TOOL", "tool.parameters": schema, "output.value": "[1]"}
    named = {"tool.name": "search", "tool.id": "call_1"}
    plain = {**tool, **named, "output.mime_type": "text/plain"}
    assert read(plain).tool == ToolCall("search", "call_1", None, "[1]")
    given = {**tool, "tool.parameters": '{"city": "Lisbon"}'}
    assert read(given, name="search.run").tool == ToolCall("search", None, {"city": "Lisbon"}, [1])


def test_a_reranker() -> None:
    """What it kept, in its order, with metadata parsed."""
    found = read(
        {
            KIND: "RERANKER",
            "reranker.query": "quiet",
            "reranker.top_k": 1,
            "reranker.input_documents.0.document.id": "b",
            "reranker.output_documents.0.document.id": "a",
            "reranker.output_documents.0.document.score": 0.9,
            "reranker.output_documents.0.document.metadata": '{"stars": 4}',
        }
    )
    assert found.vector == VectorQuery(
        "rerank",
        query="quiet",
        top_k=1,
        matches=[{"id": "a", "score": 0.9, "metadata": {"stars": 4}}],
    )


def test_a_decision_is_a_call_of_a_model() -> None:
    """It has a model and tokens of its own names."""
    found = read(
        {
            KIND: "DECISION",
            "decision.model_name": "jev-1",
            "decision.provider": "typesafe",
            "decision.token_count.input": 40,
            "decision.token_count.output": 2,
        }
    )
    assert (found.kind, found.name, found.model) == ("llm", "decision", "jev-1")
    assert (found.provider, found.usage) == ("typesafe", Usage(40, 2))


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"llm.token_count.prompt": -1, "llm.token_count.completion": math.nan},
        {"llm.token_count.prompt": "many", "llm.cost.total": math.inf},
        {"llm.invocation_parameters": '{"temperature": 0.', "input.value": '{"messages": [{'},
        {"llm.invocation_parameters": 7, "output.value": b"\xff", "metadata": ("a", "b")},
        {"llm.input_messages": "text", "llm.input_messages.0": "x", "llm.input_messages.a.b": 1},
        {"llm.input_messages.0.message": "x", "llm.input_messages.0.message.role": 7},
        {"llm.input_messages.0.message.contents": "x", "llm.tools.0.tool.json_schema": "{"},
        {"llm.input_messages.0.message.tool_calls.0": "x"},
        {"llm.input_messages." + "9" * 5_000 + ".message.role": "user"},
        {"output.value": "[" * 5_000, "input.value": '{"messages": {"a": 1}}'},
        {"output.value": '{"choices": [{"message": {"content": [[1]], "tool_calls": "x"}}, 7]}'},
        {"output.value": '{"generations": [[{"message": 7}], 7, {"text": null}]}'},
        {"retrieval.documents.0": "x", "retrieval.documents.1.document.metadata": "{"},
        {"tool.name": 7, "embedding.embeddings.0.embedding": (1.0, 2.0)},
    ],
)
def test_garbage_is_read_as_far_as_it_goes(said: dict[str, Any]) -> None:
    """Never an exception, whatever kind it claims to be."""
    for word in openinference._KINDS:
        found = read({KIND: word, **said})
        assert found.convention == "openinference"
        counted = (found.usage.input_tokens, found.usage.output_tokens)
        assert counted in ((None, None), (0, 0))


def test_what_is_cut_is_told() -> None:
    """The names of what could not be read are kept; the values stay on the span."""
    found = read({**LLM, "input.value": '{"messages": [{', "llm.token_count.prompt": "many"})
    assert set(found.unread) == {"input.value", "llm.token_count.prompt"}


def test_two_hundred_events_hide_the_first_token() -> None:
    """The SDK keeps the newest 128, so the first that is left is not the first."""
    events = [("First Token Stream Event", {}, 0.5)] + [("chunk", {}, 1.0)] * 199
    assert reader.read(span(LLM, events=events)).time_to_first_token_ms is None
    assert reader.read(span(LLM, events=events[:9])).time_to_first_token_ms == 500.0
