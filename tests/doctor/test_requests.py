"""diagnose(): why a request carries no session headers."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import httpx
import pytest
from opentelemetry import propagate, trace
from opentelemetry.propagators.textmap import TextMapPropagator
from opentelemetry.trace import SpanKind

from otel_helisession import diagnose, instrument_httpx, session, uninstrument_httpx
from otel_helisession.propagator import SessionPropagator
from tests.collecting import CollectedSpans
from tests.servers.echo import EchoServer

Findings = Callable[[], list[str]]


@pytest.fixture(autouse=True)
def _global_state() -> Iterator[None]:
    before: TextMapPropagator = propagate.get_global_textmap()
    yield
    propagate.set_global_textmap(before)
    uninstrument_httpx()


def test_a_host_that_is_not_allowed(
    spans: CollectedSpans, findings: Findings, echo: EchoServer
) -> None:
    """It may be a provider, as it should be: a fact, which says how to allow it."""
    instrument_httpx()
    with session("Trip"), httpx.Client() as client:
        for _ in range(3):
            client.get(echo.url)
    assert findings() == []
    assert diagnose().facts[-1] == (
        "3 requests to 127.0.0.1 carried no session headers: the host is not allowed. That is "
        "right for a provider; if it is a gateway that shall know the session, add it: "
        "allow_hosts=['127.0.0.1'], or HELISESSION_ALLOW_HOSTS=127.0.0.1."
    )
    assert "helicone-session-id" not in echo.last.headers


def test_a_gateway_that_is_not_allowed(
    spans: CollectedSpans, findings: Findings, echo: EchoServer
) -> None:
    """A host that the program itself sends session headers is one."""
    instrument_httpx()
    with session("Trip"), httpx.Client() as client:
        client.get(echo.url, headers={"Helicone-Session-Id": "own"})
        client.get(echo.url)
    assert findings() == [
        "1 request to 127.0.0.1 carried no session headers: the host is not allowed. If it "
        "shall know the session, add it: allow_hosts=['127.0.0.1'], or "
        "HELISESSION_ALLOW_HOSTS=127.0.0.1."
    ]


def test_a_host_that_is_allowed(
    spans: CollectedSpans, findings: Findings, echo: EchoServer
) -> None:
    """It is a fact then, with the user's own headers apart."""
    instrument_httpx(allow_hosts=["127.0.0.1"])
    with session("Trip"), httpx.Client() as client:
        client.get(echo.url)
        client.get(echo.url, headers={"Helicone-Session-Id": "own"})
    assert findings() == []
    assert diagnose().facts[-2:] == (
        "1 request carried session headers: to 127.0.0.1 (1).",
        "1 request carried session headers that the program itself had set: to 127.0.0.1 (1).",
    )


def test_a_request_outside_a_session(
    spans: CollectedSpans, findings: Findings, echo: EchoServer
) -> None:
    """Only where headers were to be expected: the host is allowed."""
    with httpx.Client() as client:
        instrument_httpx()
        client.get(echo.url)
        instrument_httpx(allow_hosts=["127.0.0.1"])
        client.get(echo.url)
    assert findings() == [
        "1 request to 127.0.0.1 carried no session headers: outside session() there is none to "
        'announce. Send them inside "with session(...):".'
    ]


def send(url: str, scope: str = "opentelemetry.instrumentation.requests") -> None:
    """Make the span that an instrumented client makes."""
    attributes = {"http.request.method": "GET", "url.full": url}
    tracer = trace.get_tracer(scope)
    tracer.start_span("GET", kind=SpanKind.CLIENT, attributes=attributes).end()


def test_another_client_without_a_propagator(spans: CollectedSpans, findings: Findings) -> None:
    """Named by its scope; httpx is not concerned."""
    instrument_httpx(allow_hosts=["api.example.com"])
    with session("Trip"):
        send("https://api.example.com/v1")
    assert findings() == [
        "1 request to api.example.com by opentelemetry.instrumentation.requests carried no "
        "session headers: for this client they are a propagator's work, and the global one adds "
        "none. Set OTEL_PROPAGATORS=tracecontext,baggage,helisession, or add a SessionPropagator "
        "to the global CompositePropagator; and allow the host."
    ]


def test_another_client_with_a_propagator(spans: CollectedSpans, findings: Findings) -> None:
    """The propagator itself is asked about the host."""
    instrument_httpx()
    propagate.set_global_textmap(SessionPropagator(allow_hosts=["api.example.com"]))
    with session("Trip"):
        send("https://api.example.com/v1")
        send("https://helicone.example.com:8443/v1")
    assert findings() == [
        "1 request to helicone.example.com by opentelemetry.instrumentation.requests carried no "
        "session headers: the host is not allowed. If it shall know the session, add it: "
        "allow_hosts=['helicone.example.com'], or HELISESSION_ALLOW_HOSTS=helicone.example.com."
    ]
    assert "1 request carried session headers: to api.example.com (1)." in diagnose().facts


@pytest.mark.parametrize("url", ["", "http://[", "/only/a/path", "http://exa\udcffmple"])
def test_a_url_that_cannot_be_read_is_no_request(
    spans: CollectedSpans, findings: Findings, url: str
) -> None:
    """The diagnosis never fails on what a library wrote."""
    instrument_httpx()
    with session("Trip"):
        send(url)
    assert [finding for finding in findings() if "no session headers: the host" in finding] == []


def test_httpx_that_is_not_instrumented(spans: CollectedSpans) -> None:
    """A team that only stamps spans wants it so: it is a fact."""
    diagnosis = diagnose()
    assert diagnosis.findings == ()
    said = "Session headers on httpx are off, though httpx"
    assert [fact for fact in diagnosis.facts if fact.startswith(said)]


def test_httpx_that_only_opentelemetry_instruments(
    spans: CollectedSpans, findings: Findings
) -> None:
    """Its headers are a propagator's work then, like other clients'."""
    with session("Trip"):
        send("https://api.example.com/v1", "opentelemetry.instrumentation.httpx")
        instrument_httpx()
        send("https://api.example.com/v1", "opentelemetry.instrumentation.httpx")
    (finding,) = findings()
    assert finding.startswith(
        "1 request to api.example.com by opentelemetry.instrumentation.httpx carried no session"
    )
