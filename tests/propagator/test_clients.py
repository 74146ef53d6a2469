"""Real clients under OpenTelemetry's instrumentations: what arrives at the server."""

from __future__ import annotations

from collections.abc import Callable
from subprocess import CompletedProcess
from typing import Any

import pytest

from otel_helisession import instrument_httpx, session, step, uninstrument_httpx
from tests.propagator.conftest import CLIENTS, Get, announced, instrumentor, unsampled
from tests.servers.echo import EchoServer

TOLD = {
    "helicone-session-id": "run-1",
    "helicone-session-path": "/trip/find",
    "helicone-session-name": "Trip",
    "helicone-user-id": "u",
    "helicone-property-plan": "pro",
}


HTTPX = {"httpx", "httpx2"}


def trip() -> Any:
    """A session with all that there is to tell."""
    return session("Trip", id="run-1", path="/trip/find", user_id="u", properties={"Plan": "pro"})


def test_an_allowed_host_is_told(get: Get, propagating: Any, echo: EchoServer) -> None:
    """Its span says who the host is, on any port."""
    propagating(allow_hosts=["127.0.0.1"])
    with trip():
        get(echo.url)
    assert announced(echo.last.headers) == TOLD
    assert "traceparent" in echo.last.headers


def test_another_host_is_not(get: Get, propagating: Any, echo: EchoServer) -> None:
    """Only Helicone's own are allowed from the start."""
    propagating(allow_hosts=["api.example.com"])
    with trip():
        get(echo.url)
    assert announced(echo.last.headers) == {}


def test_without_a_session_nothing_is_added(get: Get, propagating: Any, echo: EchoServer) -> None:
    """Also to allowed hosts."""
    propagating(allow_hosts=["127.0.0.1"])
    get(echo.url)
    assert announced(echo.last.headers) == {}


def test_an_unsampled_request_tells_only_with_a_host_in_its_headers(
    client: str, get: Get, propagating: Any, echo: EchoServer
) -> None:
    """A span that does not record says nothing; httpx puts the host into the carrier."""
    propagating(allow_hosts=["127.0.0.1"])
    with unsampled(), trip():
        get(echo.url)
        assert announced(echo.last.headers) == (TOLD if client in HTTPX else {})
        get(echo.url, {"Host": f"127.0.0.1:{echo.port}"})
        assert announced(echo.last.headers) == TOLD


def test_a_host_header_for_an_allowed_name_does_not_open_another_host(
    client: str, get: Get, propagating: Any, echo: EchoServer
) -> None:
    """The request goes where its URL says."""
    propagating(allow_hosts=["api.example.com"])
    with trip():
        get(echo.url, {"Host": "api.example.com"})
    assert echo.last.headers["host"] == "api.example.com"
    assert announced(echo.last.headers) == {}


def test_another_id_on_the_request_stays_alone(
    get: Get, propagating: Any, echo: EchoServer
) -> None:
    """The request is the user's, whatever the case of the name."""
    propagating(allow_hosts=["127.0.0.1"])
    with trip():
        get(echo.url, {"HELICONE-session-ID": "mine"})
    assert announced(echo.last.headers) == {"helicone-session-id": "mine"}


def test_our_id_on_the_request_is_completed(get: Get, propagating: Any, echo: EchoServer) -> None:
    """With what is missing of path and name, and nothing else."""
    propagating(allow_hosts=["127.0.0.1"])
    with trip():
        get(echo.url, {"helicone-session-id": "run-1", "helicone-session-path": "/mine"})
    assert announced(echo.last.headers) == {
        "helicone-session-id": "run-1",
        "helicone-session-path": "/mine",
        "helicone-session-name": "Trip",
    }


KEEPS_OURS = {"requests", "urllib", "aiohttp", *HTTPX}
"""Clients that follow a redirect below the instrumentation, or with the headers of the
request that was answered: docs/propagation.md says what to do about it."""


def test_after_a_redirect(client: str, get: Get, propagating: Any, echo: EchoServer) -> None:
    """Only urllib3 starts each hop anew; the others repeat the headers of the first."""
    echo.answers["/start"] = (302, {"location": f"http://localhost:{echo.port}/far"}, b"")
    propagating(allow_hosts=["127.0.0.1"])
    with trip():
        get(f"{echo.url}/start")
    near, far = echo.requests
    assert announced(near.headers) == TOLD
    assert announced(far.headers) == (TOLD if client in KEEPS_OURS else {})


@pytest.mark.parametrize("client", sorted(HTTPX))
def test_httpx_with_the_propagator_and_our_own_hook(
    get: Get, propagating: Any, echo: EchoServer
) -> None:
    """Each header is sent once, and a redirect to a host that is not allowed has none."""
    echo.answers["/start"] = (302, {"location": f"http://localhost:{echo.port}/far"}, b"")
    propagating(allow_hosts=["127.0.0.1"])
    instrument_httpx(allow_hosts=["127.0.0.1"])
    try:
        with session("Trip", id="run-1"), step("find"):
            get(f"{echo.url}/start")
            get(echo.url, {"Helicone-Session-Id": "mine"})
    finally:
        uninstrument_httpx()
    near, far, own = (announced(request.headers) for request in echo.requests)
    assert near == {
        "helicone-session-id": "run-1",
        "helicone-session-path": "/find",
        "helicone-session-name": "Trip",
    }
    assert far == {}
    assert own == {"helicone-session-id": "mine"}


NEW_CONVENTIONS = """
import sys
from opentelemetry import propagate, trace
from opentelemetry.propagators.composite import CompositePropagator
from opentelemetry.sdk.trace import TracerProvider
from otel_helisession import SessionPropagator, session
from tests.propagator.conftest import CLIENTS, instrumentor

trace.set_tracer_provider(TracerProvider(shutdown_on_exit=False))
propagate.set_global_textmap(SessionPropagator(allow_hosts=["127.0.0.1"]))
for name, (get, kind) in CLIENTS.items():
    instrumented = instrumentor(kind)
    instrumented.instrument()
    with session("Trip", id=name):
        get(sys.argv[1])
    instrumented.uninstrument()
"""


def test_the_new_http_conventions(
    run_python: Callable[..., CompletedProcess[str]], echo: EchoServer, pytestconfig: Any
) -> None:
    """With OTEL_SEMCONV_STABILITY_OPT_IN=http the host is found under its new names."""
    for _, name in CLIENTS.values():
        instrumentor(name)  # skips here what the other process cannot
    done = run_python(
        NEW_CONVENTIONS,
        echo.url,
        OTEL_SEMCONV_STABILITY_OPT_IN="http",
        PYTHONPATH=str(pytestconfig.rootpath),
    )
    assert done.returncode == 0, done.stderr
    ids = [request.headers.get("helicone-session-id") for request in echo.requests]
    assert ids == ["requests", "urllib", "urllib3", "aiohttp", "httpx", "httpx2"]
