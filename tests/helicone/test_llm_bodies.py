"""What an LLM call becomes: the shape that Helicone renders, counts and prices."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from opentelemetry.sdk.trace.export import SpanExportResult

from tests.helicone.conftest import MakeExporter
from tests.helicone.endpoint import FakeHelicone
from tests.helicone.spans import llm, text_message

Sent = Callable[..., Any]


def test_a_chat_is_flattened_whole_for_the_worker(sent: Sent) -> None:
    """The worker stores the whole body as the request, so the request stands there, too."""
    log = sent(llm(number=7, extra={"gen_ai.request.temperature": 0.2}))
    request = {
        "model": "gpt-4o-mini",
        "messages": [{"role": "user", "content": "Where to stay?"}],
        "temperature": 0.2,
    }
    response = {
        "object": "chat.completion",
        "model": "gpt-4o-mini",
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": "In Alfama."},
                "finish_reason": "stop",
            }
        ],
        "usage": {"prompt_tokens": 100, "completion_tokens": 50, "total_tokens": 150},
    }
    meta = {
        "Helicone-Request-Id": "d0ece162-a418-56e3-8fff-e550d1b1a6f8",
        "Helicone-Session-Id": "0a1b2c3d-0000-4000-8000-000000000001",
        "Helicone-Session-Path": "/trip/research",
        "Helicone-Session-Name": "Trip planner",
    }
    assert log == {
        **request,
        "providerRequest": {"url": "custom-model-nopath", "json": request, "meta": meta},
        "providerResponse": {"json": response, "status": 200, "headers": {}},
        "timing": {
            "startTime": {"seconds": 1_767_225_600, "milliseconds": 0},
            "endTime": {"seconds": 1_767_225_601, "milliseconds": 234},
        },
    }


def test_a_jawn_gets_the_provider_and_no_copy(jawn: FakeHelicone, exporter: MakeExporter) -> None:
    """It stores the request alone; OPENAI and ANTHROPIC have prices there."""
    calls = [llm(), llm(provider="anthropic", model="claude-sonnet-5"), llm(provider="groq")]
    assert exporter(jawn, max_connections=1).export(calls) is SpanExportResult.SUCCESS
    assert [(log["provider"], log["providerRequest"]["url"]) for log in jawn.logs()] == [
        ("OPENAI", "https://api.openai.com/v1/chat/completions"),
        ("ANTHROPIC", "https://api.anthropic.com/v1/messages"),
        ("CUSTOM", "custom-model-nopath"),
    ]
    assert {*jawn.logs()[0]} == {"provider", "providerRequest", "providerResponse", "timing"}


def test_cached_tokens_are_kept_and_reasoning_only_where_it_is_shown(
    jawn: FakeHelicone, exporter: MakeExporter
) -> None:
    """Of CUSTOM requests Helicone subtracts reasoning tokens and shows them nowhere."""
    extra = {
        "gen_ai.usage.cache_read.input_tokens": 20,
        "gen_ai.usage.reasoning.output_tokens": 10,
    }
    exporter(jawn, max_connections=1).export([llm(extra=extra), llm(provider="xai", extra=extra)])
    openai, custom = (log["providerResponse"]["json"]["usage"] for log in jawn.logs())
    common = {"prompt_tokens": 100, "completion_tokens": 50, "total_tokens": 150}
    common["prompt_tokens_details"] = {"cached_tokens": 20}  # type: ignore[assignment]
    assert custom == common
    assert openai == {**common, "completion_tokens_details": {"reasoning_tokens": 10}}


def test_a_known_cost_is_sent_and_keeps_anthropic_calls_custom(
    jawn: FakeHelicone, exporter: MakeExporter
) -> None:
    """Under ANTHROPIC, Helicone would ignore it; a cost of nothing is not sent."""
    spans = [
        llm(provider=provider, extra={"gen_ai.usage.cost": cost})
        for provider, cost in (("anthropic", 0.0125), ("mistral_ai", 0.5), ("openai", 0.0))
    ]
    exporter(jawn, max_connections=1).export(spans)
    said = [
        (log["provider"], log["providerResponse"]["json"]["usage"].get("cost"))
        for log in jawn.logs()
    ]
    assert said == [("CUSTOM", 0.0125), ("CUSTOM", 0.5), ("OPENAI", None)]


def test_anthropic_calls_have_anthropics_shape_where_they_have_its_prices(
    jawn: FakeHelicone, exporter: MakeExporter
) -> None:
    """There, input tokens exclude what a cache read or wrote."""
    parts = [
        {"type": "text", "content": "Let me look."},
        {"type": "tool_call", "id": "t1", "name": "weather", "arguments": {"city": "Lisbon"}},
    ]
    answer = {"role": "assistant", "parts": parts, "finish_reason": "tool_call"}
    result = {"type": "tool_call_response", "id": "t0", "response": {"sunny": True}}
    extra = {
        "gen_ai.input.messages": json.dumps(
            [text_message("system", "Be brief."), {"role": "tool", "parts": [result]}]
        ),
        "gen_ai.output.messages": json.dumps([answer]),
        "gen_ai.response.finish_reasons": ("tool_call",),
        "gen_ai.response.id": "msg_1",
        "gen_ai.request.max_tokens": 300,
        "gen_ai.usage.cache_read.input_tokens": 60,
        "gen_ai.usage.cache_creation.input_tokens": 15,
    }
    exporter(jawn).export([llm(provider="anthropic", model="claude-sonnet-5", extra=extra)])
    (log,) = jawn.logs()
    result_block = {"type": "tool_result", "tool_use_id": "t0", "content": '{"sunny":true}'}
    assert log["providerRequest"]["json"] == {
        "model": "claude-sonnet-5",
        "system": "Be brief.",
        "messages": [{"role": "user", "content": [result_block]}],
        "max_tokens": 300,
    }
    assert log["providerResponse"]["json"] == {
        "id": "msg_1",
        "model": "claude-sonnet-5",
        "type": "message",
        "role": "assistant",
        "content": [
            {"type": "text", "text": "Let me look."},
            {"type": "tool_use", "id": "t1", "name": "weather", "input": {"city": "Lisbon"}},
        ],
        "stop_reason": "tool_use",
        "usage": {
            "input_tokens": 25,
            "output_tokens": 50,
            "cache_read_input_tokens": 60,
            "cache_creation_input_tokens": 15,
        },
    }


def test_the_parts_of_messages_become_chat_completions(sent: Sent) -> None:
    """Tool calls, their responses, reasoning and pictures, each where Helicone shows it."""
    call = {"type": "tool_call", "id": "c1", "name": "search", "arguments": {"q": "ü"}}
    asked = [
        {
            "role": "user",
            "parts": [
                {"type": "text", "content": "What is this?"},
                {"type": "uri", "modality": "image", "uri": "https://example.com/a.png"},
                {"type": "blob", "mime_type": "image/jpeg", "content": "AAAA"},
            ],
        },
        {"role": "assistant", "parts": [{"type": "reasoning", "content": "Hm."}, call]},
        {"role": "tool", "parts": [{"type": "tool_call_response", "id": "c1", "response": [1]}]},
        {"role": "user", "content": "plain, without parts"},
    ]
    tools = [{"type": "function", "name": "search", "description": "d", "parameters": {}}]
    log = sent(
        llm(
            extra={
                "gen_ai.input.messages": json.dumps(asked),
                "gen_ai.system_instructions": '[{"type": "text", "content": "Be kind."}]',
                "gen_ai.tool.definitions": json.dumps(tools),
            }
        )
    )
    function = {"name": "search", "arguments": '{"q":"ü"}'}
    assert log["messages"] == [
        {"role": "system", "content": "Be kind."},
        {
            "role": "user",
            "content": [
                {"type": "text", "text": "What is this?"},
                {"type": "image_url", "image_url": {"url": "https://example.com/a.png"}},
                {"type": "image_url", "image_url": {"url": "data:image/jpeg;base64,AAAA"}},
            ],
        },
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [{"id": "c1", "type": "function", "function": function}],
            "reasoning": "Hm.",
        },
        {"role": "tool", "content": "[1]", "tool_call_id": "c1"},
        {"role": "user", "content": "plain, without parts"},
    ]
    described = {"name": "search", "description": "d", "parameters": {}}
    assert log["tools"] == [{"type": "function", "function": described}]


def test_a_stream_is_logged_as_its_whole_answer(sent: Sent) -> None:
    """With the time to its first token, and without the word stream, which loses tokens."""
    extra = {
        "gen_ai.request.stream": True,
        "gen_ai.response.time_to_first_chunk": 0.2504,
        "gen_ai.response.id": "chatcmpl-1",
    }
    log = sent(llm(extra=extra))
    assert log["timing"]["timeToFirstToken"] == 250
    assert "stream" not in log
    assert log["providerResponse"]["json"]["id"] == "chatcmpl-1"


@pytest.mark.parametrize(
    ("kind", "status_code", "status"),
    [
        ("RateLimitError", 429, 429),
        ("429", None, 429),
        ("ValueError", None, 500),
        ("OverloadedError", 529, 529),
        ("TimeoutError", 200, 500),
        ("asyncio.exceptions.CancelledError", None, -3),
        ("GeneratorExit", None, -3),
    ],
)
def test_a_failed_call_says_so(sent: Sent, kind: str, status_code: int | None, status: int) -> None:
    """Its status, its type, and its text, once for lists and once for drawers."""
    extra: dict[str, Any] = {"error.type": kind}
    if status_code is not None:
        extra["http.response.status_code"] = status_code
    log = sent(llm(answer=None, extra=extra, error="the model is on strike 🪧"))
    message = "the model is on strike 🪧"
    assert log["providerResponse"] == {
        "json": {
            "object": "chat.completion",
            "model": "gpt-4o-mini",
            "error": {"message": message, "heliconeMessage": message, "type": kind},
        },
        "status": status,
        "headers": {},
    }


def test_of_a_cancelled_call_what_had_come_is_shown(sent: Sent) -> None:
    """An error beside it would hide it, for Helicone shows one or the other."""
    log = sent(llm(answer="In Alf", extra={"error.type": "CancelledError"}, error=""))
    response = log["providerResponse"]
    assert response["status"] == -3
    assert response["json"]["choices"][0]["message"]["content"] == "In Alf"
    assert "error" not in response["json"]


def test_an_error_without_text_shows_its_type(sent: Sent) -> None:
    """Helicone would show nothing for an empty message."""
    log = sent(llm(answer=None, extra={"error.type": "KeyError"}, error=""))
    assert log["providerResponse"]["json"]["error"]["heliconeMessage"] == "KeyError"


@pytest.mark.parametrize(("texts", "given"), [(["one"], "one"), (["one", "two"], ["one", "two"])])
def test_embeddings_are_logged_without_vectors(
    jawn: FakeHelicone, exporter: MakeExporter, texts: list[str], given: object
) -> None:
    """Helicone's mapper reads the first row without asking, so there is always one."""
    extra = {
        "gen_ai.operation.name": "embeddings",
        "gen_ai.response.model": "text-embedding-3-small",
        "gen_ai.usage.input_tokens": 8,
        "gen_ai.input.messages": json.dumps([text_message("user", text) for text in texts]),
    }
    exporter(jawn).export([llm(answer=None, model="text-embedding-3-small", extra=extra)])
    (log,) = jawn.logs()
    assert log["providerRequest"]["url"] == "https://api.openai.com/v1/embeddings"
    assert log["providerRequest"]["json"] == {"model": "text-embedding-3-small", "input": given}
    assert log["providerResponse"]["json"] == {
        "object": "list",
        "model": "text-embedding-3-small",
        "data": [
            {"object": "embedding", "index": index, "embedding": []} for index in range(len(texts))
        ],
        "usage": {"prompt_tokens": 8, "total_tokens": 8},
    }


def test_without_content_names_and_numbers_stay(sent: Sent) -> None:
    """Model, tokens, finish reason and error text are no content."""
    extra = {
        "gen_ai.response.finish_reasons": ("stop",),
        "gen_ai.system_instructions": '[{"type": "text", "content": "secret"}]',
    }
    log = sent(llm("secret", "secret", extra=extra), capture_content=False)
    assert "secret" not in json.dumps(log)
    assert (log["messages"], log["model"]) == ([], "gpt-4o-mini")
    assert log["providerResponse"]["json"]["choices"] == [
        {"index": 0, "message": {"role": "assistant", "content": ""}, "finish_reason": "stop"}
    ]
    assert log["providerResponse"]["json"]["usage"]["total_tokens"] == 150


def test_two_instrumentations_of_one_call_make_one_log(
    worker: FakeHelicone, exporter: MakeExporter
) -> None:
    """The inner span, with the same response id, adds nothing; another call does."""
    outer = llm(extra={"gen_ai.response.id": "r1"})
    inner = llm(extra={"gen_ai.response.id": "r1"}, parent=outer)
    other = llm(extra={"gen_ai.response.id": "r2"}, parent=outer)
    assert exporter(worker).export([inner, other, outer]) is SpanExportResult.SUCCESS
    assert sorted(log["providerResponse"]["json"]["id"] for log in worker.logs()) == ["r1", "r2"]
