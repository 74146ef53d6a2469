"""record.llm: one call of a model, by hand."""

from typing import Any

import anthropic
import openai
import pytest
from opentelemetry.trace import SpanKind

from otel_helisession import record
from otel_helisession.conventions import reader
from otel_helisession.conventions.attributes.json_text import MAX_VALUE_CHARS
from otel_helisession.conventions.operation import Conversation, Operation, Usage
from otel_helisession.conventions.reader import read
from otel_helisession.demo.script import tokens
from otel_helisession.demo.server import ScriptedLLM
from tests.collecting import CollectedSpans

ASKED = [{"role": "user", "content": "What is the weather in Kyoto?"}]
ANSWER = "Mild and mostly dry in Kyoto; a light jacket is enough."
WEATHER = {"name": "check_weather", "parameters": {"properties": {"city": {"type": "string"}}}}


def _said(role: str, content: str, **more: str) -> dict[str, object]:
    return {"role": role, "parts": [{"type": "text", "content": content}], **more}


def test_a_text_in_and_a_text_out(spans: CollectedSpans) -> None:
    """The least that can be said of a call."""
    with record.llm("tiny-1", provider="acme", messages="Hello") as call:
        call.response = "Hi"
        call.usage = {"input_tokens": 3, "output_tokens": 1, "cost_usd": 0.002}
    span = spans.one("chat tiny-1")
    assert span.kind is SpanKind.CLIENT
    assert span.attributes["helicone.request.type"] == "llm"
    assert read(span) == Operation(
        kind="llm",
        convention="genai",
        name="chat",
        provider="acme",
        request_model="tiny-1",
        usage=Usage(input_tokens=3, output_tokens=1, cost_usd=0.002),
        conversation=Conversation((_said("user", "Hello"),), (_said("assistant", "Hi"),)),
        parameters={},
    )


@pytest.mark.parametrize("as_dict", [False, True], ids=["SDK object", "dict"])
def test_an_answer_of_openais_sdk_says_the_rest_itself(
    spans: CollectedSpans, as_dict: bool
) -> None:
    """Model, id, finish reason, usage and message are read off the answer."""
    with (
        ScriptedLLM() as llm,
        openai.OpenAI(base_url=llm.openai_url, api_key="-") as client,
        record.llm("gpt-5.4-mini", provider="openai", messages=ASKED) as call,
    ):
        answer = client.chat.completions.create(model="gpt-5.4-mini", messages=ASKED)
        call.response = answer.model_dump() if as_dict else answer
    operation = read(spans.one("chat gpt-5.4-mini"))
    assert operation == Operation(
        kind="llm",
        convention="genai",
        name="chat",
        provider="openai",
        request_model="gpt-5.4-mini",
        response_model="gpt-5.4-mini-2026-03-17",
        response_id=answer.id,
        finish_reasons=("stop",),
        usage=Usage(answer.usage.prompt_tokens, tokens(ANSWER)),
        conversation=Conversation(
            (_said("user", ASKED[0]["content"]),),
            (_said("assistant", ANSWER, finish_reason="stop"),),
        ),
        parameters={},
    )


def test_an_answer_of_anthropics_sdk_says_the_rest_itself(spans: CollectedSpans) -> None:
    """Its blocks become parts, a tool's among them."""
    tool = {"name": "check_weather", "input_schema": WEATHER["parameters"]}
    with (
        ScriptedLLM() as llm,
        anthropic.Anthropic(base_url=llm.url, api_key="-") as client,
        record.llm("claude-sonnet-5", provider="anthropic", messages=ASKED) as call,
    ):
        call.response = answer = client.messages.create(
            model="claude-sonnet-5", max_tokens=99, messages=ASKED, tools=[tool]
        )
    operation = read(spans.one("chat claude-sonnet-5"))
    (block,) = answer.content
    assert operation.response_id == answer.id
    assert operation.finish_reasons == ("tool_call",)
    assert operation.usage == Usage(answer.usage.input_tokens, answer.usage.output_tokens)
    assert operation.conversation.output == (
        {
            "role": "assistant",
            "parts": [
                {
                    "type": "tool_call",
                    "id": block.id,
                    "name": "check_weather",
                    "arguments": {"city": "Kyoto"},
                }
            ],
            "finish_reason": "tool_call",
        },
    )


def test_anthropics_cached_tokens_count_as_input(spans: CollectedSpans) -> None:
    """The conventions' input tokens include them; Anthropic's do not."""
    with record.llm("claude-sonnet-5", provider="anthropic") as call:
        call.usage = {
            "input_tokens": 5,
            "cache_read_input_tokens": 100,
            "cache_creation_input_tokens": 20,
            "output_tokens": 7,
        }
    assert read(spans.one("chat claude-sonnet-5")).usage == Usage(
        input_tokens=125, output_tokens=7, cache_read_tokens=100, cache_write_tokens=20
    )


def test_openais_cached_tokens_are_input_already(spans: CollectedSpans) -> None:
    """Details are details: they are not added."""
    with record.llm("gpt-5.4-mini", provider="openai") as call:
        call.usage = {
            "prompt_tokens": 125,
            "completion_tokens": 9,
            "prompt_tokens_details": {"cached_tokens": 100},
            "completion_tokens_details": {"reasoning_tokens": 4},
        }
    assert read(spans.one("chat gpt-5.4-mini")).usage == Usage(
        input_tokens=125, output_tokens=9, cache_read_tokens=100, reasoning_tokens=4
    )


def test_the_responses_api_is_understood(spans: CollectedSpans) -> None:
    """Its items become the parts of one message."""
    with record.llm("gpt-5.4-mini", provider="openai") as call:
        call.response = {
            "id": "resp_1",
            "model": "gpt-5.4-mini-2026-03-17",
            "output": [
                {"type": "message", "content": [{"type": "output_text", "text": "Let me see"}]},
                {"type": "function_call", "call_id": "c1", "name": "look", "arguments": "{}"},
            ],
            "usage": {"input_tokens": 4, "output_tokens": 2},
        }
    operation = read(spans.one("chat gpt-5.4-mini"))
    assert operation.usage == Usage(4, 2)
    assert operation.conversation.output == (
        {
            "role": "assistant",
            "parts": [
                {"type": "text", "content": "Let me see"},
                {"type": "tool_call", "id": "c1", "name": "look", "arguments": {}},
            ],
        },
    )


@pytest.mark.parametrize(
    "answer",
    [
        {
            "candidates": [
                {"content": {"parts": [{"text": "Lisbon"}]}, "finish_reason": "MAX_TOKENS"}
            ],
            "usage_metadata": {"prompt_token_count": 5, "candidates_token_count": 7},
        },
        {
            "message": {"role": "assistant", "content": [{"type": "text", "text": "Lisbon"}]},
            "finish_reason": "MAX_TOKENS",
            "usage": {"billed_units": {"input_tokens": 5, "output_tokens": 7}},
        },
        {
            "output": {"message": {"role": "assistant", "content": [{"text": "Lisbon"}]}},
            "stopReason": "max_tokens",
            "usage": {"inputTokens": 5, "outputTokens": 7},
        },
    ],
    ids=["gemini", "cohere", "bedrock"],
)
def test_other_apis_are_understood(spans: CollectedSpans, answer: dict[str, Any]) -> None:
    """Gemini's as its SDK spells it, Cohere's, and Bedrock's Converse as boto3 returns it."""
    with record.llm("m", provider="p") as call:
        call.response = answer
    made = reader.read(spans.one("chat m"))
    assert (made.usage.input_tokens, made.usage.output_tokens) == (5, 7)
    assert made.finish_reasons == ("length",)
    assert made.conversation.output[0]["parts"] == [{"type": "text", "content": "Lisbon"}]


def test_usage_behind_a_very_long_answer_is_not_lost(spans: CollectedSpans) -> None:
    """The text is cut, what counts is read."""
    with record.llm("gpt-5.4-mini", provider="openai") as call:
        message = {"role": "assistant", "content": "long " * 100_000}
        call.response = {"choices": [{"message": message}], "usage": {"prompt_tokens": 7}}
    span = spans.one("chat gpt-5.4-mini")
    assert read(span).usage == Usage(input_tokens=7)
    assert len(span.attributes["gen_ai.output.messages"]) <= MAX_VALUE_CHARS
    assert "more characters were cut" in span.attributes["gen_ai.output.messages"]


async def test_a_decorated_call_records_its_messages_and_its_answer(spans: CollectedSpans) -> None:
    """Messages are the argument of that name."""

    @record.llm("tiny-1", provider="acme")
    async def ask(messages: list[dict[str, str]], temperature: float) -> dict[str, str]:
        return {"role": "assistant", "content": "Hi"}

    await ask(ASKED, 0.5)
    assert read(spans.one("chat tiny-1")).conversation == Conversation(
        (_said("user", ASKED[0]["content"]),), (_said("assistant", "Hi"),)
    )


def test_a_conversation_with_tools_keeps_their_calls_and_results(spans: CollectedSpans) -> None:
    """OpenAI's tool messages and Anthropic's tool blocks become the same parts."""
    function = {"name": "look", "arguments": '{"at": 1}'}
    messages = [
        {"role": "assistant", "tool_calls": [{"id": "c1", "function": function}]},
        {"role": "tool", "tool_call_id": "c1", "content": "seen"},
        {"role": "assistant", "content": [{"type": "tool_use", "id": "c2", "name": "look"}]},
        {
            "role": "user",
            "content": [{"type": "tool_result", "tool_use_id": "c2", "content": "ok"}],
        },
    ]
    with record.llm("tiny-1", provider="acme", messages=messages):
        pass
    said = read(spans.one("chat tiny-1")).conversation.input
    assert [(message["role"], message["parts"][0]) for message in said] == [
        ("assistant", {"type": "tool_call", "id": "c1", "name": "look", "arguments": {"at": 1}}),
        ("tool", {"type": "tool_call_response", "id": "c1", "response": "seen"}),
        ("assistant", {"type": "tool_call", "id": "c2", "name": "look", "arguments": None}),
        ("user", {"type": "tool_call_response", "id": "c2", "response": "ok"}),
    ]


@pytest.mark.parametrize(
    "nonsense",
    [7, [None], {"role": None}, {"choices": 3}, {"choices": [None]}, object(), [[1]], {"usage": 1}],
    ids=repr,
)
def test_nonsense_is_written_as_it_is(spans: CollectedSpans, nonsense: object) -> None:
    """No value makes the block fail, as message, as response or as usage."""
    with record.llm("tiny-1", provider="acme", messages=nonsense) as call:
        call.response = nonsense
        call.usage = nonsense
    operation = read(spans.one("chat tiny-1"))
    assert operation.kind == "llm"
    assert len(operation.conversation.input) == 1


def test_a_provider_that_is_no_text_is_refused() -> None:
    """Wrong use says what was given."""
    with pytest.raises(TypeError, match="a provider must be a str, not bytes"):
        record.llm("tiny-1", provider=b"acme")  # type: ignore[arg-type]
