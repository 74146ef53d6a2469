"""Who is told a session: allowed hosts, and nobody on the way there."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.sdk.trace.export import SpanExportResult

from otel_helisession import HeliconeSpanExporter, session
from otel_helisession.http import instrument_httpx, uninstrument_httpx
from tests.helicone.endpoint import FakeHelicone
from tests.helicone.spans import llm
from tests.helicone.test_network import Proxy, certificate
from tests.http.conftest import Caller, announced
from tests.privacy.attacks import KEY, seen_in
from tests.servers.echo import EchoServer

__all__ = ["certificate"]

LOCAL = ["127.0.0.1", "localhost"]


@pytest.fixture(autouse=True)
def _clean() -> Iterator[None]:
    yield
    uninstrument_httpx()


@pytest.fixture(params=["httpx", "httpx2"])
def package(request: pytest.FixtureRequest) -> Any:
    return pytest.importorskip(request.param)


@pytest.fixture(params=[False, True], ids=["sync", "async"])
def caller(request: pytest.FixtureRequest, package: Any) -> Caller:
    return Caller(package, request.param)


@pytest.fixture
def secure(certificate: Path) -> Iterator[EchoServer]:
    """An echo server behind TLS."""
    with EchoServer() as server:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate)
        server._server.socket = context.wrap_socket(server._server.socket, server_side=True)
        server.url = f"https://localhost:{server.port}"
        yield server


def test_a_redirect_to_another_host_is_told_nothing(caller: Caller, echo: EchoServer) -> None:
    """A hostile answer sends the client elsewhere, three times over."""
    for hop in range(3):
        echo.answers[f"/{hop}"] = (
            307,
            {"location": f"http://localhost:{echo.port}/{hop + 1}"},
            b"",
        )
    instrument_httpx(allow_hosts=["127.0.0.1"])
    with session("Trip", user_id="u", properties={"Plan": "pro"}):
        caller.post(f"{echo.url}/0", client={"follow_redirects": True})
    assert [len(announced(seen.headers)) for seen in echo.requests] == [5, 0, 0, 0]


def test_a_redirect_to_another_port_of_an_allowed_host_is_told_it(
    caller: Caller, echo: EchoServer
) -> None:
    """Hosts are allowed on any port: who can open a port there is trusted."""
    with EchoServer() as other:
        echo.answers["/start"] = (307, {"location": other.url}, b"")
        instrument_httpx(allow_hosts=LOCAL)
        with session("Trip"):
            caller.post(f"{echo.url}/start", client={"follow_redirects": True})
        assert announced(other.last.headers) != {}


def test_a_redirect_into_the_clear_is_told_nothing(
    caller: Caller, echo: EchoServer, secure: EchoServer
) -> None:
    """From https to http of the same host, and on from there."""
    echo.answers["/start"] = (307, {"location": f"http://localhost:{echo.port}/end"}, b"")
    secure.answers["/start"] = (307, {"location": f"http://localhost:{echo.port}/start"}, b"")
    instrument_httpx(allow_hosts=LOCAL)
    with session("Trip"):
        caller.post(f"{secure.url}/start", client={"follow_redirects": True})
    assert announced(secure.last.headers) != {}
    assert [announced(seen.headers) for seen in echo.requests] == [{}, {}]


def test_a_redirect_into_the_clear_that_the_user_follows_is_told_nothing(
    package: Any, echo: EchoServer, secure: EchoServer
) -> None:
    """``response.next_request``, sent by hand."""
    secure.answers["/start"] = (307, {"location": f"{echo.url}/end"}, b"")
    instrument_httpx(allow_hosts=LOCAL)
    with package.Client(verify=False) as client, session("Trip"):
        client.send(client.post(f"{secure.url}/start").next_request)
    assert announced(echo.last.headers) == {}


def test_a_retry_of_the_openai_sdk_is_told_again_and_nobody_else(echo: EchoServer) -> None:
    """It sends a new request each time, and follows redirects by itself."""
    openai = pytest.importorskip("openai")
    moved = (307, {"location": f"http://localhost:{echo.port}/far"}, b"")
    echo.answers["/v1/chat/completions"] = moved
    echo.answers["/far"] = (500, {"retry-after-ms": "1"}, b"{}")
    instrument_httpx(allow_hosts=["127.0.0.1"])
    client = openai.OpenAI(api_key="none", base_url=f"{echo.url}/v1", max_retries=1)
    with session("Trip"), pytest.raises(openai.APIStatusError):
        client.chat.completions.create(model="m", messages=[{"role": "user", "content": "x"}])
    told = [(seen.path, announced(seen.headers) != {}) for seen in echo.requests]
    assert told == [("/v1/chat/completions", True), ("/far", False)] * 2


def test_a_proxy_that_opens_a_tunnel_is_told_nothing(package: Any, secure: EchoServer) -> None:
    """Not even when its own host is allowed: CONNECT has the target's name alone."""
    proxy = Proxy(secure.url)
    instrument_httpx(allow_hosts=LOCAL)
    through = {"proxy": f"http://127.0.0.1:{proxy.port}", "verify": False}
    with package.Client(**through) as client, session("Trip"):
        client.post(f"{secure.url}/x")
    proxy.close()
    assert announced(secure.last.headers) != {}
    assert "helicone" not in proxy.seen[0].lower()


def test_the_host_of_a_proxy_allows_nothing(package: Any, echo: EchoServer) -> None:
    """The target counts: a proxy on an allowed host passes on to one that is not."""
    proxy = Proxy(echo.url)
    instrument_httpx(allow_hosts=["127.0.0.1"])
    with package.Client(proxy=f"http://127.0.0.1:{proxy.port}") as client, session("Trip"):
        client.post(f"http://localhost:{echo.port}/x")
    proxy.close()
    assert announced(echo.last.headers) == {}


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_helicones_logs_follow_no_redirect(status: int, echo: EchoServer) -> None:
    """Whoever answers for the endpoint cannot have key and logs sent elsewhere."""
    with FakeHelicone("worker") as fake:
        fake.always = (status, {"location": f"{echo.url}/custom/v1/log"}, b"")
        exporter = HeliconeSpanExporter(KEY, fake.url)
        assert exporter.export([llm()]) is SpanExportResult.FAILURE
        exporter.shutdown()
    assert echo.requests == []


def test_a_retry_of_helicones_logs_goes_to_the_same_host(echo: EchoServer) -> None:
    """Whatever a failed answer names as the place to try."""
    with FakeHelicone("worker") as fake:
        elsewhere = {
            "location": echo.url,
            "alt-svc": f'h2="127.0.0.1:{echo.port}"',
            "retry-after": "0",
        }
        fake.faults = [(503, elsewhere, b""), (429, elsewhere, b"")]
        exporter = HeliconeSpanExporter(KEY, fake.url)
        assert exporter.export([llm()]) is SpanExportResult.SUCCESS
        exporter.shutdown()
        assert len(fake.arrivals) == 3
    assert echo.requests == []


def test_a_proxy_gets_its_own_login_and_not_helicones_key(
    certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And Helicone does not get the proxy's."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with FakeHelicone("worker") as fake:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate)
        fake._server.socket = context.wrap_socket(fake._server.socket, server_side=True)
        proxy = Proxy(fake.origin)
        monkeypatch.setenv("HTTPS_PROXY", f"http://me:hunter2@127.0.0.1:{proxy.port}")
        exporter = HeliconeSpanExporter(
            KEY, fake.url.replace("http://127.0.0.1", "https://localhost")
        )
        assert exporter.export([llm()]) is SpanExportResult.SUCCESS
        exporter.shutdown()
        proxy.close()
        assert seen_in(proxy.seen[0]) == []
        assert "proxy-authorization" not in fake.arrivals[0].headers
