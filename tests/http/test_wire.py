"""What holds for every wire format: which one it is, its events, its errors, and junk."""

from __future__ import annotations

import json
from typing import Any

import pytest

from otel_helisession.conventions.wire import (
    anthropic,
    bedrock,
    chroma,
    cohere,
    endpoints,
    gemini,
    invoke,
    openai,
    pinecone,
    qdrant,
    responses,
    sse,
    weaviate,
)
from otel_helisession.conventions.wire.answer import error_of

LLM = [openai, responses, anthropic, gemini, cohere, bedrock, invoke]
VECTOR = [qdrant, chroma, pinecone, weaviate]
JUNK: list[Any] = [None, 7, "x", [], {}, [1], {"a": 1}, [{}], [{"type": 5}], [None], True, 1e400]
FIELDS = [
    *("model", "id", "messages", "choices", "usage", "error", "content", "stop_reason", "output"),
    *("input", "tools", "prompt", "system", "instructions", "stop", "stream", "n", "delta"),
    *("message", "index", "text", "response", "type", "item", "reasoning", "stop_sequences"),
    *("incomplete_details", "status", "content_block", "contents", "parts", "candidates"),
    *("usageMetadata", "generationConfig", "systemInstruction", "promptFeedback", "requests"),
    *("tool_plan", "tool_calls", "chat_history", "texts", "meta", "p", "k", "event_type"),
    *("inferenceConfig", "toolConfig", "contentBlockStart", "contentBlockDelta", "metadata"),
    *("messageStart", "messageStop", "stopReason", "toolUse", "reasoningContent", "image"),
    *("result", "points", "searches", "query", "limit", "filter", "ids", "distances", "where"),
    *("documents", "matches", "hits", "data", "topK", "thinking", "x_groq"),
]
KINDS = ["message_start", "content_block_start", "content_block_delta", "message_delta"]
KINDS += ["message-start", "content-delta", "tool-call-start", "message-end", "stream-end"]


@pytest.mark.parametrize("module", LLM, ids=lambda module: module.__name__.rpartition(".")[2])
@pytest.mark.parametrize("field", FIELDS)
def test_nothing_raises_on_bodies_of_any_shape(module: Any, field: str) -> None:
    """Every field, with every type, at every depth that is read."""
    for junk in JUNK:
        body = {field: junk}
        for each in (body, {"type": "message", **body}):
            module.request(each)
            module.response(each)
            module.asked({"messages": [each], "input": [each], "tools": [each], **body})
            module.asked({"messages": [{"content": [each]}], "contents": [{"parts": [each]}]})
            module.answered({"choices": [each], "output": [each], "content": [each]})
            module.answered({"choices": [{"message": each}], "candidates": [each]})
            module.answered({"message": each, "output": {"message": {"content": [each]}}})
            events: list[Any] = [{"choices": [each]}, {"choices": [{"delta": each}]}, each]
            events += [{"type": kind, **body} for kind in KINDS]
            events += [{"type": kind, "delta": {"message": each}} for kind in KINDS]
            events += [{"choices": [{"delta": {"tool_calls": [each, {"function": body}]}}]}]
            events += [{"candidates": [{"content": {"parts": [each]}}]}]
            events += [
                {"contentBlockDelta": {"delta": each}},
                {"contentBlockStart": {"start": each}},
            ]
            said = module.whole(events)
            module.response(said)
            json.dumps(module.answered(said))


@pytest.mark.parametrize("module", VECTOR, ids=lambda module: module.__name__.rpartition(".")[2])
@pytest.mark.parametrize("field", FIELDS)
def test_nothing_raises_on_searches_of_any_shape(module: Any, field: str) -> None:
    """A vector database's bodies, too."""
    for junk in JUNK:
        body = {field: junk}
        for each in (body, {"query": body}, {"searches": [body]}):
            module.query(each)
        for each in (body, {"result": body}, {"result": [body]}, {"ids": [junk], **body}):
            json.dumps(module.matches(each))


def spoken(
    path: str,
    headers: dict[str, str] | None = None,
    host: str = "llm.example",
    method: str = "POST",
) -> tuple[str, ...] | None:
    """Name what a request speaks: its format, and what its path says."""
    found = endpoints.find(method, host, path, headers or {})
    return found and (found.wire.name, *found.place.words.values())


@pytest.mark.parametrize(
    ("path", "headers", "found"),
    [
        ("/v1/chat/completions", {}, ("openai",)),
        ("/openai/deployments/x/chat/completions", {}, ("openai", "x")),
        ("/v1/agents/completions", {}, ("openai",)),
        ("/v1/completions", {}, ("openai",)),
        ("/v1/embeddings", {}, ("openai",)),
        ("/v1/responses", {}, ("openai",)),
        ("/v1/messages", {}, ("anthropic",)),
        ("/proxy/messages", {"anthropic-version": "2023-06-01"}, ("anthropic",)),
        ("/proxy/messages", {}, None),
        ("/v1/messages/count_tokens", {}, None),
        ("/v1beta/models/gemini-x:generateContent", {}, ("gcp.gemini", "gemini-x")),
        ("/v1beta/models/gemini-x:streamGenerateContent", {}, ("gcp.gemini", "gemini-x")),
        ("/v1beta/models/e:batchEmbedContents", {}, ("gcp.gemini", "e")),
        ("/v1beta/models/gemini-x:countTokens", {}, None),
        ("/publishers/anthropic/models/c@1:streamRawPredict", {}, ("anthropic", "c@1")),
        ("/v2/chat", {"x-fern-sdk-name": "cohere"}, ("cohere",)),
        ("/v2/chat", {}, None),
        ("/model/us.amazon.nova-v1:0/converse", {}, ("aws.bedrock", "us.amazon.nova-v1:0")),
        ("/model/arn:aws:x/y/converse-stream", {}, ("aws.bedrock", "arn:aws:x/y")),
        (
            "/model/m/invoke",
            {"authorization": "AWS4-HMAC-SHA256 Credential=x"},
            ("aws.bedrock", "m"),
        ),
        ("/model/m/invoke", {"authorization": "Bearer x"}, None),
        ("/collections/hotels/points/query", {}, ("qdrant", "hotels", "points/query")),
        ("/collections/hotels/points/search/batch", {}, ("qdrant", "hotels", "points/search")),
        ("/collections/hotels/points", {}, None),
        ("/collections/hotels/query", {}, None),
        ("/api/v2/tenants/t/databases/d/collections/7/query", {}, ("chroma", "7", "query")),
        ("/query", {"x-pinecone-api-version": "2025-10"}, ("pinecone", "query")),
        ("/query", {}, None),
        ("/v1/graphql", {}, ("weaviate", "graphql")),
        ("/v1/objects", {}, None),
        ("/", {}, None),
        ("", {}, None),
    ],
)
def test_a_path_names_its_wire(
    path: str, headers: dict[str, str], found: tuple[str, ...] | None
) -> None:
    """At any host; where the path's ending is common it takes a header of the client's, too."""
    assert spoken(path, headers) == found


def test_a_host_names_its_wire() -> None:
    """What a path leaves open, a known host settles; but only its own wire's."""
    assert spoken("/v2/chat", host="api.cohere.com") == ("cohere",)
    assert spoken("/v2/chat", host="api.openai.com") is None
    assert spoken("/query", host="hotels-1a2b3c4.svc.x.pinecone.io") == ("pinecone", "query")
    assert spoken("/query", host="pinecone.io.example") is None
    bedrock_host = "bedrock-runtime.us-east-1.amazonaws.com"
    assert spoken("/model/m/invoke", host=bedrock_host) == ("aws.bedrock", "m")


def test_the_method_is_part_of_an_address() -> None:
    """A GET of points reads them one by one, and a PUT writes them."""
    assert spoken("/collections/hotels/points", method="PUT") == ("qdrant", "hotels", "points")
    assert spoken("/v1/chat/completions", method="GET") is None


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
        ({"error": {"code": 400, "status": "INVALID", "message": "b"}}, True, ("INVALID", "b")),
        ({"status": {"error": "b"}, "time": 0.0}, True, ("error", "b")),
        ({"status": "ok", "result": []}, False, None),
        ({"error": "NotFoundError", "message": "b"}, True, ("NotFoundError", "b")),
        ({"errors": [{"message": "b"}]}, False, ("error", "b")),
        ({"error": [{"message": "b"}]}, True, ("error", "b")),
        ({}, True, None),
    ],
)
def test_errors_are_read_in_every_shape(
    body: dict[str, Any], failed: bool, error: tuple[str, str] | None
) -> None:
    """Just any message is an error's only when the status says so."""
    assert error_of(body, failed) == error
