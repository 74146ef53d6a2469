"""OpenAI's chat, completions and embeddings: bodies in, attributes out, without a network."""

from __future__ import annotations

from typing import Any

from otel_helisession.conventions.wire import openai, sse
from tests.http.bodies import (
    CHAT_ANSWERED,
    CHAT_CHUNKS,
    CHAT_RESPONSE,
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
    assert openai.response(CHAT_RESPONSE) == CHAT_ANSWERED


def test_a_stream_of_chunks_says_the_same() -> None:
    """All chunks, or just those that tell more than content."""
    raw = event_stream(CHAT_CHUNKS)
    for telling in (None, openai.TELLING):
        whole = openai.whole(sse.events(raw, telling))
        assert openai.response(whole) == CHAT_ANSWERED


def test_a_stream_without_usage_has_none() -> None:
    """OpenAI says it only when asked; unknown is not zero."""
    whole = openai.whole(CHAT_CHUNKS[:-1])
    assert openai.response(whole) == {
        name: value for name, value in CHAT_ANSWERED.items() if ".usage." not in name
    }


def test_a_chat_request_says_its_parameters() -> None:
    """What has the wrong type is left out."""
    assert openai.request(
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
    assert openai.asked(body) == {
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

    whole = openai.whole(
        [
            piece(0, "", name="weather"),
            piece(0, '{"city": "Lis'),
            piece(1, "{", name="time"),
            piece(0, 'bon"}'),
            piece(1, "broken"),
            {"choices": [{"index": 0, "delta": {}, "finish_reason": "tool_calls"}]},
        ]
    )
    assert openai.answered(whole) == [
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
    assert openai.asked({"prompt": ["a", "b"]})["gen_ai.input.messages"] == [
        {"role": "user", "parts": [{"type": "text", "content": text}]} for text in "ab"
    ]
    whole = openai.whole(
        [
            {"choices": [{"index": 0, "text": "x"}]},
            {"choices": [{"index": 0, "text": "y", "delta": {"reasoning_content": "hm"}}]},
        ]
    )
    assert openai.answered(whole)[0]["parts"] == [
        {"type": "reasoning", "content": "hm"},
        {"type": "text", "content": "xy"},
    ]
