"""The wire formats: bodies in, attributes out, without a network."""

from __future__ import annotations

import json
from typing import Any

import pytest

from otel_helisession.conventions import sse, wire, wire_anthropic, wire_openai, wire_responses
from tests.http.bodies import (
    CHAT_ANSWERED,
    CHAT_CHUNKS,
    CHAT_RESPONSE,
    MESSAGES_ANSWERED,
    MESSAGES_EVENTS,
    MESSAGES_RESPONSE,
    event_stream,
)

WEATHER = {"type": "object", "properties": {"city": {"type": "string"}}}
CALL = {"type": "tool_call", "id": "c1", "name": "weather", "arguments": {"city": "Lisbon"}}
DEFINITION = {
    "type": "function",
    "name": "weather",
    "description": "Says it",
    "parameters": WEATHER,
}


def test_a_chat_response_says_model_id_reason_and_usage() -> None:
    """As the official instrumentation writes them."""
    assert wire_openai.response(CHAT_RESPONSE) == CHAT_ANSWERED


def test_a_stream_of_chunks_says_the_same() -> None:
    """All chunks, or just those that tell more than content."""
    raw = event_stream(CHAT_CHUNKS)
    for telling in (None, wire_openai.TELLING):
        whole = wire_openai.whole(sse.events(raw, telling))
        assert wire_openai.response(whole) == CHAT_ANSWERED


def test_a_stream_without_usage_has_none() -> None:
    """OpenAI says it only when asked; unknown is not zero."""
    whole = wire_openai.whole(CHAT_CHUNKS[:-1])
    assert wire_openai.response(whole) == {
        name: value for name, value in CHAT_ANSWERED.items() if ".usage." not in name
    }


def test_a_chat_request_says_its_parameters() -> None:
    """What has the wrong type is left out."""
    assert wire_openai.request(
        {
            "model": "m",
            "temperature": 0.5,
            "top_p": "high",
            "top_k": 4,
            "max_tokens": 10,
            "seed": 7,
            "frequency_penalty": -1,
            "presence_penalty": None,
            "n": 2,
            "stop": ["a", "b"],
            "stream": True,
            "reasoning_effort": "low",
        }
    ) == {
        "gen_ai.request.model": "m",
        "gen_ai.request.temperature": 0.5,
        "gen_ai.request.top_k": 4,
        "gen_ai.request.max_tokens": 10,
        "gen_ai.request.seed": 7,
        "gen_ai.request.frequency_penalty": -1.0,
        "gen_ai.request.choice.count": 2,
        "gen_ai.request.stop_sequences": ("a", "b"),
        "gen_ai.request.stream": True,
        "gen_ai.request.reasoning.level": "low",
    }


def test_chat_messages_become_the_conventions_parts() -> None:
    """Text, images, audio, files, tool calls and their results."""
    body = {
        "messages": [
            {"role": "system", "content": "Be brief"},
            {
                "role": "user",
                "name": "Ada",
                "content": [
                    {"type": "text", "text": "Look"},
                    {"type": "image_url", "image_url": {"url": "https://x.test/a.png"}},
                    {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}},
                    {"type": "input_audio", "input_audio": {"data": "BBBB", "format": "wav"}},
                    {"type": "file", "file": {"file_id": "f1"}},
                    {"type": "novel", "x": 1},
                ],
            },
            {
                "role": "assistant",
                "content": None,
                "tool_calls": [
                    {
                        "id": "c1",
                        "type": "function",
                        "function": {"name": "weather", "arguments": '{"city": "Lisbon"}'},
                    }
                ],
            },
            {"role": "tool", "tool_call_id": "c1", "content": "sunny"},
        ],
        "tools": [
            {
                "type": "function",
                "function": {
                    "name": "weather",
                    "description": "Says it",
                    "parameters": WEATHER,
                },
            },
            {"type": "web_search"},
        ],
    }
    media = {"mime_type": None, "modality": "image"}
    assert wire_openai.asked(body) == {
        "gen_ai.input.messages": [
            {"role": "system", "parts": [{"type": "text", "content": "Be brief"}]},
            {
                "role": "user",
                "name": "Ada",
                "parts": [
                    {"type": "text", "content": "Look"},
                    {"type": "uri", "uri": "https://x.test/a.png", **media},
                    {"type": "blob", "content": "AAAA", **media, "mime_type": "image/png"},
                    {
                        "type": "blob",
                        "mime_type": "audio/wav",
                        "modality": "audio",
                        "content": "BBBB",
                    },
                    {"type": "file", **media, "modality": "document", "file_id": "f1"},
                    {"type": "novel", "x": 1},
                ],
            },
            {"role": "assistant", "parts": [CALL]},
            {
                "role": "tool",
                "parts": [{"type": "tool_call_response", "id": "c1", "response": "sunny"}],
            },
        ],
        "gen_ai.tool.definitions": [DEFINITION, {"type": "web_search", "name": "web_search"}],
    }


def test_streamed_tool_calls_are_put_together() -> None:
    """Their arguments come as pieces of JSON text, several calls at once."""

    def piece(index: int, arguments: str, **more: Any) -> dict[str, Any]:
        call = {"index": index, "function": {"arguments": arguments, **more}}
        if more:
            call["id"] = f"c{index + 1}"
        return {"choices": [{"index": 0, "delta": {"tool_calls": [call]}}]}

    whole = wire_openai.whole(
        [
            piece(0, "", name="weather"),
            piece(0, '{"city": "Lis'),
            piece(1, "{", name="time"),
            piece(0, 'bon"}'),
            piece(1, "broken"),
            {"choices": [{"index": 0, "delta": {}, "finish_reason": "tool_calls"}]},
        ]
    )
    assert wire_openai.answered(whole) == [
        {
            "role": "assistant",
            "parts": [
                CALL,
                {"type": "tool_call", "id": "c2", "name": "time", "arguments": "{broken"},
            ],
            "finish_reason": "tool_calls",
        }
    ]


def test_legacy_completions_and_reasoning_models_are_read() -> None:
    """Text beside message, and the reasoning that DeepSeek and others put beside content."""
    assert wire_openai.asked({"prompt": ["a", "b"]})["gen_ai.input.messages"] == [
        {"role": "user", "parts": [{"type": "text", "content": text}]} for text in "ab"
    ]
    whole = wire_openai.whole(
        [
            {"choices": [{"index": 0, "text": "x"}]},
            {"choices": [{"index": 0, "text": "y", "delta": {"reasoning_content": "hm"}}]},
        ]
    )
    assert wire_openai.answered(whole)[0]["parts"] == [
        {"type": "reasoning", "content": "hm"},
        {"type": "text", "content": "xy"},
    ]


def test_an_anthropic_message_says_model_id_reason_and_usage() -> None:
    """Its input tokens with the cached ones, which Anthropic counts apart."""
    assert wire_anthropic.response(MESSAGES_RESPONSE) == MESSAGES_ANSWERED


def test_a_stream_of_anthropic_events_says_the_same() -> None:
    """All events, or just those that tell more than content."""
    raw = event_stream(MESSAGES_EVENTS, done=False)
    for telling in (None, wire_anthropic.TELLING):
        whole = wire_anthropic.whole(sse.events(raw, telling))
        assert wire_anthropic.response(whole) == MESSAGES_ANSWERED
    whole = wire_anthropic.whole(MESSAGES_EVENTS)
    assert wire_anthropic.answered(whole) == [
        {
            "role": "assistant",
            "parts": [{"type": "text", "content": "Kyoto"}],
            "finish_reason": "stop",
        }
    ]


def test_anthropic_content_becomes_the_conventions_parts() -> None:
    """Instructions, thinking, tools and media."""
    body = {
        "system": [{"type": "text", "text": "Be brief"}],
        "messages": [
            {
                "role": "user",
                "content": [
                    {
                        "type": "image",
                        "source": {"type": "base64", "media_type": "image/png", "data": "AAAA"},
                    },
                    {"type": "tool_result", "tool_use_id": "c1", "content": "sunny"},
                ],
            },
            {
                "role": "assistant",
                "content": [
                    {"type": "thinking", "thinking": "hm", "signature": "s"},
                    {
                        "type": "tool_use",
                        "id": "c1",
                        "name": "weather",
                        "input": {"city": "Lisbon"},
                    },
                ],
            },
        ],
        "tools": [
            {"name": "weather", "description": "Says it", "input_schema": WEATHER},
            {"type": "web_search_20250305", "name": "web_search"},
        ],
    }
    assert wire_anthropic.asked(body) == {
        "gen_ai.input.messages": [
            {
                "role": "user",
                "parts": [
                    {
                        "type": "blob",
                        "mime_type": "image/png",
                        "modality": "image",
                        "content": "AAAA",
                    },
                    {"type": "tool_call_response", "id": "c1", "response": "sunny"},
                ],
            },
            {"role": "assistant", "parts": [{"type": "reasoning", "content": "hm"}, CALL]},
        ],
        "gen_ai.system_instructions": [{"type": "text", "content": "Be brief"}],
        "gen_ai.tool.definitions": [
            DEFINITION,
            {"type": "web_search_20250305", "name": "web_search"},
        ],
    }


def test_anthropics_streamed_tool_input_is_put_together() -> None:
    """From pieces of JSON text; without any it is an empty object."""
    block = {"type": "tool_use", "id": "c1", "name": "weather", "input": {}}

    def delta(text: str) -> dict[str, Any]:
        piece = {"type": "input_json_delta", "partial_json": text}
        return {"type": "content_block_delta", "index": 0, "delta": piece}

    start = {"type": "content_block_start", "index": 0, "content_block": block}
    whole = wire_anthropic.whole([start, delta('{"city": '), delta('"Lisbon"}')])
    assert wire_anthropic.answered(whole)[0]["parts"] == [CALL]
    whole = wire_anthropic.whole([start])
    assert wire_anthropic.answered(whole)[0]["parts"] == [{**CALL, "arguments": {}}]


RESPONSE: dict[str, Any] = {
    "id": "resp_1",
    "model": "gpt-5",
    "status": "completed",
    "output": [
        {"type": "reasoning", "summary": [{"type": "summary_text", "text": "hm"}]},
        {"type": "message", "content": [{"type": "output_text", "text": "Lisbon"}]},
        {
            "type": "function_call",
            "call_id": "c1",
            "name": "weather",
            "arguments": '{"city": "Lisbon"}',
        },
    ],
    "usage": {
        "input_tokens": 5,
        "input_tokens_details": {"cached_tokens": 2},
        "output_tokens": 6,
        "output_tokens_details": {"reasoning_tokens": 3},
    },
}
RESPONSE_SAYS = {
    "gen_ai.response.id": "resp_1",
    "gen_ai.response.model": "gpt-5",
    "gen_ai.response.finish_reasons": ("tool_calls",),
    "gen_ai.usage.input_tokens": 5,
    "gen_ai.usage.output_tokens": 6,
    "gen_ai.usage.cache_read.input_tokens": 2,
    "gen_ai.usage.reasoning.output_tokens": 3,
}


def test_the_responses_api_says_the_same_streamed_or_not() -> None:
    """The last event holds the whole response."""
    assert wire_responses.response(RESPONSE) == RESPONSE_SAYS
    started = {"type": "response.created", "response": {"id": "resp_1", "status": "in_progress"}}
    delta = {"type": "response.output_text.delta", "delta": "Lisbon"}
    ended = {"type": "response.completed", "response": RESPONSE}
    raw = event_stream([started, delta, ended], done=False)
    whole = wire_responses.whole(sse.events(raw, wire_responses.TELLING))
    assert wire_responses.response(whole) == RESPONSE_SAYS
    cut = wire_responses.whole(sse.events(raw[:200], wire_responses.TELLING))
    assert wire_responses.response(cut) == {"gen_ai.response.id": "resp_1"}


def test_the_responses_api_becomes_the_conventions_parts() -> None:
    """Input as text or items, and output as one message."""
    assert wire_responses.answered(RESPONSE) == [
        {
            "role": "assistant",
            "parts": [
                {"type": "reasoning", "content": "hm"},
                {"type": "text", "content": "Lisbon"},
                CALL,
            ],
            "finish_reason": "tool_calls",
        }
    ]
    items = [
        {"role": "user", "content": "hi"},
        RESPONSE["output"][2],
        {"type": "function_call_output", "call_id": "c1", "output": "sunny"},
    ]
    asked = wire_responses.asked({"instructions": "Be brief", "input": items})
    assert asked == {
        "gen_ai.input.messages": [
            {"role": "user", "parts": [{"type": "text", "content": "hi"}]},
            {"role": "assistant", "parts": [CALL]},
            {
                "role": "tool",
                "parts": [{"type": "tool_call_response", "id": "c1", "response": "sunny"}],
            },
        ],
        "gen_ai.system_instructions": [{"type": "text", "content": "Be brief"}],
        "gen_ai.tool.definitions": [],
    }
    assert wire_responses.asked({"input": "hi"})["gen_ai.input.messages"] == [
        {"role": "user", "parts": [{"type": "text", "content": "hi"}]}
    ]


JUNK: list[Any] = [None, 7, "x", [], {}, [1], {"a": 1}, [{}], [{"type": 5}], [None], True, 1e400]
FIELDS = [
    *("model", "id", "messages", "choices", "usage", "error", "content", "stop_reason", "output"),
    *("input", "tools", "prompt", "system", "instructions", "stop", "stream", "n", "delta"),
    *("message", "index", "text", "response", "type", "item", "reasoning", "stop_sequences"),
    *("incomplete_details", "status", "content_block"),
]


@pytest.mark.parametrize("module", [wire_openai, wire_responses, wire_anthropic])
@pytest.mark.parametrize("field", FIELDS)
def test_nothing_raises_on_bodies_of_any_shape(module: Any, field: str) -> None:
    """Every field, with every type, at every depth that is read."""
    kinds = ["message_start", "content_block_start", "content_block_delta", "message_delta"]
    for junk in JUNK:
        body = {field: junk}
        for each in (body, {"type": "message", **body}):
            module.request(each)
            module.response(each)
            module.asked({"messages": [each], "input": [each], "tools": [each], **body})
            module.answered({"choices": [each], "output": [each], "content": [each]})
            module.answered({"choices": [{"message": each}]})
            events = [{"choices": [each]}, {"choices": [{"delta": each}]}, each]
            events += [{"type": kind, **body} for kind in kinds]
            events += [{"choices": [{"delta": {"tool_calls": [each, {"function": body}]}}]}]
            said = module.whole(events)
            module.response(said)
            json.dumps(module.answered(said))


@pytest.mark.parametrize(
    ("path", "headers", "found"),
    [
        ("/v1/chat/completions", {}, ("openai", "chat")),
        ("/openai/deployments/x/chat/completions", {}, ("openai", "chat")),
        ("/v1/completions", {}, ("openai", "text_completion")),
        ("/v1/embeddings", {}, ("openai", "embeddings")),
        ("/v1/responses", {}, ("openai", "chat")),
        ("/v1/messages", {}, ("anthropic", "chat")),
        ("/proxy/messages", {"anthropic-version": "2023-06-01"}, ("anthropic", "chat")),
        ("/proxy/messages", {}, None),
        ("/v1/messages/count_tokens", {}, None),
        ("/", {}, None),
    ],
)
def test_a_path_names_its_wire(
    path: str, headers: dict[str, str], found: tuple[str, str] | None
) -> None:
    """Anthropic's own ending is common, so it takes more to be it."""
    wired = wire.find(path, headers)
    assert (wired and (wired.name, wired.operation)) == found


def test_events_are_read_as_the_standard_says() -> None:
    """Every line ending, comments, several data lines, an end without an empty line."""
    raw = (
        b': comment\r\n\r\nevent: a\r\ndata: {"n": 1}\r\n\r\n'
        b'data:{"n":\rdata: 2}\r\r'
        b'id: 7\ndata: [3]\n\ndata: [DONE]\n\ndata: {"n": 4}'
    )
    assert list(sse.events(raw)) == [{"n": 1}, {"n": 2}, {"n": 4}]


@pytest.mark.parametrize(
    ("body", "failed", "error"),
    [
        ({"error": {"type": "a", "message": "b"}}, False, ("a", "b")),
        ({"error": {"code": "a"}}, False, ("a", '{"code":"a"}')),
        ({"error": "b"}, True, ("error", "b")),
        ({"message": "b"}, True, ("error", "b")),
        ({"message": "b"}, False, None),
        ({"error": None}, False, None),
        ({}, True, None),
    ],
)
def test_errors_are_read_in_every_shape(
    body: dict[str, Any], failed: bool, error: tuple[str, str] | None
) -> None:
    """Just any message is an error's only when the status says so."""
    assert wire.error_of(body, failed) == error
