"""Where models are called: the addresses of the LLM wires."""

from __future__ import annotations

from typing import Final

from otel_helisession.conventions.wire import (
    anthropic,
    bedrock,
    cohere,
    gemini,
    invoke,
    openai,
    responses,
)
from otel_helisession.conventions.wire.endpoint import Endpoint, at
from otel_helisession.conventions.wire.llm import LLMWire

_CHAT: Final = LLMWire(openai, "chat", lambda body: "messages" in body)
_COMPLETION: Final = LLMWire(openai, "text_completion", lambda body: "prompt" in body)
_EMBEDDINGS: Final = LLMWire(openai, "embeddings", lambda body: "input" in body)
_RESPONSES: Final = LLMWire(
    responses, "chat", lambda body: "model" in body and ("input" in body or "prompt" in body)
)
_MESSAGES: Final = LLMWire(anthropic, "chat", lambda body: "messages" in body and "model" in body)
_VERTEX: Final = LLMWire(anthropic, "chat", lambda body: "messages" in body)
_VERTEX_STREAM: Final = LLMWire(anthropic, "chat", lambda body: "messages" in body, streams=True)
_CONTENT: Final = LLMWire(gemini, "generate_content", lambda body: "contents" in body)
_CONTENT_STREAM: Final = LLMWire(
    gemini, "generate_content", lambda body: "contents" in body, streams=True
)
_CONTENT_EMBEDDINGS: Final = LLMWire(
    gemini, "embeddings", lambda body: "content" in body or "requests" in body
)
_COHERE: Final = LLMWire(cohere, "chat", lambda body: "messages" in body or "message" in body)
_COHERE_EMBEDDINGS: Final = LLMWire(
    cohere, "embeddings", lambda body: bool(body.keys() & {"texts", "images", "inputs"})
)
_CONVERSE: Final = LLMWire(bedrock, "chat", lambda body: "messages" in body)
_CONVERSE_STREAM: Final = LLMWire(bedrock, "chat", lambda body: "messages" in body, streams=True)
_INVOKE: Final = LLMWire(invoke, "chat", bool)
_INVOKE_STREAM: Final = LLMWire(invoke, "chat", bool, streams=True)
_INVOKE_EMBEDDINGS: Final = LLMWire(invoke, "embeddings", bool)

_COHERE_CLIENT: Final = ("x-fern-sdk-name", "cohere")
_DEPLOYMENT: Final = r"(?:/deployments/(?P<model>[^/]+))?"
"""Azure names the model in the URL."""
_BEDROCK: Final = "/model/(?P<model>.+)"
_INVOKE_STREAMED: Final = "invoke-with-response-stream"
_SIGNED: Final = ("authorization", "aws4-")
"""What a request to AWS looks like, at whatever host."""
_MODEL: Final = r"/(?:models|tunedModels|endpoints)/(?P<model>[^/:]+)"

ENDPOINTS: Final[tuple[Endpoint, ...]] = (
    at("completions", _DEPLOYMENT + "/chat/completions", _CHAT, "path"),
    at("completions", "/agents/completions", _CHAT, "body"),
    at("completions", _DEPLOYMENT + "/completions", _COMPLETION, "body"),
    at("embeddings", _DEPLOYMENT + "/embeddings", _EMBEDDINGS, "body"),
    at("responses", "/responses", _RESPONSES, "body"),
    at("messages", "/v1/messages", _MESSAGES, "body"),
    at("messages", "/messages", _MESSAGES, "host", ("anthropic-version", "")),
    at("rawPredict", _MODEL + ":rawPredict", _VERTEX, "body"),
    at("streamRawPredict", _MODEL + ":streamRawPredict", _VERTEX_STREAM, "body"),
    at("generateContent", _MODEL + ":generateContent", _CONTENT, "path"),
    at("streamGenerateContent", _MODEL + ":streamGenerateContent", _CONTENT_STREAM, "path"),
    at("embedContent", _MODEL + ":embedContent", _CONTENT_EMBEDDINGS, "path"),
    at("batchEmbedContents", _MODEL + ":batchEmbedContents", _CONTENT_EMBEDDINGS, "path"),
    at("chat", "/v[12]/chat", _COHERE, "host", _COHERE_CLIENT),
    at("embed", "/v[12]/embed", _COHERE_EMBEDDINGS, "host", _COHERE_CLIENT),
    at("converse", _BEDROCK + "/converse", _CONVERSE, "path"),
    at("converse-stream", _BEDROCK + "/converse-stream", _CONVERSE_STREAM, "path"),
    at("invoke", "/model/(?P<model>.*embed.*)/invoke", _INVOKE_EMBEDDINGS, "host", _SIGNED),
    at("invoke", _BEDROCK + "/invoke", _INVOKE, "host", _SIGNED),
    at(_INVOKE_STREAMED, f"{_BEDROCK}/{_INVOKE_STREAMED}", _INVOKE_STREAM, "path"),
)
