"""A session handed from service to service, by real frameworks on loopback."""

from __future__ import annotations

import json
import pickle
import urllib.request
from typing import Any

import pytest
from opentelemetry import context, trace

from otel_helisession import current_session, session, set_session, step
from tests.collecting import CollectedSpans
from tests.propagator.conftest import get_with_requests, instrumentor, module
from tests.propagator.services import (
    django_service,
    fastapi_service,
    flask_service,
    grpc_aio_service,
    grpc_service,
)

SERVICES = {"flask": flask_service, "django": django_service, "fastapi": fastapi_service}
HEADERS = {"Helicone-Session-Id": "run-1", "helicone-session-path": "/trip"}


@pytest.fixture(params=SERVICES)
def service(request: pytest.FixtureRequest) -> Any:
    return SERVICES[request.param]


def nothing() -> None:
    """Do no work."""


def nothing_to_set_up(**_: Any) -> None:
    """Leave logging as it is."""


def answer(url: str, headers: dict[str, str]) -> Any:
    """Return what a service says its session is."""
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers)) as response:
        return json.loads(response.read())


def stamps(spans: CollectedSpans) -> list[tuple[str, Any, Any]]:
    """Return kind, session id and path of each span, in order of their starts."""
    ordered = sorted(spans(), key=lambda span: span.start_time)
    return [
        (
            span.name if span.kind is trace.SpanKind.INTERNAL else span.kind.name,
            span.attributes.get("helicone.session.id"),
            span.attributes.get("helicone.session.path"),
        )
        for span in ordered
    ]


def test_flask_hands_a_session_on_to_fastapi(spans: CollectedSpans, propagating: Any) -> None:
    """One session in both: each service's spans hang where it was called from."""
    module("requests")
    propagating(allow_hosts=["127.0.0.1"], trust_inbound=True)
    requests = instrumentor("requests.RequestsInstrumentor")
    requests.instrument()

    def reserve() -> None:
        with step("reserve"):
            pass

    with fastapi_service(reserve) as hotel:

        def book() -> None:
            with step("book"):
                get_with_requests(hotel)

        with flask_service(book) as shop, session("Trip", id="run-1", path="/trip"):
            get_with_requests(shop)
    requests.uninstrument()
    assert [one for one in stamps(spans) if "http send" not in one[0]] == [
        ("CLIENT", "run-1", "/trip"),
        ("SERVER", "run-1", "/trip"),
        ("book", "run-1", "/trip/book"),
        ("CLIENT", "run-1", "/trip/book"),
        ("SERVER", "run-1", "/trip/book"),
        ("reserve", "run-1", "/trip/book/reserve"),
    ]


def test_a_service_that_trusts_continues_the_session(
    service: Any, spans: CollectedSpans, propagating: Any
) -> None:
    """And only while it answers that request."""
    propagating(trust_inbound=True)
    with service(nothing) as url:
        assert answer(url, HEADERS) == ["", "run-1", "/trip"]
        assert answer(url, {}) is None
    servers = [one for one in stamps(spans) if one[0] == "SERVER"]
    assert servers == [("SERVER", "run-1", "/trip"), ("SERVER", None, None)]


def test_a_service_that_does_not_trust_has_no_session(
    service: Any, spans: CollectedSpans, propagating: Any
) -> None:
    """Whatever it is sent."""
    propagating()
    with service(nothing) as url:
        assert answer(url, HEADERS) is None
    assert [one for one in stamps(spans) if one[0] == "SERVER"] == [("SERVER", None, None)]


@pytest.mark.parametrize(
    ("headers", "said"),
    [
        ({"Helicone-Session-Id": "%0d%0a"}, None),
        ({"Helicone-Session-Id": "a%0d%0aSet-Cookie: x"}, ["", "aSet-Cookie: x", "/"]),
        ({**HEADERS, "helicone-session-path": "/../a%2F..%2Fb/%00/"}, ["", "run-1", "/a/b"]),
        ({**HEADERS, "helicone-session-path": "/x" * 4_000}, ["", "run-1", "/x" * 32]),
        ({**HEADERS, "helicone-session-name": "%F0%9F%A7%B3%"}, ["🧳%", "run-1", "/trip"]),
        ({**HEADERS, "helicone-session-name": "n" * 10_000}, ["n" * 200, "run-1", "/trip"]),
    ],
)
def test_hostile_headers_are_cleaned(
    service: Any, propagating: Any, headers: dict[str, str], said: Any
) -> None:
    """The request is answered, and the session is bounded and printable."""
    propagating(trust_inbound=True)
    with service(nothing) as url:
        assert answer(url, headers) == said


def test_escapes_that_a_getter_reads_are_cleaned_too(service: Any, propagating: Any) -> None:
    """ASGI's turns a written \\n into a line break; WSGI's does not."""
    propagating(trust_inbound=True)
    with service(nothing) as url:
        name, *rest = answer(url, {**HEADERS, "helicone-session-name": "a\\n\\x00%c3"})
    assert name.isprintable()
    assert rest == ["run-1", "/trip"]


@pytest.mark.parametrize("serve", [grpc_service, grpc_aio_service])
def test_a_grpc_server_continues_what_its_metadata_announce(
    serve: Any, spans: CollectedSpans, propagating: Any
) -> None:
    """The client's span names no host, so the headers are given explicitly."""
    propagating(allow_hosts=["127.0.0.1"], trust_inbound=True)
    with serve(nothing) as buy, session("Trip", id="run-1", path="/trip"), step("buy"):
        assert json.loads(buy()) is None
        ours = current_session()
        assert ours is not None
        metadata = [(name.lower(), value) for name, value in ours.headers.items()]
        assert json.loads(buy(metadata=metadata)) == ["Trip", "run-1", "/trip/buy"]
    servers = [one for one in stamps(spans) if one[0] == "SERVER"]
    assert servers == [("SERVER", None, None), ("SERVER", "run-1", "/trip/buy")]


def test_a_celery_task_continues_what_its_headers_announce(
    spans: CollectedSpans, propagating: Any
) -> None:
    """The producer's span names no host, so the headers are given explicitly."""
    celery = module("celery")
    from celery.contrib.testing.worker import start_worker
    from celery.signals import setup_logging

    setup_logging.connect(nothing_to_set_up)  # else Celery takes the loggers over
    instrumented = instrumentor("celery.CeleryInstrumentor")
    instrumented.instrument()
    propagating(trust_inbound=True)
    app = celery.Celery(broker="memory://", backend="cache+memory://")
    app.conf.broker_transport_options = {"polling_interval": 0.02}

    @app.task
    def buy() -> Any:
        found = current_session()
        return found and [found.name, found.id, found.path]

    try:
        with (
            start_worker(app, pool="solo", perform_ping_check=False),
            session("Trip", id="run-1", path="/trip") as ours,
        ):
            assert buy.delay().get(10, interval=0.02) is None
            sent = buy.apply_async(headers=dict(ours.headers))
            assert sent.get(10, interval=0.02) == ["Trip", "run-1", "/trip"]
    finally:
        setup_logging.disconnect(nothing_to_set_up)
        instrumented.uninstrument()


def test_a_queue_may_carry_the_session_itself(spans: CollectedSpans) -> None:
    """A Session can be pickled; set_session() makes the Context to work in."""
    with session("Trip", id="run-1", path="/trip"), step("order"):
        message = pickle.dumps(current_session())
    token = context.attach(set_session(pickle.loads(message)))
    with step("deliver"):
        pass
    context.detach(token)
    assert stamps(spans) == [
        ("order", "run-1", "/trip/order"),
        ("deliver", "run-1", "/trip/order/deliver"),
    ]
