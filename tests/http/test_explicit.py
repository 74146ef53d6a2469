"""The user's own session headers: they say whose the request is, with no change of code."""

from __future__ import annotations

from typing import Any

import openai
import pytest
from opentelemetry import trace

from otel_helisession import current_session, session, step
from otel_helisession.http import instrument_httpx
from otel_helisession.sessions import bucket
from tests.collecting import CollectedSpans
from tests.http.conftest import Caller, announced
from tests.servers.echo import EchoServer

LLM = {"gen_ai.operation.name": "chat", "gen_ai.request.model": "gpt-4o"}
BODY = {"model": "gpt-4o", "messages": [{"role": "user", "content": "hi"}]}
OWN = {
    "helicone-session-id": "mine",
    "helicone-session-path": "/own",
    "helicone-session-name": "Own",
}


def stamp(span: Any) -> dict[str, Any]:
    """Return what a span says about its session, without our prefix."""
    keys = [key for key in span.attributes if key.startswith("helicone.session.")]
    return {key.removeprefix("helicone.session."): span.attributes[key] for key in keys}


def test_another_id_than_ours_stays_alone(caller: Caller, echo: EchoServer) -> None:
    """Path, name, user and properties of the current session would contradict it."""
    instrument_httpx(allow_hosts=["127.0.0.1"])
    with session("Trip", id="ours", path="/trip", user_id="u", properties={"Plan": "pro"}):
        caller.post(echo.url, headers={"HELICONE-SESSION-ID": "mine"})
    assert announced(echo.last.headers) == {"helicone-session-id": "mine"}


def test_our_id_is_completed_with_path_and_name(caller: Caller, echo: EchoServer) -> None:
    """And nothing else: the user chose what to send."""
    instrument_httpx(allow_hosts=["127.0.0.1"])
    with session("Trip", id="ours", path="/trip", user_id="u"), step("find"):
        caller.post(echo.url, headers={"Helicone-Session-Id": "ours"})
        caller.post(
            echo.url,
            headers={"Helicone-Session-Id": "ours", "Helicone-Session-Path": "/mine"},
        )
    assert [announced(seen.headers) for seen in echo.requests] == [
        {
            "helicone-session-id": "ours",
            "helicone-session-path": path,
            "helicone-session-name": "Trip",
        }
        for path in ("/trip/find", "/mine")
    ]


def test_a_foreign_host_gets_just_what_the_user_set(caller: Caller, echo: EchoServer) -> None:
    """Also when the ids agree."""
    instrument_httpx()
    with session("Trip", id="ours", path="/trip"):
        caller.post(echo.url, headers={"Helicone-Session-Id": "ours"})
    assert announced(echo.last.headers) == {"helicone-session-id": "ours"}


def test_a_redirect_takes_back_what_completed_the_users_id(
    caller: Caller, echo: EchoServer
) -> None:
    """The id is the user's and stays."""
    echo.answers["/start"] = (307, {"location": f"http://localhost:{echo.port}/far"}, b"")
    instrument_httpx(allow_hosts=["127.0.0.1"])
    with session("Trip", id="ours"):
        caller.post(
            f"{echo.url}/start",
            client={"follow_redirects": True},
            headers={"Helicone-Session-Id": "ours"},
        )
    first, second = echo.requests
    assert len(announced(first.headers)) == 3
    assert announced(second.headers) == {"helicone-session-id": "ours"}


@pytest.mark.parametrize("identifier", ["", "%00"])
def test_an_id_that_is_none_is_sent_as_it_is(
    caller: Caller, echo: EchoServer, identifier: str
) -> None:
    """We neither complete nor replace it."""
    instrument_httpx(allow_hosts=["127.0.0.1"])
    with session("Trip", id="ours"):
        caller.post(echo.url, headers={"Helicone-Session-Id": identifier})
    assert announced(echo.last.headers) == {"helicone-session-id": identifier}


def test_the_request_is_sent_within_that_session(caller: Caller, echo: EchoServer) -> None:
    """Spans made below, as of an HTTP instrumentation, are that session's; after it, ours."""
    seen = []

    def answer(request: Any) -> Any:
        seen.append(current_session())
        return caller.package.Response(200, json={})

    instrument_httpx()
    with session("Trip", id="ours") as ours:
        caller.post(
            "https://api.example.com",
            client={"transport": caller.package.MockTransport(answer)},
            headers=OWN,
        )
        assert current_session() == ours
    assert [(found.id, found.path, found.name) for found in seen] == [("mine", "/own", "Own")]


def test_the_llm_span_around_it_becomes_that_sessions(
    caller: Caller, echo: EchoServer, spans: CollectedSpans
) -> None:
    """It had none, or another one; the spans around it keep theirs."""
    instrument_httpx()
    tracer = trace.get_tracer("test")
    with tracer.start_as_current_span("chat outside", attributes=LLM):
        caller.post(echo.url, headers=OWN)
    with (
        session("Trip", id="ours", path="/trip", user_id="u"),
        step("find"),
        tracer.start_as_current_span("chat inside", attributes=LLM),
    ):
        caller.post(echo.url, headers=OWN)
    theirs = {"id": "mine", "path": "/own", "name": "Own"}
    for name in ("chat outside", "chat inside"):
        assert stamp(spans.one(name)) == theirs
        assert spans.one(name).attributes["session.id"] == "mine"
        assert spans.one(name).attributes["gen_ai.conversation.id"] == "mine"
        assert spans.one(name).attributes["helicone.request.type"] == "llm"
    assert stamp(spans.one("find")) == {"id": "ours", "path": "/trip/find", "name": "Trip"}


def test_a_hook_that_sets_the_header_claims_the_llm_span_too(
    package: Any, echo: EchoServer, spans: CollectedSpans
) -> None:
    """However the user's code puts it on the request."""

    def own(request: Any) -> None:
        request.headers.update(OWN)

    instrument_httpx()
    tracer = trace.get_tracer("test")
    with (
        package.Client(event_hooks={"request": [own]}) as client,
        tracer.start_as_current_span("chat", attributes=LLM),
    ):
        client.post(echo.url)
    assert stamp(spans.one("chat")) == {"id": "mine", "path": "/own", "name": "Own"}


def test_what_another_library_wrote_on_the_span_stays(
    caller: Caller, echo: EchoServer, spans: CollectedSpans
) -> None:
    """``helicone.session.*`` says what we think."""
    instrument_httpx()
    theirs = {**LLM, "session.id": "theirs", "gen_ai.conversation.id": "thread-9"}
    with trace.get_tracer("test").start_as_current_span("chat", attributes=theirs):
        caller.post(echo.url, headers=OWN)
    attributes = spans.one("chat").attributes
    assert attributes["session.id"] == "theirs"
    assert attributes["gen_ai.conversation.id"] == "thread-9"
    assert attributes["helicone.session.id"] == "mine"


def test_the_bucket_goes_with_the_id(
    caller: Caller, echo: EchoServer, spans: CollectedSpans, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also on a span that had another session's, and from then on: not only once it is finished."""
    monkeypatch.setattr(bucket, "stamped", True)
    instrument_httpx()
    theirs: Any = {**LLM, "session.id": "theirs"}
    with trace.get_tracer("test").start_as_current_span("chat", attributes=theirs) as span:
        caller.post(echo.url, headers=OWN)
        seen: Any = span
        mine = bucket.bucket_of(bucket.randomness("mine"))
        assert seen.attributes["helicone.session.bucket"] == mine


def test_an_llm_span_of_ours_is_that_sessions(
    caller: Caller, echo: EchoServer, spans: CollectedSpans
) -> None:
    """Where nobody else covers the call."""
    instrument_httpx()
    caller.post(f"{echo.url}/v1/chat/completions", json=BODY, headers=OWN)
    assert stamp(spans.one("chat gpt-4o")) == {"id": "mine", "path": "/own", "name": "Own"}


WORKED_EXAMPLES = {
    "Code Generation Assistant": [
        "/request",
        "/request/validation",
        "/request/validation/typescript",
    ],
    "PR Review Bot": ["/analysis", "/analysis/security", "/analysis/security/comments"],
    "API Documentation Generator": ["/analyze", "/analyze/openapi", "/analyze/openapi/examples"],
}


@pytest.mark.parametrize("name", WORKED_EXAMPLES)
@pytest.mark.parametrize("covered", [True, False], ids=["official", "ours"])
def test_helicones_worked_examples_run_as_they_stand(
    name: str, covered: bool, llm: Any, spans: CollectedSpans
) -> None:
    """One id, one name, three paths: on the spans as in the headers, no code changed."""
    from opentelemetry.instrumentation.genai.openai import OpenAIInstrumentor

    instrument_httpx()
    if covered:
        OpenAIInstrumentor().instrument()
    try:
        client = openai.OpenAI(base_url=llm.openai_url, api_key="sk-helicone-fake-0000")
        messages: list[Any] = [{"role": "user", "content": "Write a function"}]
        for path in WORKED_EXAMPLES[name]:
            answer = client.chat.completions.create(
                model="gpt-4o-mini",
                messages=messages,
                extra_headers={
                    "Helicone-Session-Id": "6c9a2b8e-0000-4000-8000-000000000001",
                    "Helicone-Session-Path": path,
                    "Helicone-Session-Name": name,
                },
            )
            messages += [answer.choices[0].message, {"role": "user", "content": "Go on"}]
    finally:
        if covered:
            OpenAIInstrumentor().uninstrument()
    expected = [
        {"id": "6c9a2b8e-0000-4000-8000-000000000001", "path": path, "name": name}
        for path in WORKED_EXAMPLES[name]
    ]
    assert [stamp(span) for span in spans()] == expected
    assert [
        {
            key.removeprefix("helicone-session-"): value
            for key, value in announced(r.headers).items()
        }
        for r in llm.requests
    ] == expected
