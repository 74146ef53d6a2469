"""Which calls get a span of ours, and what it may say."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from opentelemetry import context, trace
from opentelemetry.instrumentation.utils import (
    suppress_http_instrumentation,
    suppress_instrumentation,
)

from otel_helisession import session, step
from otel_helisession.http import instrument_httpx
from tests.collecting import CollectedSpans
from tests.http.bodies import (
    CHAT,
    CHAT_ANSWERED,
    CHAT_ASKED,
    CHAT_CHUNKS,
    CHAT_REQUEST,
    CHAT_RESPONSE,
    MESSAGES_REQUEST,
    SSE,
    answered_with,
    event_stream,
    said,
)
from tests.http.conftest import Caller, announced
from tests.servers.echo import EchoServer


def test_messages_are_written_when_asked_for(
    caller: Caller, echo: EchoServer, spans: CollectedSpans, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By OpenTelemetry's variable, from JSON and from a stream alike."""
    monkeypatch.setenv("OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT", "span_only")
    instrument_httpx()
    url = answered_with(echo, CHAT, CHAT_RESPONSE)
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
    package.post(answered_with(echo, CHAT, CHAT_RESPONSE), json=CHAT_REQUEST)
    assert said(spans.one("chat gpt-4o"), echo) == {**CHAT_ASKED, **CHAT_ANSWERED}


def test_the_argument_beats_the_variable(
    package: Any, echo: EchoServer, spans: CollectedSpans, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In both directions."""
    url = answered_with(echo, CHAT, CHAT_RESPONSE)
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
    url = answered_with(echo, CHAT, CHAT_RESPONSE, headers={"helicone-id": "h-1"})
    with trace.get_tracer("theirs").start_as_current_span("theirs", attributes=mark):
        caller.post(url, json=CHAT_REQUEST)
    assert [
        (span.name, dict(span.attributes or {})["helicone.request.id"]) for span in spans()
    ] == [("theirs", "h-1")]


LANGFUSE = {
    "langfuse.observation.type": "generation",
    "langfuse.observation.model.name": "gpt-4o",
}


@pytest.mark.parametrize(("model", "ours"), [("gpt-4o", []), ("gpt-4o-mini", ["chat gpt-4o-mini"])])
def test_a_span_that_a_callback_cannot_make_current_covers_its_call(
    caller: Caller, echo: EchoServer, spans: CollectedSpans, model: str, ours: list[str]
) -> None:
    """As LangChain's do; a call of another model at that time is another call."""
    instrument_httpx()
    url = answered_with(echo, CHAT, CHAT_RESPONSE)
    tracer = trace.get_tracer("theirs")
    with session("Trip"), step("ask") as current:
        chain = tracer.start_span("chain")
        around = trace.set_span_in_context(chain)
        theirs = tracer.start_span("theirs", around, attributes=LANGFUSE)
        caller.post(url, json={**CHAT_REQUEST, "model": model})
        theirs.end()
        chain.end()
    assert current is not None
    assert [span.name for span in spans()] == [*ours, "theirs", "chain", "ask"]


def test_calls_at_the_same_time_do_not_cover_each_other(
    package: Any, echo: EchoServer, spans: CollectedSpans
) -> None:
    """Ours are told from other people's."""
    instrument_httpx()
    url = answered_with(echo, CHAT, CHAT_RESPONSE)

    async def main() -> None:
        async with package.AsyncClient() as client:
            await asyncio.gather(*(client.post(url, json=CHAT_REQUEST) for _ in range(5)))

    with session("Trip"), step("ask"):
        asyncio.run(main())
    assert [span.name for span in spans()] == ["chat gpt-4o"] * 5 + ["ask"]


def test_what_a_gateway_of_helicone_answers_is_noted_on_our_span(
    caller: Caller, echo: EchoServer, spans: CollectedSpans
) -> None:
    """So that the call is not logged twice."""
    instrument_httpx()
    url = answered_with(echo, CHAT, CHAT_RESPONSE, headers={"Helicone-Id": "h-1"})
    caller.post(url, json=CHAT_REQUEST)
    assert said(spans.one("chat gpt-4o"), echo)["helicone.request.id"] == "h-1"


@pytest.mark.parametrize("suppress", [suppress_instrumentation, suppress_http_instrumentation])
def test_suppressed_calls_have_headers_but_no_span(
    caller: Caller, echo: EchoServer, spans: CollectedSpans, suppress: Any
) -> None:
    """Headers tell the receiver whose request it is; they are no telemetry."""
    instrument_httpx(allow_hosts=["127.0.0.1"])
    with session("Trip", id="a"), suppress():
        caller.post(answered_with(echo, CHAT, CHAT_RESPONSE), json=CHAT_REQUEST)
    assert spans() == ()
    assert announced(echo.last.headers)["helicone-session-id"] == "a"


def test_traceloops_word_for_suppressed_holds_too(
    package: Any, echo: EchoServer, spans: CollectedSpans
) -> None:
    """Its LangChain instrumentation covers the call with a span that is not current."""
    instrument_httpx()
    key = "suppress_language_model_instrumentation"
    token = context.attach(context.set_value(key, True))
    package.post(answered_with(echo, CHAT, CHAT_RESPONSE), json=CHAT_REQUEST)
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
        caller.post(answered_with(echo, CHAT, CHAT_RESPONSE), json=CHAT_REQUEST)
    assert spans() == ()
    assert announced(echo.last.headers)["helicone-session-id"] == "a"
