"""Session headers on outgoing calls."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from otel_helisession import Session, session
from otel_helisession.http import instrument_httpx
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
