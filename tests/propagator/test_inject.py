"""What inject puts into a carrier, by what is known of the host."""

from __future__ import annotations

from typing import Any

import pytest
from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.trace import SpanKind

from otel_helisession import (
    Session,
    SessionPropagator,
    current_session,
    environment,
    session,
    set_session,
    step,
)
from tests.collecting import CollectedSpans
from tests.propagator.conftest import unsampled

OURS = ["api.example.com", "*.lab.test", "::1", "10.0.0.1"]
HTTP = {"http.request.method": "POST"}


@pytest.fixture
def propagator() -> SessionPropagator:
    return SessionPropagator(allow_hosts=OURS)


def injected(propagator: SessionPropagator, carrier: Any = None, **span: Any) -> set[str]:
    """Return the names added to *carrier* in a session, inside a span made so."""
    carrier = {} if carrier is None else carrier
    before = set(carrier)
    with (
        session("Trip", id="run-1"),
        trace.get_tracer("test").start_as_current_span("request", **span),
    ):
        propagator.inject(carrier)
    return set(carrier) - before


ALL = {"Helicone-Session-Id", "Helicone-Session-Path", "Helicone-Session-Name"}


@pytest.mark.parametrize(
    "host",
    [
        "api.example.com",
        "API.example.com:8443",
        "eu.lab.test",
        "[::1]:80",
        "10.0.0.1:80",
        b"api.example.com",
    ],
)
def test_a_host_in_the_carrier_is_enough(propagator: SessionPropagator, host: Any) -> None:
    """As the user, or httpx, put it there; no span is needed."""
    carrier = {"HOST": host}
    with session("Trip", id="run-1"):
        propagator.inject(carrier)
    assert carrier.keys() == {"HOST"} | ALL


@pytest.mark.parametrize(
    "host",
    [
        *("", "example.com", "api.example.com.evil.test", "evil.test:443", "lab.test", "[::2]"),
        *("api.example.com@evil.test", "evil.test@api.example.com", "evil.test/api.example.com"),
        *("api.example.com/", "api.example.com#x", "a b", "[", "\x00", "api.example.com\\x"),
        *(None, 7, []),
    ],
)
def test_another_host_or_nonsense_is_not_told(propagator: SessionPropagator, host: Any) -> None:
    """Nor does it raise."""
    carrier = {"Host": host}
    with session("Trip", id="run-1"):
        propagator.inject(carrier)
    assert carrier == {"Host": host}


@pytest.mark.parametrize(
    "attributes",
    [
        {"http.url": "https://api.example.com/v1?q=a"},
        {"url.full": "http://REDACTED:REDACTED@eu.lab.test:8080/"},
        {"url.full": "http://[::1]:8080/"},
        {**HTTP, "server.address": "api.example.com"},
        {**HTTP, "server.address": "::1"},
        {"http.method": "GET", "net.peer.name": "api.example.com"},
        {"http.method": "GET", "http.host": "api.example.com:80"},
        {"rpc.system": "grpc", "server.address": "api.example.com"},
        {"messaging.system": "rabbitmq", "net.peer.name": "10.0.0.1"},
        {"url.full": "https://api.example.com", "server.address": "api.example.com", **HTTP},
    ],
)
def test_a_recording_client_span_may_name_the_host(
    propagator: SessionPropagator, attributes: dict[str, Any]
) -> None:
    """In the old and in the new words."""
    assert injected(propagator, kind=SpanKind.CLIENT, attributes=attributes) == ALL
    assert injected(propagator, kind=SpanKind.PRODUCER, attributes=attributes) == ALL


@pytest.mark.parametrize(
    "attributes",
    [
        {},
        {"http.method": "GET"},
        {"http.url": ""},
        {"http.url": 7},
        {"http.url": "https://evil.test/api.example.com"},
        {"http.url": "https://api.example.com\\@evil.test/"},
        {"http.url": "https://evil.test\\@api.example.com/"},
        {"http.url": "https://api.example.com\t.evil.test/"},
        {"http.url": "https://[api.example.com/"},
        {"url.full": "https://evil.test", "server.address": "api.example.com", **HTTP},
        {"url.full": "https://api.example.com", "server.address": "evil.test", **HTTP},
        {"rpc.system": "grpc", "rpc.service": "demo.Greeter", "rpc.method": "SayHello"},
        {"gen_ai.operation.name": "chat", "server.address": "api.example.com"},
        {"db.system": "postgresql", "server.address": "api.example.com"},
    ],
)
def test_what_is_unknown_ambiguous_or_not_the_request_itself_is_not_told(
    propagator: SessionPropagator, attributes: dict[str, Any]
) -> None:
    """Every host that is named must be allowed; a chat span names one too, but not whose
    request is sent below it."""
    assert injected(propagator, kind=SpanKind.CLIENT, attributes=attributes) == set()


def test_the_carrier_and_the_span_must_agree_that_it_is_allowed(
    propagator: SessionPropagator,
) -> None:
    """A Host header is what the receiver shall believe, the URL is where it goes."""
    ours = {"http.url": "https://api.example.com"}
    theirs = {"http.url": "https://evil.test"}
    for host, attributes in (("evil.test", ours), ("api.example.com", theirs)):
        found = injected(propagator, {"host": host}, kind=SpanKind.CLIENT, attributes=attributes)
        assert found == set()


def test_a_span_of_another_kind_says_nothing(propagator: SessionPropagator) -> None:
    """The URL of a SERVER span is our own."""
    for kind in (SpanKind.SERVER, SpanKind.INTERNAL, SpanKind.CONSUMER):
        found = injected(propagator, kind=kind, attributes={"http.url": "https://api.example.com"})
        assert found == set()


def test_an_unsampled_span_says_nothing(propagator: SessionPropagator) -> None:
    """It has no attributes; only a host in the carrier helps."""
    attributes = {"http.url": "https://api.example.com"}
    with unsampled():
        assert injected(propagator, kind=SpanKind.CLIENT, attributes=attributes) == set()
        assert injected(propagator, {"host": "api.example.com"}) == ALL


def test_a_carrier_that_is_no_mapping_gets_nothing(propagator: SessionPropagator) -> None:
    """Nobody could tell what it has already: a queue's list of pairs, an object."""
    pairs: list[Any] = [("host", "api.example.com")]
    with session("Trip"):
        propagator.inject(pairs)
        propagator.inject(None)
        propagator.inject(object())
    assert pairs == [("host", "api.example.com")]


def test_what_is_there_stays(propagator: SessionPropagator) -> None:
    """Names without regard to case; the rest is added."""
    carrier = {"host": "api.example.com", "helicone-session-path": "/mine", "HELICONE-USER-ID": "v"}
    with session("Trip", id="run-1", path="/trip", user_id="u"):
        propagator.inject(carrier)
    assert carrier == {
        "host": "api.example.com",
        "helicone-session-path": "/mine",
        "HELICONE-USER-ID": "v",
        "Helicone-Session-Id": "run-1",
        "Helicone-Session-Name": "Trip",
    }


def test_values_can_be_sent_as_they_are(propagator: SessionPropagator) -> None:
    """Printable ASCII, whatever the session is called."""
    carrier = {"host": "api.example.com"}
    with session("Reise\r\nX: y 🧳", id="größe\x00", path="/100%25/ü", properties={"a b": "1\n2"}):
        propagator.inject(carrier)
    assert carrier == {
        "host": "api.example.com",
        "Helicone-Session-Id": "gr%C3%B6%C3%9Fe",
        "Helicone-Session-Path": "/100%2525/%C3%BC",
        "Helicone-Session-Name": "ReiseX: y %F0%9F%A7%B3",
        "Helicone-Property-a-b": "12",
    }


def test_the_session_of_the_context_given_is_told(propagator: SessionPropagator) -> None:
    """Not that of the current one."""
    context = set_session(Session("Other", id="run-2", path="/other"), Context())
    carrier = {"host": "api.example.com"}
    with session("Trip", id="run-1"):
        propagator.inject(carrier, context=context)
        propagator.inject(nothing := {"host": "api.example.com"}, context=Context())
    assert carrier["Helicone-Session-Id"] == "run-2"
    assert nothing == {"host": "api.example.com"}


def test_a_path_that_was_sent_is_final(
    propagator: SessionPropagator, spans: CollectedSpans
) -> None:
    """And one that was not sent, because the host is not allowed, is not."""
    tracer = trace.get_tracer("test")
    sent = {"host": "api.example.com"}
    with session("Trip", path="/trip"):
        for name, carrier in (("told", sent), ("untold", {"host": "evil.test"})):
            with tracer.start_as_current_span(name) as span:
                propagator.inject(carrier)
                span.set_attributes({"gen_ai.operation.name": "invoke_agent"})
                span.set_attribute("gen_ai.agent.name", "planner")
    assert sent["Helicone-Session-Path"] == "/trip"
    assert spans.one("told").attributes["helicone.session.path"] == "/trip"
    assert spans.one("untold").attributes["helicone.session.path"] == "/trip/planner"


def test_an_adopted_session_is_told_too(
    propagator: SessionPropagator, spans: CollectedSpans
) -> None:
    """The span belongs to it; so does the request."""
    carrier = {"host": "api.example.com"}
    theirs = {"langfuse.session.id": "theirs"}
    with trace.get_tracer("test").start_as_current_span("work", attributes=theirs), step("find"):
        propagator.inject(carrier)
    assert carrier["Helicone-Session-Id"] == "theirs"
    assert carrier["Helicone-Session-Path"] == "/find"


def test_a_setter_writes(propagator: SessionPropagator) -> None:
    """As for every propagator: gRPC's puts names into lower case."""
    from opentelemetry.propagators.textmap import Setter

    class Lower(Setter[dict[str, str]]):
        def set(self, carrier: dict[str, str], key: str, value: str) -> None:
            carrier[key.lower()] = value

    carrier = {"host": "api.example.com"}
    with session("Trip", id="run-1"):
        propagator.inject(carrier, setter=Lower())
    assert set(carrier) == {"host"} | {name.lower() for name in ALL}


def test_switched_off_it_does_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither in nor out."""
    monkeypatch.setenv("HELISESSION_DISABLED", "true")
    environment.disabled.cache_clear()
    off = SessionPropagator(allow_hosts=OURS, trust_inbound=True)
    carrier = {"host": "api.example.com"}
    with session("Trip"):
        off.inject(carrier)
    assert carrier == {"host": "api.example.com"}
    assert off.extract({"Helicone-Session-Id": "a"}) == {}


def test_a_failure_is_logged_once_and_the_request_goes_on(
    propagator: SessionPropagator, lenient: None, caplog: pytest.LogCaptureFixture
) -> None:
    """A carrier may be anybody's."""

    class Broken(dict[str, str]):
        def items(self) -> Any:
            raise RuntimeError("broken")

    with session("Trip"):
        propagator.inject(Broken())
        propagator.inject(Broken())
    assert [record.getMessage().split(";")[0] for record in caplog.records] == [
        "SessionPropagator.inject failed with RuntimeError"
    ]


def test_fields_are_the_headers_with_fixed_names(propagator: SessionPropagator) -> None:
    """Those that a carrier which is used again should lose before."""
    assert propagator.fields == {*ALL, "Helicone-User-Id"}


def test_a_span_without_the_sdk_says_nothing(propagator: SessionPropagator) -> None:
    """A provider's span need not have attributes that one can read."""
    carrier: dict[str, str] = {}
    with session("Trip"), trace.use_span(trace.INVALID_SPAN):
        propagator.inject(carrier)
        assert current_session() is not None
    assert carrier == {}


def test_another_providers_span_is_read_as_well(
    propagator: SessionPropagator, provider: TracerProvider
) -> None:
    """Whoever made the CLIENT span."""
    tracer = provider.get_tracer("test")
    attributes = {"http.url": "https://api.example.com"}
    carrier: dict[str, str] = {}
    with (
        session("Trip"),
        tracer.start_as_current_span("GET", kind=SpanKind.CLIENT, attributes=attributes),
    ):
        propagator.inject(carrier)
    assert set(carrier) == ALL
