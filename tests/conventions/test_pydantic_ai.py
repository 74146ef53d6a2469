"""pydantic-ai, recorded in formats 1 to 6, and what it does not write any more."""

from __future__ import annotations

import json

import pytest

from otel_helisession.conventions.operation import Conversation, Operation, ToolCall, Usage
from tests.conventions.made import read, text
from tests.conventions.recorded import FORECAST, WEATHER, operations, requests, tree, words

QUESTION = "What is the weather in Lisbon?"
TALK = [
    ("user", QUESTION),
    ("assistant", {"city": "Lisbon"}),
    ("user", WEATHER),
]
FORMATS = {
    "pydantic_ai1": ("tool", "format_2_tool", "format_3_tool"),
    "pydantic_ai2": ("tool", "format_2_tool", "format_3_tool", "format_4_tool", "format_6_tool"),
}
SCENES = [(row, scene) for row, scenes in FORMATS.items() for scene in scenes]


@pytest.mark.parametrize(("row", "scene"), SCENES)
def test_an_agent_with_a_tool_is_one_tree_in_each_format(row: str, scene: str) -> None:
    """The run is structure, named by its agent; the tool hangs below it by its name."""
    assert tree(row, scene) == [
        ("structure", "/travel agent"),
        ("llm", "/travel agent"),
        ("tool", "/travel agent/check_weather"),
        ("llm", "/travel agent"),
    ]


@pytest.mark.parametrize(("row", "scene"), SCENES)
def test_a_tool_has_arguments_and_result_in_each_format(row: str, scene: str) -> None:
    """Format 2 and before had names of their own for them."""
    found = operations(row, scene)[2].tool
    assert isinstance(found, ToolCall)
    assert found == ToolCall("check_weather", found.call_id, {"city": "Lisbon"}, WEATHER)


@pytest.mark.parametrize(("row", "scene"), SCENES)
def test_what_was_said_is_there_in_each_format(row: str, scene: str) -> None:
    """Of the call that answers, and of the whole run, with its cost and its tools."""
    run, _, _, call = operations(row, scene)
    for found in (run, call):
        said = [(one, what) for one, what in words(found.conversation.input) if one != "system"]
        assert [what for _, what in said] == [what for _, what in TALK]
        assert words(found.conversation.output) == [("assistant", FORECAST)]
    assert [tool["name"] for tool in call.conversation.tools] == ["check_weather"]
    assert call.usage.cost_usd == pytest.approx(0.00018975)
    assert (run.usage.input_tokens, run.usage.output_tokens) == (260, 23)


def test_a_chat_of_format_1() -> None:
    """Every field; the messages are events in one attribute."""
    _, found = operations("pydantic_ai1", "chat")
    itinerary = found.conversation.output[0]["parts"][0]["content"]
    assert itinerary.startswith("Three days in Kyoto")
    assert found == Operation(
        kind="llm",
        convention="genai",
        name="chat",
        provider="openai",
        request_model="gpt-5.4-mini",
        response_model="gpt-5.4-mini-2026-03-17",
        response_id="chatcmpl-2068fcf44385938659d9d01f7466d",
        finish_reasons=("stop",),
        usage=Usage(29, 37, cost_usd=0.00018825),
        conversation=Conversation(
            input=(text("system", "You are brief."), text("user", "An itinerary for Kyoto?")),
            output=(text("assistant", itinerary),),
        ),
        parameters={"temperature": 0.2},
        server="127.0.0.1",
        provenance={
            "usage.cost_usd": "pydantic_ai",
            "conversation.input": "pydantic_ai",
            "conversation.output": "pydantic_ai",
        },
    )


def test_a_stream_says_when_its_first_piece_came() -> None:
    """Since version 2 of the package."""
    (found,) = requests("pydantic_ai2", "stream")
    assert (found.streaming, found.time_to_first_token_ms) == (True, 0.5)


def test_embeddings_say_what_was_embedded() -> None:
    """A message for each text."""
    (found,) = requests("pydantic_ai2", "embed")
    assert (found.name, found.usage) == ("embeddings", Usage(4, cost_usd=8e-08))
    assert found.conversation == Conversation(input=(text("user", "a quiet hotel"),))


def test_before_it_named_operations_its_own_words_tell() -> None:
    """An agent's run, and a tool."""
    run = read({"agent_name": "travel agent", "all_messages_events": "[]"}, name="agent run")
    assert (run.kind, run.convention, run.segment) == ("structure", "pydantic_ai", "travel agent")
    tool = {"gen_ai.tool.name": "check_weather", "tool_arguments": '{"city": "Lisbon"}'}
    assert read(tool, name="running tool").tool == ToolCall(
        "check_weather", arguments={"city": "Lisbon"}
    )


def test_tools_are_offered_in_the_request_where_nothing_else_tells() -> None:
    """Function tools and output tools."""
    offered = {"name": "answer", "description": None, "parameters_json_schema": {"type": "object"}}
    found = read({"model_request_parameters": json.dumps({"output_tools": [offered]})})
    assert found.conversation.tools == (
        {
            "type": "function",
            "name": "answer",
            "description": None,
            "parameters": {"type": "object"},
        },
    )


def test_cut_messages_of_a_run_are_noted() -> None:
    """What cannot be read stays on the span."""
    found = read({"pydantic_ai.all_messages": '[{"role": "user", "par'})
    assert (found.conversation, found.unread) == (Conversation(), ("pydantic_ai.all_messages",))
