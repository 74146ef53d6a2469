"""What the tests of httpx get: both packages, sync and async, and a clean process after."""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from otel_helisession.demo.server import ScriptedLLM
from otel_helisession.http import uninstrument_httpx
from tests.servers.echo import EchoServer


def announced(headers: Any) -> dict[str, str]:
    """Return Helicone's headers among *headers*, names in lower case."""
    lowered = {name.lower(): value for name, value in dict(headers).items()}
    return {name: value for name, value in lowered.items() if name.startswith("helicone-")}


@dataclass(frozen=True)
class Caller:
    """One of the two packages, used in one of the two ways.

    Without verification, because loading certificates takes longer than a test.
    """

    package: Any
    asynchronous: bool

    def post(self, url: str, *, client: dict[str, Any] | None = None, **request: Any) -> Any:
        """Send one POST with a client of its own, made with the arguments *client*."""
        if not self.asynchronous:
            with self.package.Client(verify=False, **client or {}) as made:
                return made.post(url, **request)

        async def call() -> Any:
            async with self.package.AsyncClient(verify=False, **client or {}) as made:
                return await made.post(url, **request)

        return asyncio.run(call())

    def stream(self, url: str, **request: Any) -> bytes:
        """Send one POST, and return the body as it was streamed."""
        if not self.asynchronous:
            with (
                self.package.Client(verify=False) as made,
                made.stream("POST", url, **request) as response,
            ):
                return b"".join(response.iter_bytes())

        async def call() -> bytes:
            async with (
                self.package.AsyncClient(verify=False) as made,
                made.stream("POST", url, **request) as response,
            ):
                return b"".join([chunk async for chunk in response.aiter_bytes()])

        return asyncio.run(call())


@pytest.fixture(autouse=True)
def _uninstrumented() -> Iterator[None]:
    yield
    uninstrument_httpx()


@pytest.fixture(params=["httpx", "httpx2"])
def package(request: pytest.FixtureRequest) -> Any:
    return importlib.import_module(request.param)


@pytest.fixture(params=[False, True], ids=["sync", "async"])
def caller(request: pytest.FixtureRequest, package: Any) -> Caller:
    return Caller(package, request.param)


@pytest.fixture
def llm() -> Iterator[ScriptedLLM]:
    with ScriptedLLM() as server:
        yield server


@pytest.fixture(scope="session")
def _server() -> Iterator[EchoServer]:
    with EchoServer() as server:
        yield server


@pytest.fixture
def echo(_server: EchoServer) -> EchoServer:
    """The server of all these tests, for starting one takes longer than most of them."""
    _server.requests.clear()
    _server.answers.clear()
    return _server
