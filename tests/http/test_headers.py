"""Session headers on outgoing calls."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF

from otel_helisession import Session, current_session, session, set_session, step
from otel_helisession.http import instrument_httpx
from tests.collecting import CollectedSpans
from tests.http.conftest import Caller, announced
from tests.servers.echo import EchoServer

LOCAL = ["127.0.0.1"]


def test_an_allowed_host_is_told_id_path_name_user_and_properties(
    caller: Caller, echo: EchoServer
) -> None:
    """The five headers that Helicone reads, and no others."""
    instrument_httpx(allow_hosts=LOCAL)
    with session("Trip", id="run-1", path="/trip", user_id="u-7", properties={"Plan": "pro"}):
        caller.post(echo.url)
    assert announced(echo.last.headers) == {
        "helicone-session-id": "run-1",
        "helicone-session-path": "/trip",
        "helicone-session-name": "Trip",
        "helicone-user-id": "u-7",
        "helicone-property-plan": "pro",
    }


def test_other_hosts_are_told_nothing(caller: Caller, echo: EchoServer) -> None:
    """Without allow_hosts only Helicone's own hosts are allowed."""
    instrument_httpx()
    with session("Trip"):
        response = caller.post(echo.url)
    assert announced(echo.last.headers) == {}
    assert response.request.extensions.keys() == {"timeout"}


def test_no_session_no_headers(caller: Caller, echo: EchoServer) -> None:
    """Nor is anything left on the request."""
    instrument_httpx(allow_hosts=LOCAL)
    response = caller.post(echo.url)
    assert announced(echo.last.headers) == {}
    assert response.request.extensions.keys() == {"timeout"}


def test_the_hosts_come_from_the_environment_when_no_argument_is_given(
    caller: Caller, echo: EchoServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An argument, also an empty one, beats the variable."""
    monkeypatch.setenv("HELISESSION_ALLOW_HOSTS", "api.example.com, 127.0.0.1")
    instrument_httpx()
    with session("Trip", id="a"):
        caller.post(echo.url)
        assert announced(echo.last.headers)["helicone-session-id"] == "a"
        instrument_httpx(allow_hosts=())
        caller.post(echo.url)
    assert announced(echo.last.headers) == {}


def test_the_off_switch_wins(
    caller: Caller, echo: EchoServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not even a wrong argument matters then."""
    monkeypatch.setenv("HELISESSION_DISABLED", "true")
    send = caller.package.Client.send
    instrument_httpx(allow_hosts=LOCAL)
    with session("Trip"):
        caller.post(echo.url)
    assert announced(echo.last.headers) == {}
    assert caller.package.Client.send is send


def test_streamed_calls_have_headers(caller: Caller, echo: EchoServer) -> None:
    """And their bodies arrive as they were."""
    instrument_httpx(allow_hosts=LOCAL)
    echo.answers["/s"] = (200, {"content-type": "text/plain"}, b"0123456789" * 1_000)
    with session("Trip", id="a"):
        assert caller.stream(f"{echo.url}/s") == b"0123456789" * 1_000
    assert announced(echo.last.headers)["helicone-session-id"] == "a"


def test_a_client_made_before_has_headers_too(package: Any, echo: EchoServer) -> None:
    """Clients are instrumented by their class."""
    with package.Client() as client:
        client.get(echo.url)
        instrument_httpx(allow_hosts=LOCAL)
        with session("Trip", id="a"):
            client.get(echo.url)
    assert [announced(request.headers) != {} for request in echo.requests] == [False, True]


def test_subclasses_of_clients_have_headers(package: Any, echo: EchoServer) -> None:
    """The SDKs of OpenAI and Anthropic use subclasses."""
    instrument_httpx(allow_hosts=LOCAL)
    with session("Trip", id="a"), type("Own", (package.Client,), {})() as client:
        client.get(echo.url)
    assert announced(echo.last.headers)["helicone-session-id"] == "a"


def test_custom_transports_get_the_headers(caller: Caller) -> None:
    """They are added above the transport."""
    instrument_httpx(allow_hosts=["api.example.com"])
    seen = []

    def answer(request: Any) -> Any:
        seen.append(announced(request.headers))
        return caller.package.Response(200, json={})

    transport = caller.package.MockTransport(answer)
    with session("Trip", id="a"):
        caller.post("https://api.example.com/x", client={"transport": transport})
    assert [headers["helicone-session-id"] for headers in seen] == ["a"]


def test_httpx_aiohttp_gets_the_headers(echo: EchoServer) -> None:
    """The transport of openai[aiohttp] and LiteLLM."""
    httpx_aiohttp = pytest.importorskip("httpx_aiohttp")
    instrument_httpx(allow_hosts=LOCAL)

    async def call() -> None:
        async with httpx_aiohttp.HttpxAiohttpClient() as client:
            with session("Trip", id="a"):
                await client.post(echo.url)

    asyncio.run(call())
    assert announced(echo.last.headers)["helicone-session-id"] == "a"


def test_unsampled_calls_have_headers(caller: Caller, echo: EchoServer) -> None:
    """The session is in the Context, whatever becomes of spans."""
    provider = TracerProvider(sampler=ALWAYS_OFF, shutdown_on_exit=False)
    instrument_httpx(allow_hosts=LOCAL, tracer_provider=provider)
    tracer = provider.get_tracer("test")
    with session("Trip", id="a", path="/trip"), tracer.start_as_current_span("unsampled"):
        caller.post(f"{echo.url}/v1/chat/completions", json={"model": "m", "messages": []})
    assert announced(echo.last.headers)["helicone-session-path"] == "/trip"


def test_the_path_in_the_header_is_the_path_on_the_span(
    caller: Caller, echo: EchoServer, spans: CollectedSpans
) -> None:
    """A unit of work named after its start no longer moves what was announced below it."""
    instrument_httpx(allow_hosts=LOCAL)
    from opentelemetry import trace

    tracer = trace.get_tracer("test")
    agent = {"gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "planner"}
    with session("Trip", path="/trip"), step("research"):
        with tracer.start_as_current_span("agent", attributes=agent):
            caller.post(f"{echo.url}/a")
        with tracer.start_as_current_span("late") as late:
            caller.post(f"{echo.url}/b")
            late.set_attributes(agent)
    paths = [announced(request.headers)["helicone-session-path"] for request in echo.requests]
    assert paths == ["/trip/research/planner", "/trip/research"]
    assert spans.one("agent").attributes["helicone.session.path"] == paths[0]
    assert spans.one("late").attributes["helicone.session.path"] == paths[1]


def test_hostile_text_reaches_the_server_encoded(caller: Caller, echo: EchoServer) -> None:
    """No character of users' data can break the request; reading gives it back."""
    instrument_httpx(allow_hosts=LOCAL)
    name = "Reise 🌍 100%25\r\nX-Evil: 1\x00"
    with session(name, id="ü" * 10, path="/ä//../b/", properties={"a b:c": "ß"}) as entered:
        caller.post(echo.url)
    headers = announced(echo.last.headers)
    assert "x-evil" not in echo.last.headers
    assert all(value.isascii() and value.isprintable() for value in headers.values())
    read = Session.from_headers(headers)
    assert read == entered
    assert read is not None
    assert (read.name, read.path) == ("Reise 🌍 100%25X-Evil: 1", "/ä/b")


def test_what_the_user_set_is_never_overwritten(caller: Caller, echo: EchoServer) -> None:
    """Each header on its own; the rest is added."""
    instrument_httpx(allow_hosts=LOCAL)
    own = {"helicone-USER-id": "mine", "Helicone-Property-plan": "mine"}
    with session("Trip", id="a", user_id="theirs", properties={"Plan": "theirs", "Team": "x"}):
        caller.post(echo.url, headers=own)
    assert announced(echo.last.headers) == {
        "helicone-session-id": "a",
        "helicone-session-path": "/",
        "helicone-session-name": "Trip",
        "helicone-user-id": "mine",
        "helicone-property-plan": "mine",
        "helicone-property-team": "x",
    }


def test_a_request_sent_again_carries_the_session_it_is_sent_in(
    package: Any, echo: EchoServer
) -> None:
    """Ours are replaced, or taken away; the user's own stay."""
    instrument_httpx(allow_hosts=LOCAL)
    with package.Client() as client:
        request = client.build_request("POST", echo.url, headers={"Helicone-User-Id": "mine"})
        with session("Trip", id="a", path="/x", properties={"only": "a"}):
            client.send(request)
        with session("", id="b"):
            client.send(request)
        client.send(request)
    own = {"helicone-user-id": "mine"}
    assert [announced(seen.headers) for seen in echo.requests] == [
        {
            "helicone-session-id": "a",
            "helicone-session-path": "/x",
            "helicone-session-name": "Trip",
            "helicone-property-only": "a",
            **own,
        },
        {"helicone-session-id": "b", "helicone-session-path": "/", **own},
        own,
    ]


def test_a_session_passed_to_another_thread_goes_with_the_call(
    package: Any, echo: EchoServer
) -> None:
    """By set_session and attach, as for spans."""
    import threading

    from opentelemetry import context

    instrument_httpx(allow_hosts=LOCAL)
    with session("Trip", id="a"):
        carried = set_session(current_session())

    def work() -> None:
        token = context.attach(carried)
        package.get(echo.url)
        context.detach(token)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert announced(echo.last.headers)["helicone-session-id"] == "a"


def test_concurrent_tasks_keep_their_sessions_apart(package: Any) -> None:
    """One client, forty calls at once."""
    instrument_httpx(allow_hosts=["api.example.com"])

    async def answer(request: Any) -> Any:
        await asyncio.sleep(0)
        return package.Response(200, text=announced(request.headers)["helicone-session-id"])

    async def call(client: Any, number: int) -> bool:
        with session("Trip", id=f"run-{number}"):
            response = await client.get("https://api.example.com")
        return bool(response.text == f"run-{number}")

    async def main() -> list[bool]:
        async with package.AsyncClient(transport=package.MockTransport(answer)) as client:
            return await asyncio.gather(*(call(client, number) for number in range(40)))

    assert asyncio.run(main()) == [True] * 40


def test_a_live_span_of_a_session_is_enough_where_the_context_was_lost(
    caller: Caller, echo: EchoServer, spans: CollectedSpans
) -> None:
    """The current span's session is announced."""
    from opentelemetry import context, trace

    instrument_httpx(allow_hosts=LOCAL)
    with session("Trip", id="a", path="/trip"):
        span = trace.get_tracer("test").start_span("lost")
    token = context.attach(trace.set_span_in_context(span, context.Context()))
    caller.post(echo.url)
    context.detach(token)
    span.end()
    assert announced(echo.last.headers)["helicone-session-path"] == "/trip"


def test_a_fault_of_ours_does_not_reach_the_user(
    caller: Caller,
    echo: EchoServer,
    monkeypatch: pytest.MonkeyPatch,
    lenient: None,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The request goes on, without headers, and one line is logged."""
    instrument_httpx(allow_hosts=LOCAL)
    monkeypatch.setattr(
        "otel_helisession.http.announcement.announced_session", lambda: {}["missing"]
    )
    with session("Trip"):
        assert caller.post(echo.url).status_code == 200
        assert caller.post(echo.url).status_code == 200
    logged = [record for record in caplog.records if record.name == "otel_helisession"]
    assert [record.getMessage().partition(";")[0] for record in logged] == [
        "adding session headers failed with KeyError"
    ]
