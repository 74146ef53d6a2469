"""Two tiers: whole sessions to each worker, whole sessions kept, and nothing lost by a kill."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from opentelemetry.trace import StatusCode

from otel_helisession import SessionSpanProcessor, session
from otel_helisession.sessions.bucket import bucket
from tests.backends.collector import Collector
from tests.backends.processes import until
from tests.backends.sending import tracing
from tests.servers.otlp import GrpcSink, attributes_of

Start = Callable[..., Collector]

SESSIONS = [f"scale-{number}" for number in range(40)]
TRACES = 3


@dataclass
class Tier:
    """Two workers, each before a backend of its own, and a router before them."""

    router: Collector
    workers: tuple[Collector, Collector]
    backends: tuple[GrpcSink, GrpcSink]

    def count(self) -> int:
        """Return how many spans both backends have."""
        return sum(len(backend.spans()) for backend in self.backends)

    def sessions(self, number: int) -> dict[str, int]:
        """Return how many spans of which session one worker's backend has."""
        told: dict[str, int] = {}
        for span in self.backends[number].spans():
            one = attributes_of(span).get("helicone.session.id", "")
            told[one] = told.get(one, 0) + 1
        return told


@pytest.fixture(params=["router", "router-by-bucket"])
def tier(request: pytest.FixtureRequest, collector: Start) -> Iterator[Callable[..., Tier]]:
    """Start both tiers: ``tier("worker", KEEP_PERCENT="100")``."""
    with GrpcSink() as first, GrpcSink() as second:

        def start(worker: str, **settings: str) -> Tier:
            workers = [
                collector(worker, BACKEND_OTLP=backend.endpoint[len("http://") :], **settings)
                for backend in (first, second)
            ]
            addresses = [f"127.0.0.1:{one.grpc_port}" for one in workers]
            router = collector(request.param, WORKER_A=addresses[0], WORKER_B=addresses[1])
            return Tier(router, (workers[0], workers[1]), (first, second))

        yield start


def send(endpoint: str, *, failed: str = "") -> None:
    """Send every session: some traces of a root and a child, one trace after the other.

    The last child of the session *failed* is an error.
    """
    with tracing(endpoint, SessionSpanProcessor()) as tracer:
        for number in range(TRACES):
            for one in SESSIONS:
                with session("Trip", id=one), tracer.start_as_current_span("turn"):
                    span: Any = tracer.start_span("chat")
                    if one == failed and number == TRACES - 1:
                        span.set_status(StatusCode.ERROR)
                    span.end()


def test_each_worker_gets_only_whole_sessions(tier: Callable[..., Tier]) -> None:
    """All spans of a session are with one worker, and both have some."""
    both = tier("worker", KEEP_PERCENT="100")
    send(both.router.grpc)
    assert until(lambda: both.count() == len(SESSIONS) * TRACES * 2)
    first, second = both.sessions(0), both.sessions(1)
    assert first
    assert second
    assert {**first, **second} == dict.fromkeys(SESSIONS, TRACES * 2)
    assert not first.keys() & second.keys()


def test_a_part_of_all_sessions_is_kept_each_whole(tier: Callable[..., Tier]) -> None:
    """30% are the buckets below 30, whichever worker has them."""
    both = tier("worker", KEEP_PERCENT="30")
    send(both.router.grpc)
    kept = {one for one in SESSIONS if bucket(one) < 30}
    assert until(lambda: both.count() == len(kept) * TRACES * 2)
    assert {**both.sessions(0), **both.sessions(1)} == dict.fromkeys(kept, TRACES * 2)


def test_a_session_with_an_error_is_kept_whole(tier: Callable[..., Tier]) -> None:
    """worker-tail.yaml keeps all traces of a session for an error in one, under their own ids."""
    failed = next(one for one in SESSIONS if bucket(one) >= 5)
    both = tier("worker-tail", KEEP_PERCENT="5", SESSION_WAIT="2s")
    send(both.router.grpc, failed=failed)
    kept = {one for one in SESSIONS if bucket(one) < 5} | {failed}
    assert until(lambda: both.count() == len(kept) * TRACES * 2)
    assert {**both.sessions(0), **both.sessions(1)} == dict.fromkeys(kept, TRACES * 2)
    spans = [*both.backends[0].spans(), *both.backends[1].spans()]
    assert len({span.trace_id for span in spans}) == len(kept) * TRACES
    assert not any("helisession.trace" in attributes_of(span) for span in spans)


def test_a_killed_worker_loses_nothing(tier: Callable[..., Tier]) -> None:
    """One worker is killed while spans come, and started again: all arrive, sessions whole."""
    both = tier("worker", KEEP_PERCENT="100")
    send(both.router.grpc)
    both.workers[0].kill()
    send(both.router.grpc)
    both.workers[0].start()
    wanted = len(SESSIONS) * TRACES * 2 * 2
    assert until(lambda: both.count() >= wanted, 60)
    whole = {**both.sessions(0), **both.sessions(1)}
    assert set(whole) == set(SESSIONS)
    assert min(whole.values()) >= TRACES * 2 * 2  # a kill between sending and noting it repeats
    assert not both.sessions(0).keys() & both.sessions(1).keys()
