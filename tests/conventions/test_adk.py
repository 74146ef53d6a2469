"""Google's Agent Development Kit, recorded in schema 1 and today's, and before both."""

from __future__ import annotations

import json

import pytest

from otel_helisession.conventions.operation import Conversation, Operation, ToolCall, Usage
from tests.conventions.made import read, text
from tests.conventions.recorded import FORECAST, WEATHER, requests, tree, words

ROWS = ("google_adk", "google_adk_schema1")
WHO = 'You are brief.\n\nYou are an agent. Your internal name is "travel_agent".'
REQUEST, RESPONSE = "gcp.vertex.agent.llm_request", "gcp.vertex.agent.llm_response"


@pytest.mark.parametrize("row", ROWS)
def test_an_agent_with_a_tool_is_one_tree(row: str) -> None:
    """Calls hang at the agent, the tool below it by its name."""
    agent = tree(row, "tool")[1][1]
    found = [one for one in tree(row, "tool") if one[0] != "structure"]
    assert found == [("llm", agent), ("tool", f"{agent}/check_weather"), ("llm", agent)]
    assert agent == "/travel_agent"


@pytest.mark.parametrize("row", ROWS)
def test_a_tool_call_and_its_result(row: str) -> None:
    """In the model's answer, in the tool's span, and in the next request."""
    first, tool, second = requests(row, "tool")
    assert words(first.conversation.output) == [("assistant", {"city": "Lisbon"})]
    assert tool.tool == ToolCall(
        "check_weather", tool.tool and tool.tool.call_id, {"city": "Lisbon"}, WEATHER
    )
    assert words(second.conversation.input)[-1] == ("user", WEATHER)
    assert words(second.conversation.output) == [("assistant", FORECAST)]


@pytest.mark.parametrize("row", ROWS)
def test_a_stream_is_one_answer(row: str) -> None:
    """Today's schema writes a message for each piece of it."""
    (found,) = requests(row, "stream")
    ((role, said),) = words(found.conversation.output)
    assert (role, said.startswith("Your trip"), said.endswith("booked yet.")) == (
        "assistant",
        True,
        True,
    )


def test_a_chat_of_schema_1() -> None:
    """Every field."""
    (found,) = requests("google_adk_schema1", "chat")
    itinerary = found.conversation.output[0]["parts"][0]["content"]
    assert found == Operation(
        kind="llm",
        convention="adk",
        name="generate_content",
        provider="gcp.gemini",
        request_model="gemini-3-flash",
        response_model="gemini-3-flash",
        finish_reasons=("stop",),
        usage=Usage(47, 37),
        conversation=Conversation(
            input=(text("user", "An itinerary for Kyoto?"),),
            output=(text("assistant", itinerary, finish_reason="stop"),),
            instructions=({"type": "text", "content": WHO},),
        ),
        parameters={"temperature": 0.2},
    )


def test_before_it_wrote_tokens_the_answer_tells_them() -> None:
    """And a model of another provider's says whose it is."""
    answer = {"usage_metadata": {"prompt_token_count": 7, "candidates_token_count": 3}}
    found = read({REQUEST: '{"model": "openai/gpt-4o"}', RESPONSE: json.dumps(answer)})
    assert (found.provider, found.usage) == ("openai", Usage(7, 3))


def test_without_content_a_tool_is_a_tool() -> None:
    """Spans of tools have an empty request, too."""
    found = read({REQUEST: "{}", "gcp.vertex.agent.tool_call_args": "{}"}, name="execute_tool find")
    assert (found.kind, found.segment, found.tool) == ("tool", "find", ToolCall("find", None, {}))


def test_a_span_that_only_names_its_run_is_left_to_others() -> None:
    """Such as the data sent to a live model."""
    assert read({"gcp.vertex.agent.invocation_id": "e-1"}).convention == "none"


def test_a_request_that_is_cut_is_noted() -> None:
    """The call stays one."""
    found = read({REQUEST: '{"model": "gem'})
    assert (found.kind, found.unread) == ("llm", (REQUEST,))
