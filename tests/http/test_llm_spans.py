"""LLM spans around calls that nobody else covers."""

from __future__ import annotations

import asyncio
import gzip
import json
from typing import Any

import pytest
from opentelemetry import trace
from opentelemetry.trace import SpanKind, StatusCode

from otel_helisession.http import instrument_httpx
from tests.collecting import CollectedSpans
from tests.http.bodies import (
    CHAT,
    CHAT_ANSWERED,
    CHAT_ASKED,
    CHAT_CHUNKS,
    CHAT_REQUEST,
    CHAT_RESPONSE,
    MESSAGES_ANSWERED,
    MESSAGES_REQUEST,
    MESSAGES_RESPONSE,
    SSE,
    answered_with,
    event_stream,
    said,
)
from tests.http.conftest import Caller
from tests.servers.echo import EchoServer


def test_a_chat_call_becomes_a_span(
    caller: Caller, echo: EchoServer, spans: CollectedSpans
) -> None:
    """In the GenAI conventions, without messages."""
    instrument_httpx()
    caller.post(answered_with(echo, CHAT, CHAT_RESPONSE), json=CHAT_REQUEST)
    (span,) = spans()
    assert (span.name, span.kind) == ("chat gpt-4o", SpanKind.CLIENT)
    assert said(span, echo) == {**CHAT_ASKED, **CHAT_ANSWERED}
    assert span.status.status_code is StatusCode.UNSET


def test_a_streamed_chat_call_ends_with_its_stream(
    caller: Caller, echo: EchoServer, spans: CollectedSpans
) -> None:
    """It says the same, and how long the first piece took."""
    instrument_httpx()
    echo.answers[CHAT] = (200, SSE, event_stream(CHAT_CHUNKS))
    url = f"{echo.url}{CHAT}"
    assert caller.stream(url, json={**CHAT_REQUEST, "stream": True}) == event_stream(CHAT_CHUNKS)
    attributes = said(spans.one("chat gpt-4o"), echo)
    assert 0 < attributes.pop("gen_ai.response.time_to_first_chunk") < 5
    assert attributes == {**CHAT_ASKED, **CHAT_ANSWERED, "gen_ai.request.stream": True}


def test_a_streamed_response_that_is_no_stream_is_read_as_json(
    caller: Caller, echo: EchoServer, spans: CollectedSpans
) -> None:
    """As with the SDKs' ``with_streaming_response``."""
    instrument_httpx()
    caller.stream(answered_with(echo, CHAT, CHAT_RESPONSE), json=CHAT_REQUEST)
    assert said(spans.one("chat gpt-4o"), echo) == {**CHAT_ASKED, **CHAT_ANSWERED}


def test_an_anthropic_call_becomes_a_span(
    caller: Caller, echo: EchoServer, spans: CollectedSpans
) -> None:
    """Its input tokens include the cached ones."""
    instrument_httpx()
    caller.post(answered_with(echo, "/v1/messages", MESSAGES_RESPONSE), json=MESSAGES_REQUEST)
    assert said(spans.one("chat claude-sonnet-4-5"), echo) == {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "anthropic",
        "gen_ai.request.model": "claude-sonnet-4-5",
        "gen_ai.request.max_tokens": 64,
        **MESSAGES_ANSWERED,
    }


def test_large_embeddings_are_read_for_their_usage(
    caller: Caller, echo: EchoServer, spans: CollectedSpans
) -> None:
    """Vectors, as numbers or base64, are passed over."""
    instrument_httpx()
    data = [{"embedding": [0.5] * 20_000, "index": 0}, {"embedding": "AAAA" * 9_000, "index": 1}]
    body = {"object": "list", "data": data, "model": "e-1", "usage": {"prompt_tokens": 8}}
    url = answered_with(echo, "/v1/embeddings", body)
    assert caller.post(url, json={"model": "e", "input": ["a", "b"]}).json() == body
    assert said(spans.one("embeddings e"), echo) == {
        "gen_ai.operation.name": "embeddings",
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": "e",
        "gen_ai.response.model": "e-1",
        "gen_ai.usage.input_tokens": 8,
    }


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_compressed_answers_are_read(
    caller: Caller, echo: EchoServer, spans: CollectedSpans, encoding: str
) -> None:
    """Streamed or not; the user reads them too."""
    import zlib

    instrument_httpx()
    pack = gzip.compress if encoding == "gzip" else zlib.compress
    url = answered_with(echo, CHAT, pack(json.dumps(CHAT_RESPONSE).encode()))
    echo.answers[CHAT][1]["content-encoding"] = encoding
    assert caller.post(url, json=CHAT_REQUEST).json() == CHAT_RESPONSE
    packed = pack(event_stream(CHAT_CHUNKS))
    echo.answers[CHAT] = (200, {**SSE, "content-encoding": encoding}, packed)
    assert caller.stream(url, json=CHAT_REQUEST) == event_stream(CHAT_CHUNKS)
    first, second = (said(span, echo) for span in spans())
    assert second.pop("gen_ai.response.time_to_first_chunk") > 0
    assert first == second == {**CHAT_ASKED, **CHAT_ANSWERED}


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"\xff\xfe", b'"x"', b"[" * 9_000])
def test_an_answer_that_is_no_json_object_still_ends_the_span(
    caller: Caller, echo: EchoServer, spans: CollectedSpans, body: bytes
) -> None:
    """With what the request said."""
    instrument_httpx()
    url = answered_with(echo, CHAT, body)
    assert caller.post(url, json=CHAT_REQUEST).content == body
    assert caller.stream(url, json=CHAT_REQUEST) == body
    assert [said(span, echo) for span in spans()] == [CHAT_ASKED, CHAT_ASKED]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"error": {"type": "rate_limit_error", "message": "slow down"}}, "slow down"),
        ({"error": "no such model"}, "no such model"),
        ({"detail": [{"loc": ["body"]}]}, '[{"loc":["body"]}]'),
        ({"message": "gateway"}, "gateway"),
        (b"<html>", "HTTP 429"),
    ],
)
def test_an_error_status_is_an_error_of_the_span(
    caller: Caller, echo: EchoServer, spans: CollectedSpans, body: Any, message: str
) -> None:
    """With the status and the server's message, streamed or not."""
    instrument_httpx()
    url = answered_with(echo, CHAT, body, 429)
    assert caller.post(url, json=CHAT_REQUEST).status_code == 429
    caller.stream(url, json=CHAT_REQUEST)
    for span in spans():
        assert span.status.status_code is StatusCode.ERROR
        assert span.status.description == message
        assert said(span, echo) == {
            **CHAT_ASKED,
            "error.type": "429",
            "http.response.status_code": 429,
        }


def test_an_error_within_a_stream_is_an_error_of_the_span(
    caller: Caller, echo: EchoServer, spans: CollectedSpans
) -> None:
    """Its status was 200 long ago."""
    instrument_httpx()
    broken = {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}
    echo.answers["/v1/messages"] = (200, SSE, event_stream([broken], done=False))
    caller.stream(f"{echo.url}/v1/messages", json=MESSAGES_REQUEST)
    span = spans.one("chat claude-sonnet-4-5")
    assert (span.status.status_code, span.status.description) == (StatusCode.ERROR, "Overloaded")
    assert said(span, echo)["error.type"] == "overloaded_error"


def test_a_connection_refused_is_an_error_of_the_span(
    caller: Caller, spans: CollectedSpans
) -> None:
    """The user gets the exception; the span its type and message."""
    instrument_httpx()
    with pytest.raises(caller.package.ConnectError):
        caller.post(f"http://127.0.0.1:1{CHAT}", json=CHAT_REQUEST)
    span = spans.one("chat gpt-4o")
    assert span.attributes is not None
    assert span.attributes["error.type"] == f"{caller.package.__name__}.ConnectError"
    assert span.status.status_code is StatusCode.ERROR
    assert [event.name for event in span.events] == ["exception"]


def test_a_cancelled_call_is_an_error_of_the_span(package: Any, spans: CollectedSpans) -> None:
    """And the Context is as it was."""
    instrument_httpx()

    async def never(request: Any) -> Any:
        await asyncio.sleep(60)

    async def main() -> None:
        async with package.AsyncClient(transport=package.MockTransport(never)) as client:
            await asyncio.wait_for(client.post(f"http://x{CHAT}", json=CHAT_REQUEST), 0.01)

    with pytest.raises(asyncio.TimeoutError):
        asyncio.run(main())
    span = spans.one("chat gpt-4o")
    assert span.attributes is not None
    assert span.attributes["error.type"] == "asyncio.exceptions.CancelledError"
    assert span.status.status_code is StatusCode.ERROR


def test_spans_made_while_the_request_is_sent_are_its_children(
    package: Any, spans: CollectedSpans
) -> None:
    """As those of opentelemetry-instrumentation-httpx; afterwards it is no longer current."""
    instrument_httpx()
    tracer = trace.get_tracer("http")

    def respond(request: Any) -> Any:
        tracer.start_span("POST").end()
        return package.Response(200, json=CHAT_RESPONSE)

    with package.Client(transport=package.MockTransport(respond)) as client:
        client.post(f"http://api.groq.com{CHAT}", json=CHAT_REQUEST)
    http, llm = spans()
    assert http.parent is not None
    assert http.parent.span_id == llm.context.span_id
    assert trace.get_current_span() is trace.INVALID_SPAN


@pytest.mark.parametrize(
    ("url", "headers", "provider"),
    [
        ("https://api.groq.com/openai/v1", {}, "groq"),
        ("https://me.openai.azure.com/openai/deployments/gpt-4o", {}, "azure.ai.openai"),
        ("https://oai.helicone.ai/v1", {}, "openai"),
        ("https://ai-gateway.helicone.ai", {}, "openai"),
        (
            "https://gateway.helicone.ai/v1",
            {"Helicone-Target-URL": "https://api.mistral.ai/x"},
            "mistral_ai",
        ),
        ("https://llm.internal/v1", {}, "openai"),
    ],
)
def test_the_provider_is_who_answers(
    package: Any, spans: CollectedSpans, url: str, headers: dict[str, str], provider: str
) -> None:
    """Known by its host, behind a gateway of Helicone by its target; else by the wire format."""
    instrument_httpx()
    transport = package.MockTransport(lambda request: package.Response(200, json=CHAT_RESPONSE))
    with package.Client(transport=transport) as client:
        body = {key: value for key, value in CHAT_REQUEST.items() if key != "model"}
        client.post(f"{url}/chat/completions", json=body, headers=headers)
    (span,) = spans()
    assert span.attributes is not None
    assert span.attributes["gen_ai.provider.name"] == provider
    assert span.name == ("chat gpt-4o" if "azure" in provider else "chat")
