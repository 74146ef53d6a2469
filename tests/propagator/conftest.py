"""What the tests of the propagator get: it among the global ones, and real clients."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from opentelemetry.propagate import get_global_textmap, set_global_textmap
from opentelemetry.propagators.composite import CompositePropagator
from opentelemetry.trace import NonRecordingSpan, SpanContext, TraceFlags, use_span

from otel_helisession import SessionPropagator


def announced(headers: Any) -> dict[str, str]:
    """Return Helicone's headers among *headers*, names in lower case."""
    lowered = {name.lower(): value for name, value in dict(headers).items()}
    return {name: value for name, value in lowered.items() if name.startswith("helicone-")}


@pytest.fixture
def propagating() -> Iterator[Callable[..., None]]:
    """``propagating(allow_hosts=[...])`` puts a SessionPropagator beside the global ones."""
    before = get_global_textmap()

    def install(**options: Any) -> None:
        set_global_textmap(CompositePropagator([before, SessionPropagator(**options)]))

    yield install
    set_global_textmap(before)


Get = Callable[..., None]
"""``get(url, headers=...)`` sends one GET, following redirects."""


def get_with_requests(url: str, headers: Mapping[str, str] | None = None) -> None:
    import requests

    requests.get(url, headers=headers, timeout=10)


def get_with_urllib(url: str, headers: Mapping[str, str] | None = None) -> None:
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers or {})) as response:
        response.read()


def get_with_urllib3(url: str, headers: Mapping[str, str] | None = None) -> None:
    import urllib3

    with urllib3.PoolManager(headers=headers) as pool:
        pool.request("GET", url)


def get_with_aiohttp(url: str, headers: Mapping[str, str] | None = None) -> None:
    import aiohttp

    async def call() -> None:
        async with aiohttp.ClientSession() as client, client.get(url, headers=headers) as response:
            await response.read()

    asyncio.run(call())


def get_with_httpx(url: str, headers: Mapping[str, str] | None = None) -> None:
    import httpx

    with httpx.Client(verify=False, follow_redirects=True) as client:
        client.get(url, headers=headers)


def get_with_httpx2(url: str, headers: Mapping[str, str] | None = None) -> None:
    import httpx2

    with httpx2.Client(verify=False, follow_redirects=True) as client:
        client.get(url, headers=headers)


CLIENTS: dict[str, tuple[Get, str]] = {
    "requests": (get_with_requests, "requests.RequestsInstrumentor"),
    "urllib": (get_with_urllib, "urllib.URLLibInstrumentor"),
    "urllib3": (get_with_urllib3, "urllib3.URLLib3Instrumentor"),
    "aiohttp": (get_with_aiohttp, "aiohttp_client.AioHttpClientInstrumentor"),
    "httpx": (get_with_httpx, "httpx.HTTPXClientInstrumentor"),
    "httpx2": (get_with_httpx2, "httpx.HTTPX2ClientInstrumentor"),
}


def instrumentor(name: str) -> Any:
    """Return the instrumentor ``module.Class`` of OpenTelemetry's, or skip the test."""
    module, _, kind = f"opentelemetry.instrumentation.{name}".rpartition(".")
    found = pytest.importorskip(module, reason="needs otel-helisession[frameworks]")
    return getattr(found, kind)()


@pytest.fixture(params=CLIENTS)
def client(request: pytest.FixtureRequest) -> str:
    """The name of a client."""
    return str(request.param)


@pytest.fixture
def get(client: str) -> Iterator[Get]:
    """One GET with *client*, which OpenTelemetry instruments."""
    send, name = CLIENTS[client]
    pytest.importorskip(client, reason="needs otel-helisession[frameworks]")
    instrumented = instrumentor(name)
    instrumented.instrument()
    yield send
    instrumented.uninstrument()


@contextlib.contextmanager
def unsampled() -> Iterator[None]:
    """Have all spans of the block dropped, as below a caller that does not sample."""
    parent = SpanContext(trace_id=7, span_id=7, is_remote=True, trace_flags=TraceFlags(0))
    with use_span(NonRecordingSpan(parent)):
        yield


def module(name: str) -> Any:
    """Return a module of a framework, or skip the test."""
    pytest.importorskip(name, reason="needs otel-helisession[frameworks]")
    return importlib.import_module(name)
