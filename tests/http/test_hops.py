"""Redirects, auth flows, retries and users' hooks: every hop is looked at anew."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Iterator
from typing import Any

import pytest

from otel_helisession import session, step
from otel_helisession.http import instrument_httpx, uninstrument_httpx
from tests.http.conftest import Caller, announced
from tests.servers.echo import EchoServer

LOCAL = ["127.0.0.1"]


@pytest.fixture
def far(echo: EchoServer) -> str:
    """A redirect from an allowed host to one that is not."""
    far = f"http://localhost:{echo.port}/far"
    echo.answers["/start"] = (307, {"location": far}, b"")
    return f"{echo.url}/start"


def test_a_redirect_to_another_host_loses_what_we_added(
    caller: Caller, echo: EchoServer, far: str
) -> None:
    """httpx takes all headers along but Authorization."""
    instrument_httpx(allow_hosts=LOCAL)
    with session("Trip", id="a", user_id="u", properties={"Plan": "pro"}):
        caller.post(far, client={"follow_redirects": True})
    first, second = echo.requests
    assert len(announced(first.headers)) == 5
    assert announced(second.headers) == {}


def test_a_redirect_keeps_what_the_user_set(caller: Caller, echo: EchoServer, far: str) -> None:
    """It is the user's, on allowed hosts and on others."""
    instrument_httpx(allow_hosts=LOCAL)
    own = {"Helicone-User-Id": "mine", "Helicone-Property-Plan": "mine"}
    with session("Trip", id="a", user_id="u", properties={"Plan": "pro"}):
        caller.post(far, client={"follow_redirects": True}, headers=own)
    assert announced(echo.last.headers) == {
        "helicone-user-id": "mine",
        "helicone-property-plan": "mine",
    }


def test_a_redirect_to_an_allowed_host_keeps_the_session(
    caller: Caller, echo: EchoServer, far: str
) -> None:
    """Both hosts are on the list."""
    instrument_httpx(allow_hosts=[*LOCAL, "localhost"])
    with session("Trip", id="a"):
        caller.post(far, client={"follow_redirects": True})
    assert [announced(seen.headers)["helicone-session-id"] for seen in echo.requests] == ["a", "a"]


def test_a_redirect_from_a_foreign_host_to_an_allowed_one_gains_the_session(
    caller: Caller, echo: EchoServer
) -> None:
    """Each hop is decided for itself."""
    echo.answers["/start"] = (307, {"location": f"{echo.url}/end"}, b"")
    instrument_httpx(allow_hosts=LOCAL)
    with session("Trip", id="a"):
        caller.post(f"http://localhost:{echo.port}/start", client={"follow_redirects": True})
    assert [announced(seen.headers) != {} for seen in echo.requests] == [False, True]


def test_next_request_is_clean_when_the_user_follows_a_redirect_himself(
    package: Any, echo: EchoServer, far: str
) -> None:
    """``response.next_request`` has our headers until it is sent."""
    instrument_httpx(allow_hosts=LOCAL)
    with package.Client() as client, session("Trip", id="a"):
        client.send(client.post(far).next_request)
    assert announced(echo.last.headers) == {}


def test_each_request_of_an_auth_flow_is_decided_by_its_host(
    package: Any, echo: EchoServer
) -> None:
    """A token endpoint elsewhere is told nothing."""

    class TokenAuth(package.Auth):  # type: ignore[misc]
        def auth_flow(self, request: Any) -> Iterator[Any]:
            yield package.Request("POST", f"http://localhost:{echo.port}/token")
            request.headers["Authorization"] = "Bearer fake-0000"
            yield request

    instrument_httpx(allow_hosts=LOCAL)
    with package.Client(auth=TokenAuth()) as client, session("Trip", id="a"):
        client.post(f"{echo.url}/call")
    token, call = echo.requests
    assert (token.path, announced(token.headers)) == ("/token", {})
    assert announced(call.headers)["helicone-session-id"] == "a"


def test_a_retry_of_the_same_request_announces_the_place_it_is_sent_from(
    package: Any, echo: EchoServer
) -> None:
    """As retry libraries do it: one Request, sent until it works."""
    instrument_httpx(allow_hosts=LOCAL)
    with package.Client() as client, session("Trip", id="a", path="/trip"):
        request = client.build_request("GET", echo.url)
        client.send(request)
        with step("again"):
            client.send(request)
    assert [announced(seen.headers)["helicone-session-path"] for seen in echo.requests] == [
        "/trip",
        "/trip/again",
    ]


def test_a_users_hook_runs_before_ours_and_its_session_counts(
    package: Any, echo: EchoServer
) -> None:
    """Also when it is set after the first request, and however often."""
    instrument_httpx(allow_hosts=LOCAL)

    def own(request: Any) -> None:
        request.headers["Helicone-Session-Id"] = "mine"

    with package.Client() as client, session("Trip", id="a"):
        client.get(echo.url)
        for _ in range(3):
            client.event_hooks["request"].append(own)
            client.get(echo.url)
        assert len(client.event_hooks["request"]) == 4
        client.event_hooks = {"request": [own]}
        client.get(echo.url)
    assert [announced(seen.headers)["helicone-session-id"] for seen in echo.requests] == [
        "a",
        *["mine"] * 4,
    ]
    assert all("helicone-session-path" not in seen.headers for seen in echo.requests[1:])


def test_uninstrument_leaves_clients_as_they_were(caller: Caller, echo: EchoServer) -> None:
    """Methods and hooks are the user's own again, and calls have no headers."""
    client_class = caller.package.AsyncClient if caller.asynchronous else caller.package.Client
    send = client_class.send
    instrument_httpx(allow_hosts=LOCAL)
    assert client_class.send is not send
    client = client_class()
    with session("Trip"):
        if not caller.asynchronous:
            client.get(echo.url)
            assert len(client.event_hooks["request"]) == 1
        uninstrument_httpx()
        assert client_class.send is send
        assert client.event_hooks == {"request": [], "response": []}
        caller.post(echo.url)
    assert announced(echo.last.headers) == {}
    if not caller.asynchronous:
        client.close()


def test_a_send_that_others_wrapped_stays_and_is_idle(package: Any, echo: EchoServer) -> None:
    """Sentry and Datadog wrap the same method; their wrapping must survive ours."""
    original = package.Client.send
    instrument_httpx(allow_hosts=LOCAL)
    ours = package.Client.send

    def theirs(self: Any, request: Any, **options: Any) -> Any:
        return ours(self, request, **options)

    package.Client.send = theirs
    try:
        uninstrument_httpx()
        assert package.Client.send is theirs
        with session("Trip", id="a"):
            package.get(echo.url)
            instrument_httpx(allow_hosts=LOCAL)
            package.get(echo.url)
    finally:
        uninstrument_httpx()
        package.Client.send = original
    assert [announced(seen.headers) != {} for seen in echo.requests] == [False, True]


def test_requests_and_responses_can_be_pickled_and_copied(package: Any, echo: EchoServer) -> None:
    """Caching libraries do so."""
    instrument_httpx(allow_hosts=LOCAL)
    with session("Trip", id="a"):
        response = package.get(echo.url)
    again = pickle.loads(pickle.dumps(response))
    assert announced(again.request.headers)["helicone-session-id"] == "a"
    assert copy.copy(response.request).headers == response.request.headers
