"""The real SDKs, with and without the official instrumentations, beside HTTP spans."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import anthropic
import openai
import pytest
from opentelemetry.instrumentation.genai.anthropic import AnthropicInstrumentor
from opentelemetry.instrumentation.genai.openai import OpenAIInstrumentor
from opentelemetry.instrumentation.httpx import (
    HTTPX2ClientInstrumentor,
    HTTPXClientInstrumentor,
)

from otel_helisession import session, step
from otel_helisession.conventions import reader
from otel_helisession.demo.server import ScriptedLLM
from otel_helisession.http import instrument_httpx
from tests.collecting import CollectedSpans
from tests.http.conftest import announced

LOCAL = ["127.0.0.1"]
HI: Any = [{"role": "user", "content": "hi"}]


@pytest.fixture(params=["none", "before", "after"])
def instrumented(request: pytest.FixtureRequest) -> Iterator[str]:
    """Ours, and the official instrumentations of httpx and the SDKs: none, before, or after us."""
    theirs: list[Any] = [
        HTTPXClientInstrumentor(),
        HTTPX2ClientInstrumentor(),
        OpenAIInstrumentor(),
        AnthropicInstrumentor(),
    ]
    with ExitStack() as undo:
        if request.param == "after":
            instrument_httpx(allow_hosts=LOCAL)
        for one in theirs if request.param != "none" else []:
            one.instrument()
            undo.callback(one.uninstrument)
        if request.param != "after":
            instrument_httpx(allow_hosts=LOCAL)
        yield request.param


def use_sync(llm: ScriptedLLM) -> None:
    with openai.OpenAI(base_url=llm.openai_url, api_key="sk-fake-0000") as client:
        client.chat.completions.create(model="gpt-4o", messages=HI)
        options: Any = {"stream": True, "stream_options": {"include_usage": True}}
        list(client.chat.completions.create(model="gpt-4o", messages=HI, **options))
        client.embeddings.create(model="e", input="x")
    with anthropic.Anthropic(base_url=llm.url, api_key="sk-fake-0000") as client_:
        client_.messages.create(model="claude", max_tokens=9, messages=HI)
        with client_.messages.stream(model="claude", max_tokens=9, messages=HI) as stream:
            stream.get_final_message()


async def use_async(llm: ScriptedLLM) -> None:
    async with openai.AsyncOpenAI(base_url=llm.openai_url, api_key="sk-fake-0000") as client:
        await client.chat.completions.create(model="gpt-4o", messages=HI)
        options: Any = {"stream": True, "stream_options": {"include_usage": True}}
        stream = await client.chat.completions.create(model="gpt-4o", messages=HI, **options)
        async for _ in stream:
            pass
        await client.embeddings.create(model="e", input="x")
    async with anthropic.AsyncAnthropic(base_url=llm.url, api_key="sk-fake-0000") as client_:
        await client_.messages.create(model="claude", max_tokens=9, messages=HI)
        async with client_.messages.stream(model="claude", max_tokens=9, messages=HI) as stream_:
            await stream_.get_final_message()


@pytest.mark.parametrize("asynchronous", [False, True], ids=["sync", "async"])
def test_each_call_of_the_sdks_has_the_session_in_header_and_span(
    asynchronous: bool, instrumented: str, llm: ScriptedLLM, spans: CollectedSpans
) -> None:
    """Whoever instruments what, and in which order; usage is on a span of each call."""
    with session("Trip", id="a", path="/trip"), step("find"):
        if asynchronous:
            asyncio.run(use_async(llm))
        else:
            use_sync(llm)
    place = {"id": "a", "path": "/trip/find", "name": "Trip"}
    assert [announced(request.headers) for request in llm.requests] == [
        {f"helicone-session-{name}": value for name, value in place.items()}
    ] * 5
    made = [(span, reader.read(span)) for span in spans()]
    for span, _ in made:
        assert span.attributes is not None
        assert {name: span.attributes[f"helicone.session.{name}"] for name in place} == place
    calls = [operation for _, operation in made if operation.kind == "llm"]
    assert len({operation.response_id for operation in calls if operation.response_id}) == 4
    assert all(operation.usage.input_tokens for operation in calls)


def test_what_nobody_covers_gets_one_span_of_ours(llm: ScriptedLLM, spans: CollectedSpans) -> None:
    """The OpenAI SDK makes none itself; retries of its own are calls of their own."""
    instrument_httpx(allow_hosts=LOCAL)
    llm.fail("chat", 429)
    with openai.OpenAI(base_url=llm.openai_url, api_key="sk-fake-0000") as client:
        answer = client.chat.completions.create(model="gpt-4o", messages=HI)
    failed, worked = [reader.read(span) for span in spans()]
    assert failed.failure is not None
    assert (failed.failure.type, failed.failure.status_code) == ("429", 429)
    assert failed.failure.message == "a scripted failure: rate_limit_error"
    assert (worked.failure, worked.response_id) == (None, answer.id)


def test_what_somebody_covers_gets_none(llm: ScriptedLLM, spans: CollectedSpans) -> None:
    """One span a call, theirs."""
    instrument_httpx(allow_hosts=LOCAL)
    OpenAIInstrumentor().instrument()
    try:
        with openai.OpenAI(base_url=llm.openai_url, api_key="sk-fake-0000") as client:
            client.chat.completions.create(model="gpt-4o", messages=HI)
            list(client.chat.completions.create(model="gpt-4o", messages=HI, stream=True))
    finally:
        OpenAIInstrumentor().uninstrument()
    scopes = {span.instrumentation_scope.name for span in spans() if span.instrumentation_scope}
    assert len(spans()) == 2
    assert "otel_helisession.http" not in scopes


def test_http_spans_are_children_of_ours_and_carry_traceparent(
    llm: ScriptedLLM, spans: CollectedSpans
) -> None:
    """opentelemetry-instrumentation-httpx works below us."""
    instrument_httpx(allow_hosts=LOCAL)
    HTTPX2ClientInstrumentor().instrument()
    try:
        with openai.OpenAI(base_url=llm.openai_url, api_key="sk-fake-0000") as client:
            client.chat.completions.create(model="gpt-4o", messages=HI)
    finally:
        HTTPX2ClientInstrumentor().uninstrument()
    http, chat = spans()
    assert http.parent is not None
    assert http.parent.span_id == chat.context.span_id
    assert f"{http.context.span_id:016x}" in llm.requests[0].headers["traceparent"]


def test_a_stream_of_the_sdk_left_early_ends_the_span(spans: CollectedSpans) -> None:
    """With what came until then."""
    instrument_httpx(allow_hosts=LOCAL)
    with (
        ScriptedLLM(tokens_per_second=200) as llm,
        openai.OpenAI(base_url=llm.openai_url, api_key="sk-fake-0000") as client,
    ):
        with client.chat.completions.create(model="gpt-4o", messages=HI, stream=True) as stream:
            next(iter(stream))
        (span,) = spans()
    operation = reader.read(span)
    assert operation.response_id is not None
    assert operation.time_to_first_token_ms is not None
    assert operation.failure is None
