"""The formats beside OpenAI's and Anthropic's: Gemini, Cohere, Bedrock, and kin of OpenAI's."""

from __future__ import annotations

import base64
import json
import struct
from typing import Any

import pytest

from otel_helisession.conventions import reader
from otel_helisession.conventions.operation import Operation, Usage
from otel_helisession.http import instrument_httpx
from tests.collecting import CollectedSpans
from tests.http.bodies import JSON, MESSAGES_EVENTS, SSE, answered_with, event_stream
from tests.http.conftest import Caller
from tests.servers.echo import EchoServer

GEMINI: dict[str, Any] = {
    "systemInstruction": {"parts": [{"text": "Be brief."}]},
    "contents": [{"role": "user", "parts": [{"text": "Where to?"}]}],
    "generationConfig": {"temperature": 0, "max_output_tokens": 50, "stopSequences": ["END"]},
    "tools": [{"functionDeclarations": [{"name": "f", "parameters_json_schema": {"a": 1}}]}],
}
GEMINI_USAGE = {
    "promptTokenCount": 12,
    "toolUsePromptTokenCount": 3,
    "candidatesTokenCount": 7,
    "thoughtsTokenCount": 5,
    "cachedContentTokenCount": 4,
}
GEMINI_PIECES: list[dict[str, Any]] = [
    {"candidates": [{"content": {"parts": [{"text": "Hm", "thought": True}], "role": "model"}}]},
    {"candidates": [{"content": {"parts": [{"text": "Lis"}], "role": "model"}}]},
    {"candidates": [{"content": {"parts": [{"text": "bon"}]}, "finishReason": "MAX_TOKENS"}]},
    {"usageMetadata": GEMINI_USAGE, "modelVersion": "gemini-x-001", "responseId": "r-1"},
]
USAGE = Usage(15, 12, 4, None, 5)
SAID = {
    "role": "assistant",
    "parts": [{"type": "reasoning", "content": "Hm"}, {"type": "text", "content": "Lisbon"}],
    "finish_reason": "length",
}
STREAM = "/v1beta/models/gemini-x:streamGenerateContent"


def read(spans: CollectedSpans) -> Operation:
    """What the only span says."""
    (span,) = spans()
    return reader.read(span)


@pytest.mark.parametrize("content", [True, False])
@pytest.mark.parametrize("framing", ["events", "array", "one"])
def test_gemini_names_its_model_in_the_url(
    caller: Caller, echo: EchoServer, spans: CollectedSpans, framing: str, content: bool
) -> None:
    """Its streams are events or a JSON array; both add up to what an answer in one piece says."""
    instrument_httpx(capture_content=content)
    path = STREAM if framing != "one" else "/v1beta/models/gemini-x:generateContent"
    body = json.dumps(GEMINI_PIECES).encode()
    if framing == "events":
        body = event_stream(GEMINI_PIECES, done=False)
    elif framing == "one":
        first = {**GEMINI_PIECES[2]["candidates"][0], "content": {"parts": []}}
        for piece in GEMINI_PIECES[:3]:
            first["content"]["parts"] += piece["candidates"][0]["content"]["parts"]
        body = json.dumps({**GEMINI_PIECES[3], "candidates": [first]}).encode()
    echo.answers[path] = (200, SSE if framing == "events" else JSON, body)
    assert caller.stream(f"{echo.url}{path}?alt=sse&key=AIza0000", json=GEMINI) == body
    made = read(spans)
    assert (made.name, made.provider) == ("generate_content", "gcp.gemini")
    assert (made.request_model, made.response_model) == ("gemini-x", "gemini-x-001")
    assert (made.response_id, made.finish_reasons, made.usage) == ("r-1", ("length",), USAGE)
    assert made.streaming is (None if framing == "one" else True)
    assert (made.time_to_first_token_ms is not None) is (framing != "one")
    assert made.parameters == {"temperature": 0.0, "max_tokens": 50, "stop": ("END",)}
    parts = [part for said in made.conversation.output for part in said["parts"]]
    assert "".join(part["content"] for part in parts) == ("HmLisbon" if content else "")
    assert bool(made.conversation.tools) is content
    assert "AIza0000" not in str(dict(spans()[0].attributes or {}))


def test_a_cut_json_array_says_what_came(
    package: Any, echo: EchoServer, spans: CollectedSpans
) -> None:
    """As many of its objects as are whole."""
    instrument_httpx(capture_content=True)
    echo.answers[STREAM] = (200, JSON, json.dumps(GEMINI_PIECES).encode()[:-150])
    package.post(f"{echo.url}{STREAM}", json=GEMINI)
    made = read(spans)
    assert made.conversation.output == (SAID,)
    assert made.usage == Usage()


def test_an_error_in_place_of_a_stream_is_read(
    package: Any, echo: EchoServer, spans: CollectedSpans
) -> None:
    """Google answers with an object where an array was asked for."""
    instrument_httpx()
    error = {"error": {"code": 429, "status": "RESOURCE_EXHAUSTED", "message": "too many"}}
    package.post(answered_with(echo, STREAM, error, 429), json=GEMINI)
    failure = read(spans).failure
    assert failure is not None
    assert (failure.type, failure.message, failure.status_code) == ("429", "too many", 429)


@pytest.mark.parametrize(
    ("path", "request_body", "answer", "tokens"),
    [
        (
            "/v1beta/models/e:embedContent",
            {"content": {"parts": [{"text": "hi"}]}},
            {"embedding": {"values": [0.1] * 768}},
            None,
        ),
        (
            "/v1/embeddings",
            {"model": "e", "input": "hi"},
            {"data": [{"embedding": [0.1] * 768}], "usage": {"prompt_tokens": 2}},
            2,
        ),
        (
            "/model/amazon.titan-embed-text-v2:0/invoke",
            {"inputText": "hi"},
            {"embedding": [0.1] * 768, "inputTextTokenCount": 2},
            2,
        ),
    ],
)
def test_embeddings_of_every_provider_are_llm_calls(
    package: Any,
    echo: EchoServer,
    spans: CollectedSpans,
    path: str,
    request_body: Any,
    answer: Any,
    tokens: int | None,
) -> None:
    """Their vectors are thrown away before anything is parsed."""
    instrument_httpx()
    signed = {"authorization": "AWS4-HMAC-SHA256 Credential=AKIA0000"}
    package.post(answered_with(echo, path, answer), json=request_body, headers=signed)
    made = read(spans)
    assert (made.kind, made.name, made.usage.input_tokens) == ("llm", "embeddings", tokens)


COHERE = {"model": "command-a", "messages": [{"role": "user", "content": "Where to?"}], "p": 0.5}
COHERE_CLIENT = {"x-fern-sdk-name": "cohere"}
COHERE_EVENTS: list[dict[str, Any]] = [
    {"type": "message-start", "id": "c-1", "delta": {"message": {"role": "assistant"}}},
    {"type": "tool-plan-delta", "delta": {"message": {"tool_plan": "I look."}}},
    {"type": "content-delta", "index": 0, "delta": {"message": {"content": {"text": "Lis"}}}},
    {"type": "content-delta", "index": 0, "delta": {"message": {"content": {"text": "bon"}}}},
    {
        "type": "tool-call-start",
        "index": 0,
        "delta": {"message": {"tool_calls": {"id": "t", "function": {"name": "f"}}}},
    },
    {
        "type": "tool-call-delta",
        "index": 0,
        "delta": {"message": {"tool_calls": {"function": {"arguments": '{"a": 1}'}}}},
    },
    {
        "type": "message-end",
        "delta": {
            "finish_reason": "TOOL_CALL",
            "usage": {"billed_units": {"input_tokens": 5, "output_tokens": 7}},
        },
    },
]


def test_cohere_is_known_by_its_client(
    caller: Caller, echo: EchoServer, spans: CollectedSpans
) -> None:
    """Its paths are anybody's; a stream of it adds up to one message."""
    instrument_httpx(capture_content=True)
    echo.answers["/v2/chat"] = (200, SSE, event_stream(COHERE_EVENTS))
    caller.stream(f"{echo.url}/v2/chat", json=COHERE, headers=COHERE_CLIENT)
    caller.stream(f"{echo.url}/v2/chat", json=COHERE)
    made = read(spans)
    assert (made.provider, made.request_model, made.response_id) == ("cohere", "command-a", "c-1")
    assert (made.finish_reasons, made.usage) == (("tool_call",), Usage(5, 7))
    assert made.parameters == {"top_p": 0.5}
    assert made.conversation.output[0]["parts"] == [
        {"type": "reasoning", "content": "I look."},
        {"type": "text", "content": "Lisbon"},
        {"type": "tool_call", "id": "t", "name": "f", "arguments": {"a": 1}},
    ]


def test_coheres_first_version_streams_lines(
    package: Any, echo: EchoServer, spans: CollectedSpans
) -> None:
    """Of JSON, the last of which has it all."""
    instrument_httpx(capture_content=True)
    final = {"text": "Lisbon", "meta": {"billed_units": {"input_tokens": 5, "output_tokens": 7}}}
    lines = [
        {"event_type": "stream-start", "generation_id": "g-1"},
        {"event_type": "text-generation", "text": "Lisbon"},
        {"event_type": "stream-end", "finish_reason": "COMPLETE", "response": final},
    ]
    body = "".join(f"{json.dumps(line)}\n" for line in lines).encode()
    url = answered_with(echo, "/v1/chat", body, headers={"content-type": "application/stream+json"})
    asked = {"model": "command-r", "message": "Where to?", "chat_history": [], "preamble": "Hi"}
    package.post(url, json=asked, headers=COHERE_CLIENT)
    made = read(spans)
    assert (made.response_id, made.finish_reasons, made.usage) == ("g-1", ("stop",), Usage(5, 7))
    assert made.conversation.instructions == ({"type": "text", "content": "Hi"},)
    assert made.conversation.output[0]["parts"] == [{"type": "text", "content": "Lisbon"}]


def frame(payload: bytes, **headers: str) -> bytes:
    """Return one frame of Amazon's event stream; checksums are zero."""
    said = b""
    for name, value in headers.items():
        key = f":{name.replace('_', '-')}".encode()
        said += bytes([len(key)]) + key + b"\x07" + struct.pack(">H", len(value)) + value.encode()
    total = 16 + len(said) + len(payload)
    return struct.pack(">III", total, len(said), 0) + said + payload + b"\0\0\0\0"


CONVERSE_EVENTS: list[tuple[str, dict[str, Any]]] = [
    ("messageStart", {"role": "assistant"}),
    ("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"text": "Lis"}}),
    ("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"text": "bon"}}),
    (
        "contentBlockStart",
        {"contentBlockIndex": 1, "start": {"toolUse": {"toolUseId": "t", "name": "f"}}},
    ),
    ("contentBlockDelta", {"contentBlockIndex": 1, "delta": {"toolUse": {"input": '{"a":1}'}}}),
    ("messageStop", {"stopReason": "tool_use"}),
    (
        "metadata",
        {"usage": {"inputTokens": 5, "outputTokens": 7, "cacheReadInputTokens": 10}},
    ),
]
CONVERSE: dict[str, Any] = {
    "messages": [{"role": "user", "content": [{"text": "Where to?"}]}],
    "system": [{"text": "Be brief."}],
    "inferenceConfig": {"maxTokens": 50, "temperature": 0.5},
    "toolConfig": {"tools": [{"toolSpec": {"name": "f", "inputSchema": {"json": {"b": 2}}}}]},
}
EVENT_STREAM = {"content-type": "application/vnd.amazon.eventstream"}


def test_bedrocks_converse_is_read_from_its_frames(
    caller: Caller, echo: EchoServer, spans: CollectedSpans
) -> None:
    """The model stands in the URL; cached tokens are part of the input."""
    instrument_httpx(capture_content=True)
    path = "/model/amazon.nova-lite-v1:0/converse-stream"
    body = b"".join(frame(json.dumps(e).encode(), event_type=kind) for kind, e in CONVERSE_EVENTS)
    echo.answers["/model/amazon.nova-lite-v1%3A0/converse-stream"] = (200, EVENT_STREAM, body)
    url = f"{echo.url}{path}".replace("v1:0", "v1%3A0")
    assert caller.stream(url, json=CONVERSE) == body
    made = read(spans)
    assert (made.provider, made.request_model) == ("aws.bedrock", "amazon.nova-lite-v1:0")
    assert (made.finish_reasons, made.usage) == (("tool_call",), Usage(15, 7, 10))
    assert made.streaming is True
    assert made.conversation.output[0]["parts"] == [
        {"type": "text", "content": "Lisbon"},
        {"type": "tool_call", "id": "t", "name": "f", "arguments": {"a": 1}},
    ]
    assert made.conversation.tools[0]["parameters"] == {"b": 2}


def test_bedrocks_invoke_is_read_in_the_models_own_format(
    package: Any, echo: EchoServer, spans: CollectedSpans
) -> None:
    """Anthropic's SDK for Bedrock streams its own events in frames of base64."""
    instrument_httpx()
    path = "/model/anthropic.claude/invoke-with-response-stream"
    chunks = [
        {"bytes": base64.b64encode(json.dumps(event).encode()).decode()}
        for event in MESSAGES_EVENTS
    ]
    body = b"".join(frame(json.dumps(chunk).encode(), event_type="chunk") for chunk in chunks)
    echo.answers[path] = (200, EVENT_STREAM, body[:-9])  # the last event is cut, and says nothing
    asked = {"anthropic_version": "bedrock-2023-05-31", "max_tokens": 9, "messages": []}
    package.post(f"{echo.url}{path}", json=asked)
    made = read(spans)
    assert (made.request_model, made.response_id) == ("anthropic.claude", "msg_1")
    assert (made.finish_reasons, made.usage) == (("stop",), Usage(115, 2, 100, 5))


def test_an_exception_in_a_frame_is_an_error(
    package: Any, echo: EchoServer, spans: CollectedSpans
) -> None:
    """A stream that has begun well can fail so."""
    instrument_httpx()
    path = "/model/m/converse-stream"
    headers = {"message_type": "exception", "exception_type": "throttlingException"}
    body = frame(b'{"role": "assistant"}', event_type="messageStart")
    body += frame(b'{"message": "too many"}', **headers)
    echo.answers[path] = (200, EVENT_STREAM, body)
    package.post(f"{echo.url}{path}", json=CONVERSE)
    failure = read(spans).failure
    assert failure is not None
    assert (failure.type, failure.message) == ("throttlingException", "too many")


def test_groq_and_mistral_are_kin_of_openais(
    package: Any, echo: EchoServer, spans: CollectedSpans
) -> None:
    """But for where Groq puts the usage of a stream, and how Mistral says its thoughts."""
    instrument_httpx(capture_content=True)
    thinking = [{"type": "thinking", "thinking": [{"type": "text", "text": "Hm"}]}]
    chunks = [
        {"id": "x", "choices": [{"index": 0, "delta": {"content": thinking}}]},
        {"id": "x", "choices": [{"index": 0, "delta": {"content": "Lisbon"}}]},
        {"x_groq": {"usage": {"prompt_tokens": 5, "completion_tokens": 7}}},
    ]
    path = "/openai/v1/chat/completions"
    echo.answers[path] = (200, SSE, event_stream(chunks))
    package.post(f"{echo.url}{path}", json={"model": "m", "messages": []})
    made = read(spans)
    assert made.usage == Usage(5, 7)
    assert made.conversation.output[0]["parts"] == SAID["parts"]
