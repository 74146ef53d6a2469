"""The GenAI conventions: today's names and former ones, by recordings and by hand."""

from __future__ import annotations

import json
from typing import Any

import pytest

from otel_helisession.conventions import reader
from otel_helisession.conventions.operation import Conversation, ToolCall, Usage, VectorQuery
from tests import recordings
from tests.conventions.made import read, span, text

CHAT = {
    "gen_ai.operation.name": "chat",
    "gen_ai.provider.name": "openai",
    "gen_ai.request.model": "gpt-5.4-mini",
}
WEATHER = {
    "type": "function",
    "name": "check_weather",
    "description": "Forecast for a city.",
    "parameters": {
        "type": "object",
        "properties": {"city": {"type": "string"}},
        "required": ["city"],
    },
}


def calls(row: str, scene: str) -> list[Any]:
    """Return the operations of a recorded scene, without its step."""
    return [reader.read(span) for span in recordings.scenes(row)[scene] if span.name != scene]


def test_a_chat_of_openai_s_sdk() -> None:
    """As the official instrumentation writes it, every field of it."""
    (found,) = calls("openai3_official", "chat")
    itinerary = found.conversation.output[0]["parts"][0]["content"]
    assert itinerary.startswith("Three days in Kyoto")
    assert found == reader.Operation(
        kind="llm",
        convention="genai",
        name="chat",
        provider="openai",
        request_model="gpt-5.4-mini",
        response_model="gpt-5.4-mini-2026-03-17",
        response_id=found.response_id,
        finish_reasons=("stop",),
        service_tier="default",
        usage=Usage(input_tokens=29, output_tokens=37),
        conversation=Conversation(
            input=(
                text("system", "You are brief.", name=None),
                text("user", "An itinerary for Kyoto?", name=None),
            ),
            output=(text("assistant", itinerary, name=None, finish_reason="stop"),),
        ),
        parameters={"temperature": 0.2},
        server="127.0.0.1",
    )


@pytest.mark.parametrize("row", ["openai3_official", "openai3_official_events"])
def test_a_tool_call_there_and_back(row: str) -> None:
    """On the span or joined from a log record, it reads the same."""
    asking, answering = calls(row, "tool")
    (call,) = asking.conversation.output[0]["parts"]
    assert (call["name"], call["arguments"]) == ("check_weather", {"city": "Lisbon"})
    assert asking.conversation.tools == (WEATHER,)
    response = {"type": "tool_call_response", "id": call["id"], "response": "18 °C"}
    assert list(answering.conversation.input[-1]["parts"]) == [response]


@pytest.mark.parametrize("mode", ["events", "both"])
def test_events_say_what_spans_say(mode: str) -> None:
    """EVENT_ONLY with the log record processor, and SPAN_AND_EVENT, read as SPAN_ONLY does."""
    for scene in ("chat", "tool", "stream", "responses_tool"):
        ours = [found.conversation for found in calls(f"openai3_official_{mode}", scene)]
        assert ours == [found.conversation for found in calls("openai3_official", scene)]


def test_one_record_a_message_says_the_same() -> None:
    """OpenLLMetry's events, in the shape that the conventions had before; but for the id of a
    tool's answer, which they leave out."""
    for scene in ("chat", "tool"):
        apart = [found.conversation for found in calls("openai3_openllmetry_events", scene)]
        whole = [found.conversation for found in calls("openai3_openllmetry", scene)]
        assert [talk.input[:2] for talk in apart] == [talk.input[:2] for talk in whole]
        said = [talk.output[0]["parts"] for talk in apart]
        assert said == [talk.output[0]["parts"] for talk in whole]


def test_anthropic_s_instructions_are_joined_too() -> None:
    """Every content attribute of the event finds its span."""
    (found, *_) = calls("anthropic_official_events", "chat")
    assert found.conversation.instructions == ({"type": "text", "content": "You are brief."},)
    assert found.conversation.input == (text("user", "An itinerary for Kyoto?", name=None),)


def test_a_stream_says_when_its_first_chunk_came() -> None:
    """The attribute is in seconds; recordings have it at half a millisecond."""
    (found,) = calls("openai3_official", "stream")
    assert (found.streaming, found.time_to_first_token_ms) == (True, 0.5)


def test_former_names_are_read() -> None:
    """Each value under the name that it had before."""
    found = read(
        {
            "gen_ai.operation.name": "chat",
            "gen_ai.system": "AWS",
            "llm.request.model": "m",
            "llm.response.model": "m-1",
            "gen_ai.usage.prompt_tokens": 10,
            "gen_ai.usage.completion_tokens": "5",
            "gen_ai.usage.cache_read_input_tokens": 4,
            "gen_ai.usage.cache_creation_input_tokens": 3,
            "gen_ai.usage.reasoning_tokens": 2,
            "gen_ai.response.finish_reason": "stop",
            "gen_ai.openai.response.service_tier": "flex",
            "gen_ai.is_streaming": True,
            "gen_ai.server.time_to_first_token": 0.5,
            "gen_ai.openai.request.seed": 7,
            "gen_ai.request.n": 2,
            "llm.top_k": 40,
        }
    )
    assert (found.provider, found.request_model, found.response_model) == (
        "aws.bedrock",
        "m",
        "m-1",
    )
    assert found.usage == Usage(10, 5, 4, 3, 2)
    assert (found.finish_reasons, found.service_tier) == (("stop",), "flex")
    assert (found.streaming, found.time_to_first_token_ms) == (True, 500.0)
    assert found.parameters == {"top_k": 40, "seed": 7, "n": 2}


def test_today_s_name_beats_a_former_one() -> None:
    """A library in transition writes both."""
    found = read({**CHAT, "gen_ai.usage.input_tokens": 12, "gen_ai.usage.prompt_tokens": 10})
    assert found.usage.input_tokens == 12


def test_audio_is_counted_apart() -> None:
    """It has prices of its own; other modalities are within the totals."""
    found = read(
        {
            **CHAT,
            "gen_ai.usage.input_tokens": 30,
            "gen_ai.usage.audio.input_tokens": 20,
            "gen_ai.usage.text.input_tokens": 10,
            "gen_ai.usage.audio.output_tokens": 8,
        }
    )
    assert found.usage == Usage(input_tokens=30, input_audio_tokens=20, output_audio_tokens=8)


MESSAGES = [
    text("user", "Hi"),
    {
        "role": "tool",
        "parts": [{"type": "tool_call_response", "id": "1", "result": {"degrees": 18}}],
    },
]


@pytest.mark.parametrize("written", [MESSAGES, tuple(MESSAGES), json.dumps(MESSAGES)])
def test_structures_and_json_text_are_one(written: Any) -> None:
    """Newer SDKs take structured attributes; ``result`` was once ``response``'s name."""
    found = read({**CHAT, "gen_ai.input.messages": written})
    answer = {"type": "tool_call_response", "id": "1", "response": {"degrees": 18}}
    assert found.conversation.input == (text("user", "Hi"), {"role": "tool", "parts": [answer]})


def test_bytes_within_a_structure_become_base64() -> None:
    """Instrumentations hand images over as they are."""
    blob = {"type": "blob", "modality": "image", "mime_type": "image/png", "content": b"\x89PNG"}
    found = read({**CHAT, "gen_ai.input.messages": [{"role": "user", "parts": [blob]}]})
    assert found.conversation.input[0]["parts"] == [{**blob, "content": "iVBORw=="}]


def test_old_span_events_are_read() -> None:
    """``gen_ai.content.*``, each with all messages of a side."""
    asked = [{"role": "user", "content": "Hi"}]
    answered = [{"role": "assistant", "content": "Hello", "finish_reason": "stop"}]
    events = [
        ("gen_ai.content.prompt", {"gen_ai.prompt": json.dumps(asked)}, 0),
        ("gen_ai.content.completion", {"gen_ai.completion": json.dumps(answered)}, 1),
    ]
    found = read(CHAT, events=events)
    assert found.conversation.input == (text("user", "Hi"),)
    assert found.conversation.output == (text("assistant", "Hello", finish_reason="stop"),)
    assert found.finish_reasons == ("stop",)


def test_message_events_on_spans_are_read() -> None:
    """One message an event, as attributes, or as JSON in one of them."""
    call = {"id": "1", "type": "function", "function": {"name": "f", "arguments": '{"a": 1}'}}
    events = [
        ("gen_ai.system.message", {"gen_ai.event.content": '{"content": "Be brief."}'}, 0),
        ("gen_ai.user.message", {"content": "Hi", "gen_ai.system": "openai"}, 0),
        ("gen_ai.tool.message", {"id": "0", "content": "18"}, 0),
        (
            "gen_ai.choice",
            {
                "index": 0,
                "finish_reason": "tool_calls",
                "message": json.dumps({"tool_calls": [call]}),
            },
            1,
        ),
    ]
    found = read(CHAT, events=events).conversation
    assert found.input == (
        text("system", "Be brief."),
        text("user", "Hi"),
        {"role": "tool", "parts": [{"type": "tool_call_response", "id": "0", "response": "18"}]},
    )
    part = {"type": "tool_call", "id": "1", "name": "f", "arguments": {"a": 1}}
    assert found.output == ({"role": "assistant", "parts": [part], "finish_reason": "tool_calls"},)


def test_details_as_a_span_event_are_read_like_attributes() -> None:
    """Where logs are off, instrumentations may write the event onto the span."""
    said = {"gen_ai.input.messages": json.dumps([text("user", "Hi")])}
    found = read(CHAT, events=[("gen_ai.client.inference.operation.details", said, 1)])
    assert found.conversation.input == (text("user", "Hi"),)


def test_prompt_templates_are_not_messages() -> None:
    """``gen_ai.prompt.name`` and the like stand among the flattened messages."""
    found = read(
        {
            **CHAT,
            "gen_ai.prompt.name": "plan",
            "gen_ai.prompt.variable.city": "Kyoto",
            "gen_ai.prompt.0.role": "user",
            "gen_ai.prompt.0.content": "Hi",
        }
    )
    assert found.conversation.input == (text("user", "Hi"),)


def test_a_tool_s_execution() -> None:
    """Arguments and result as values, whatever they were written as; the path has its name."""
    found = read(
        {
            "gen_ai.operation.name": "execute_tool",
            "gen_ai.tool.name": "check_weather",
            "gen_ai.tool.call.id": "call_1",
            "gen_ai.tool.call.arguments": '{"city": "Lisbon"}',
            "gen_ai.tool.call.result": "18 °C",
        },
        name="execute_tool check_weather",
    )
    assert (found.kind, found.segment) == ("tool", "check_weather")
    assert found.tool == ToolCall("check_weather", "call_1", {"city": "Lisbon"}, "18 °C")


def test_a_retrieval() -> None:
    """``top_k`` was once the request's."""
    found = read(
        {
            "gen_ai.operation.name": "retrieval",
            "gen_ai.data_source.id": "hotels",
            "gen_ai.retrieval.query.text": "quiet",
            "gen_ai.request.top_k": 2,
            "gen_ai.retrieval.documents": '[{"id": "sen", "score": 0.9}]',
        }
    )
    assert (found.kind, found.segment) == ("vector_db", "hotels")
    assert found.vector == VectorQuery(
        operation="search",
        collection="hotels",
        query="quiet",
        top_k=2,
        matches=({"id": "sen", "score": 0.9},),
    )


@pytest.mark.parametrize(
    ("operation", "verb"),
    [
        ("search_memory", "search"),
        ("create_memory", "insert"),
        ("update_memory", "update"),
        ("upsert_memory", "upsert_memory"),
        ("delete_memory", "delete"),
        ("delete_memory_store", "delete_memory_store"),
    ],
)
def test_memory_is_a_vector_database(operation: str, verb: str) -> None:
    """Its store is the collection, what a search finds the matches; the path has the operation."""
    found = read(
        {
            "gen_ai.operation.name": operation,
            "gen_ai.memory.store.id": "preferences",
            "gen_ai.memory.query.text": "diet",
            "gen_ai.memory.records": '[{"id": "m1", "content": "vegetarian"}]',
        }
    )
    matches = ({"id": "m1", "content": "vegetarian"},) if verb == "search" else None
    assert (found.kind, found.segment) == ("vector_db", operation)
    assert found.vector == VectorQuery(
        operation=verb, collection="preferences", query="diet", matches=matches
    )


@pytest.mark.parametrize(
    ("attributes", "segment"),
    [
        ({"gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "planner"}, "planner"),
        ({"gen_ai.operation.name": "invoke_workflow", "gen_ai.workflow.name": "trip"}, "trip"),
        ({"gen_ai.operation.name": "execute_task", "gen_ai.task.name": "research"}, "research"),
        ({"gen_ai.operation.name": "plan", "gen_ai.agent.name": "planner"}, "plan"),
        ({"gen_ai.operation.name": "create_agent", "gen_ai.agent.name": "planner"}, ""),
        ({"gen_ai.operation.name": "fetch_response", "gen_ai.response.id": "resp_1"}, ""),
    ],
)
def test_units_of_work_are_structure(attributes: dict[str, str], segment: str) -> None:
    """Named by their function in the path; their usage is that of the calls within them."""
    found = read(attributes)
    assert (found.kind, found.segment) == ("structure", segment)


def test_an_operation_that_nobody_knows_is_structure_with_all_it_says() -> None:
    """It is no request, as far as anybody can tell; and at its start nothing is decided."""
    attributes = {**CHAT, "gen_ai.operation.name": "summon", "gen_ai.usage.input_tokens": 3}
    found = read(attributes)
    assert (found.kind, found.convention, found.usage.input_tokens) == (
        "structure",
        "genai_legacy",
        3,
    )
    assert reader.kind(attributes) is None


CALL = {"gen_ai.system": "openai", "gen_ai.request.model": "m", "gen_ai.usage.input_tokens": 3}


def test_a_call_without_an_operation_s_name() -> None:
    """A system, a model, and tokens: somebody called a model."""
    found = read({**CALL, "gen_ai.prompt": "Hi", "gen_ai.completion": "Hello"})
    assert (found.kind, found.convention, found.name) == ("llm", "genai_legacy", "")
    assert found.conversation == Conversation((text("user", "Hi"),), (text("assistant", "Hello"),))


@pytest.mark.parametrize(
    "attributes",
    [
        {"gen_ai.system": "openai", "gen_ai.request.model": "m"},
        {"gen_ai.request.model": "m", "gen_ai.usage.input_tokens": 3},
        {**CALL, "gen_ai.agent.name": "planner"},
        {**CALL, "traceloop.span.kind": "workflow"},
        {"gen_ai.conversation.id": "c"},
    ],
)
def test_what_only_carries_keys_is_no_call(attributes: dict[str, Any]) -> None:
    """A model's name alone, or the usage of an agent, is not a call of a model."""
    assert read(attributes).kind == "structure"


def test_milliseconds_for_seconds_are_noticed() -> None:
    """A first chunk after the span's end cannot be; a thousandth of it can."""
    assert read({**CHAT, "gen_ai.response.time_to_first_chunk": 1.5}).time_to_first_token_ms == 1500
    assert read({**CHAT, "gen_ai.response.time_to_first_chunk": 350}).time_to_first_token_ms == 350
    assert read({**CHAT, "gen_ai.response.time_to_first_chunk": 1e9}).time_to_first_token_ms is None
    assert read({**CHAT, "gen_ai.response.time_to_first_chunk": -1}).time_to_first_token_ms is None


def test_a_coarse_clock_makes_no_milliseconds_of_seconds() -> None:
    """A span of whole milliseconds may seem shorter than the wait for its first chunk."""
    said = {**CHAT, "gen_ai.response.time_to_first_chunk": 0.1255}
    assert read(said, seconds=0.125).time_to_first_token_ms == 125.5


def test_chunk_events_are_trusted_while_none_is_missing() -> None:
    """The SDK keeps the newest 128; the first of 200 is gone, and with it the time."""
    few = [("gen_ai.content.completion.chunk", {}, 0.25 + n / 1000) for n in range(128)]
    many = [("gen_ai.content.completion.chunk", {}, 0.25 + n / 1000) for n in range(200)]
    assert read(CHAT, events=few).time_to_first_token_ms == 250.0
    assert read(CHAT, events=many).time_to_first_token_ms is None


def test_a_span_s_name_is_the_last_resort_for_a_tool() -> None:
    """And it goes without the operation before it."""
    found = reader.read(span({"gen_ai.operation.name": "execute_tool"}, name="execute_tool search"))
    assert found.tool == ToolCall("search")
