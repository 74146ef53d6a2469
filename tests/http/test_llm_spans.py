"""LLM spans around calls that nobody else covers."""

from __future__ import annotations

import asyncio
import gzip
import json
from typing import Any

import pytest
from opentelemetry import context, trace
from opentelemetry.instrumentation.utils import (
    suppress_http_instrumentation,
    suppress_instrumentation,
)
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.trace import SpanKind, StatusCode

from otel_helisession import session
from otel_helisession.http import instrument_httpx
from tests.collecting import CollectedSpans
from tests.http.bodies import (
    CHAT_ANSWERED,
    CHAT_CHUNKS,
    CHAT_REQUEST,
    CHAT_RESPONSE,
    MESSAGES_ANSWERED,
    MESSAGES_REQUEST,
    MESSAGES_RESPONSE,
    event_stream,
)
from tests.http.conftest import Caller, announced
from tests.servers.echo import EchoServer

JSON = {"content-type": "application/json"}
SSE = {"content-type": "text/event-stream"}
CHAT = "/v1/chat/completions"


def answer(echo: EchoServer, path: str, body: Any, status: int = 200, **headers: str) -> str:
    """Let *echo* answer POSTs to *path* with *body*, and return the URL."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    echo.answers[path] = (status, {**JSON, **headers}, data)
    return f"{echo.url}{path}"


def of(span: ReadableSpan, echo: EchoServer) -> dict[str, Any]:
    """Return the span's attributes without those that each has: where it was sent."""
    attributes = dict(span.attributes or {})
    assert attributes.pop("server.address") == "127.0.0.1"
    assert attributes.pop("server.port") == echo.port
    return attributes


CHAT_ASKED = {
    "gen_ai.operation.name": "chat",
    "gen_ai.provider.name": "openai",
    "gen_ai.request.model": "gpt-4o",
    "gen_ai.request.temperature": 0.0,
    "gen_ai.request.max_tokens": 50,
    "gen_ai.request.stop_sequences": ("END",),
}


def test_a_chat_call_becomes_a_span(
    caller: Caller, echo: EchoServer, spans: CollectedSpans
) -> None:
    """In the GenAI conventions, without messages."""
    instrument_httpx()
    caller.post(answer(echo, CHAT, CHAT_RESPONSE), json=CHAT_REQUEST)
    (span,) = spans()
    assert (span.name, span.kind) == ("chat gpt-4o", SpanKind.CLIENT)
    assert of(span, echo) == {**CHAT_ASKED, **CHAT_ANSWERED}
    assert span.status.status_code is StatusCode.UNSET


def test_a_streamed_chat_call_ends_with_its_stream(
    caller: Caller, echo: EchoServer, spans: CollectedSpans
) -> None:
    """It says the same, and how long the first piece took."""
    instrument_httpx()
    echo.answers[CHAT] = (200, SSE, event_stream(CHAT_CHUNKS))
    url = f"{echo.url}{CHAT}"
    assert caller.stream(url, json={**CHAT_REQUEST, "stream": True}) == event_stream(CHAT_CHUNKS)
    attributes = of(spans.one("chat gpt-4o"), echo)
    assert 0 < attributes.pop("gen_ai.response.time_to_first_chunk") < 5
    assert attributes == {**CHAT_ASKED, **CHAT_ANSWERED, "gen_ai.request.stream": True}


def test_a_streamed_response_that_is_no_stream_is_read_as_json(
    caller: Caller, echo: EchoServer, spans: CollectedSpans
) -> None:
    """As with the SDKs' ``with_streaming_response``."""
    instrument_httpx()
    caller.stream(answer(echo, CHAT, CHAT_RESPONSE), json=CHAT_REQUEST)
    assert of(spans.one("chat gpt-4o"), echo) == {**CHAT_ASKED, **CHAT_ANSWERED}


def test_an_anthropic_call_becomes_a_span(
    caller: Caller, echo: EchoServer, spans: CollectedSpans
) -> None:
    """Its input tokens include the cached ones."""
    instrument_httpx()
    caller.post(answer(echo, "/v1/messages", MESSAGES_RESPONSE), json=MESSAGES_REQUEST)
    assert of(spans.one("chat claude-sonnet-4-5"), echo) == {
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
    url = answer(echo, "/v1/embeddings", body)
    assert caller.post(url, json={"model": "e", "input": ["a", "b"]}).json() == body
    assert of(spans.one("embeddings e"), echo) == {
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
    url = answer(echo, CHAT, pack(json.dumps(CHAT_RESPONSE).encode()))
    echo.answers[CHAT][1]["content-encoding"] = encoding
    assert caller.post(url, json=CHAT_REQUEST).json() == CHAT_RESPONSE
    packed = pack(event_stream(CHAT_CHUNKS))
    echo.answers[CHAT] = (200, {**SSE, "content-encoding": encoding}, packed)
    assert caller.stream(url, json=CHAT_REQUEST) == event_stream(CHAT_CHUNKS)
    first, second = (of(span, echo) for span in spans())
    assert second.pop("gen_ai.response.time_to_first_chunk") > 0
    assert first == second == {**CHAT_ASKED, **CHAT_ANSWERED}


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"\xff\xfe", b'"x"', b"[" * 9_000])
def test_an_answer_that_is_no_json_object_still_ends_the_span(
    caller: Caller, echo: EchoServer, spans: CollectedSpans, body: bytes
) -> None:
    """With what the request said."""
    instrument_httpx()
    url = answer(echo, CHAT, body)
    assert caller.post(url, json=CHAT_REQUEST).content == body
    assert caller.stream(url, json=CHAT_REQUEST) == body
    assert [of(span, echo) for span in spans()] == [CHAT_ASKED, CHAT_ASKED]


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
    url = answer(echo, CHAT, body, 429)
    assert caller.post(url, json=CHAT_REQUEST).status_code == 429
    caller.stream(url, json=CHAT_REQUEST)
    for span in spans():
        assert span.status.status_code is StatusCode.ERROR
        assert span.status.description == message
        assert of(span, echo) == {
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
    assert of(span, echo)["error.type"] == "overloaded_error"


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


def test_messages_are_written_when_asked_for(
    caller: Caller, echo: EchoServer, spans: CollectedSpans, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By OpenTelemetry's variable, from JSON and from a stream alike."""
    monkeypatch.setenv("OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT", "span_only")
    instrument_httpx()
    url = answer(echo, CHAT, CHAT_RESPONSE)
    caller.post(url, json=CHAT_REQUEST)
    echo.answers[CHAT] = (200, SSE, event_stream(CHAT_CHUNKS))
    caller.stream(url, json=CHAT_REQUEST)
    for span in spans():
        assert span.attributes is not None
        assert json.loads(str(span.attributes["gen_ai.input.messages"])) == [
            {"role": "user", "parts": [{"type": "text", "content": "Where to?"}]}
        ]
        assert json.loads(str(span.attributes["gen_ai.output.messages"])) == [
            {
                "role": "assistant",
                "parts": [{"type": "text", "content": "Lisbon 🌍"}],
                "finish_reason": "stop",
            }
        ]


@pytest.mark.parametrize("value", ["", "NO_CONTENT", "EVENT_ONLY", "true", "nonsense"])
def test_messages_are_not_written_otherwise(
    package: Any,
    echo: EchoServer,
    spans: CollectedSpans,
    monkeypatch: pytest.MonkeyPatch,
    value: str,
) -> None:
    """What the variable does not know is off, as with the official instrumentations."""
    monkeypatch.setenv("OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT", value)
    instrument_httpx()
    package.post(answer(echo, CHAT, CHAT_RESPONSE), json=CHAT_REQUEST)
    assert of(spans.one("chat gpt-4o"), echo) == {**CHAT_ASKED, **CHAT_ANSWERED}


def test_the_argument_beats_the_variable(
    package: Any, echo: EchoServer, spans: CollectedSpans, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In both directions."""
    url = answer(echo, CHAT, CHAT_RESPONSE)
    for variable, argument in (("SPAN_ONLY", False), ("NO_CONTENT", True)):
        monkeypatch.setenv("OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT", variable)
        instrument_httpx(capture_content=argument)
        package.post(url, json=CHAT_REQUEST)
    assert ["gen_ai.input.messages" in (span.attributes or {}) for span in spans()] == [False, True]


@pytest.mark.parametrize(
    "mark",
    [
        {"gen_ai.operation.name": "chat"},
        {"openinference.span.kind": "LLM"},
        {"llm.request.type": "chat"},
        {"langfuse.observation.type": "generation"},
    ],
)
def test_a_call_that_somebody_covers_gets_no_span_of_ours(
    caller: Caller, echo: EchoServer, spans: CollectedSpans, mark: dict[str, str]
) -> None:
    """Whatever convention their span speaks; a gateway's id is noted on it."""
    instrument_httpx()
    url = answer(echo, CHAT, CHAT_RESPONSE, **{"helicone-id": "h-1"})
    with trace.get_tracer("theirs").start_as_current_span("theirs", attributes=mark):
        caller.post(url, json=CHAT_REQUEST)
    assert [
        (span.name, dict(span.attributes or {})["helicone.request.id"]) for span in spans()
    ] == [("theirs", "h-1")]


def test_what_a_gateway_of_helicone_answers_is_noted_on_our_span(
    caller: Caller, echo: EchoServer, spans: CollectedSpans
) -> None:
    """So that the call is not logged twice."""
    instrument_httpx()
    url = answer(echo, CHAT, CHAT_RESPONSE, **{"Helicone-Id": "h-1"})
    caller.post(url, json=CHAT_REQUEST)
    assert of(spans.one("chat gpt-4o"), echo)["helicone.request.id"] == "h-1"


@pytest.mark.parametrize("suppress", [suppress_instrumentation, suppress_http_instrumentation])
def test_suppressed_calls_have_headers_but_no_span(
    caller: Caller, echo: EchoServer, spans: CollectedSpans, suppress: Any
) -> None:
    """Headers tell the receiver whose request it is; they are no telemetry."""
    instrument_httpx(allow_hosts=["127.0.0.1"])
    with session("Trip", id="a"), suppress():
        caller.post(answer(echo, CHAT, CHAT_RESPONSE), json=CHAT_REQUEST)
    assert spans() == ()
    assert announced(echo.last.headers)["helicone-session-id"] == "a"


def test_traceloops_word_for_suppressed_holds_too(
    package: Any, echo: EchoServer, spans: CollectedSpans
) -> None:
    """Its LangChain instrumentation covers the call with a span that is not current."""
    instrument_httpx()
    key = "suppress_language_model_instrumentation"
    token = context.attach(context.set_value(key, True))
    package.post(answer(echo, CHAT, CHAT_RESPONSE), json=CHAT_REQUEST)
    context.detach(token)
    assert spans() == ()


@pytest.mark.parametrize(
    ("method", "path", "request_body"),
    [
        ("POST", "/v1/chat/completions", {"json": {"model": "m"}}),
        ("POST", "/v1/chat/completions", {"content": b"{"}),
        ("POST", "/v1/chat/completions", {"json": [1]}),
        ("POST", "/v1/chat/completions", {"content": b"\xff"}),
        ("POST", "/v1/chat/completions", {"data": {"messages": "x"}}),
        ("POST", "/v1/models", {"json": CHAT_REQUEST}),
        ("POST", "/v1/threads/t/messages", {"json": {"role": "user", "content": "x"}}),
        ("POST", "/chat/messages", {"json": MESSAGES_REQUEST}),
        ("POST", "/v1/messages/count_tokens", {"json": MESSAGES_REQUEST}),
        ("POST", "/v1/responses", {"json": {"answers": [1]}}),
        ("PUT", "/v1/chat/completions", {"json": CHAT_REQUEST}),
        ("POST", "/v1/chat/completions", {"content": iter([b"{}"])}),
    ],
)
def test_what_is_no_llm_call_gets_no_span(
    package: Any, echo: EchoServer, spans: CollectedSpans, method: str, path: str, request_body: Any
) -> None:
    """Path, method and body must all be an LLM call's; the request is sent as it is."""
    instrument_httpx()
    if "content" in request_body and not isinstance(request_body["content"], bytes):
        request_body = {"content": iter([b"{}"]), "headers": {"content-length": "2"}}
    assert package.request(method, f"{echo.url}{path}", **request_body).status_code == 200
    assert spans() == ()


def test_llm_spans_can_be_switched_off(
    caller: Caller, echo: EchoServer, spans: CollectedSpans
) -> None:
    """Headers stay."""
    instrument_httpx(allow_hosts=["127.0.0.1"], llm_spans=False)
    with session("Trip", id="a"):
        caller.post(answer(echo, CHAT, CHAT_RESPONSE), json=CHAT_REQUEST)
    assert spans() == ()
    assert announced(echo.last.headers)["helicone-session-id"] == "a"


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
