"""docs/propagation.md runs as it is printed."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from opentelemetry import propagate

from otel_helisession import configuration, session
from tests.propagator.conftest import announced, instrumentor, module
from tests.servers.echo import EchoServer

PAGE = Path(__file__).parents[2] / "docs" / "propagation.md"
BLOCKS = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)


def printed(mark: str) -> dict[str, Any]:
    """Run the only block with *mark* in it, and return its names."""
    (block,) = [block for block in BLOCKS if mark in block]
    names: dict[str, Any] = {}
    exec(block, names)
    return names


@pytest.fixture
def redirecting(echo: EchoServer) -> Iterator[EchoServer]:
    """A server whose /start leads to the same server under another name."""
    echo.answers["/start"] = (302, {"location": f"http://localhost:{echo.port}/far"}, b"")
    yield echo
    if not echo.requests:
        return  # skipped: a framework is missing
    near, far = echo.requests
    assert announced(near.headers)["helicone-session-id"] == "run-1"
    assert announced(far.headers) == {}


@pytest.fixture
def configured(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What configure() is given in place of being called."""
    given: list[dict[str, Any]] = []
    monkeypatch.setattr("otel_helisession.configure", lambda **options: given.append(options))
    return given


def test_each_block_is_python_and_runs(configured: list[dict[str, Any]]) -> None:
    """One after the other, as in one program; configure() takes what it is given there."""
    for name in ("requests", "aiohttp"):
        module(name)
    before = propagate.get_global_textmap()
    names: dict[str, Any] = {}
    try:
        with session("Trip", id="run-1"):
            for block in BLOCKS:
                exec(block, names)
            assert ("helicone-session-id", "run-1") in names["session_metadata"]()
    finally:
        propagate.set_global_textmap(before)
    assert [set(options) for options in configured] == [{"allow_hosts"}, {"trust_inbound"}]
    accepted = configuration.configure.__kwdefaults__
    assert all(set(options) <= set(accepted) for options in configured)


def test_the_hook_for_requests(propagating: Any, redirecting: EchoServer) -> None:
    """The first host is told, the second is not."""
    module("requests")
    client = printed("import requests")["client"]
    propagating(allow_hosts=["127.0.0.1"])
    requests = instrumentor("requests.RequestsInstrumentor")
    requests.instrument()
    with client, session("Trip", id="run-1"):
        client.get(f"{redirecting.url}/start")
    requests.uninstrument()


def test_the_hook_for_aiohttp(propagating: Any, redirecting: EchoServer) -> None:
    """The first host is told, the second is not."""
    aiohttp = module("aiohttp")
    hops = printed("import aiohttp")["hops"]
    propagating(allow_hosts=["127.0.0.1"])
    client = instrumentor("aiohttp_client.AioHttpClientInstrumentor")
    client.instrument()

    async def call() -> None:
        async with (
            aiohttp.ClientSession(trace_configs=[hops]) as made,
            made.get(f"{redirecting.url}/start") as response,
        ):
            await response.read()

    with session("Trip", id="run-1"):
        asyncio.run(call())
    client.uninstrument()


def test_the_tables_have_all_clients_of_the_tests() -> None:
    """What is claimed there is what test_clients and test_services check."""
    text = PAGE.read_text()
    for name in ("requests", "urllib3", "urllib", "aiohttp", "httpx", "gRPC", "Celery"):
        assert re.search(rf"^\| {name}\b", text, re.MULTILINE), name
    for name in ("FastAPI", "Flask", "Django"):
        assert name in text
