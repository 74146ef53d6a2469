"""to-kafka.yaml and worker-from-kafka.yaml with a broker, when HELISESSION_TEST_KAFKA names one."""

from __future__ import annotations

import os
import time
import uuid
from collections.abc import Callable

import pytest

from otel_helisession import SessionSpanProcessor, session
from tests.backends.collector import Collector
from tests.backends.processes import until
from tests.backends.sending import tracing
from tests.servers.otlp import GrpcSink, attributes_of

BROKER = os.environ.get("HELISESSION_TEST_KAFKA", "")

pytestmark = pytest.mark.skipif(
    not BROKER, reason="no Kafka here: HELISESSION_TEST_KAFKA can name one, as HOST:PORT"
)


def sessions(sink: GrpcSink, run: str) -> dict[str, int]:
    """Return how many spans of which session of this run *sink* has."""
    told: dict[str, int] = {}
    for span in sink.spans():
        one = attributes_of(span)["helicone.session.id"]
        if one.startswith(run):
            told[one] = told.get(one, 0) + 1
    return told


def test_two_workers_share_the_sessions_out_each_whole(collector: Callable[..., Collector]) -> None:
    """Everything that went into Kafka comes out, once, a session's spans at one of the two.

    First a span into each of the 100 topics, so that they exist, and the workers have shared
    them out: a worker that joins makes others read again what they had not yet noted.
    """
    run = f"run-{uuid.uuid4().hex[:8]}"
    wanted = [f"{run}-{number}" for number in range(30)]
    hop = collector("to-kafka", KAFKA=BROKER)
    with tracing(hop.grpc) as tracer:
        for bucket in range(100):
            one = {"helicone.session.id": f"warm-{run}-{bucket}", "helicone.session.bucket": bucket}
            tracer.start_span("warm", attributes=one).end()
    with GrpcSink() as first, GrpcSink() as second:
        group = f"yaml:receivers::kafka::group_id: {run}"
        for sink in (first, second):
            address = sink.endpoint.removeprefix("http://")
            settings = {"BACKEND_OTLP": address, "KAFKA": BROKER, "KEEP_PERCENT": "100"}
            collector("worker-from-kafka", group, **settings)
        warm = f"warm-{run}"
        assert until(lambda: len(sessions(first, warm) | sessions(second, warm)) == 100, 90)
        time.sleep(5)  # both know their topics, and have noted what they read
        with tracing(hop.grpc, SessionSpanProcessor()) as tracer:
            for _ in range(2):
                for name in wanted:
                    with session("Trip", id=name):
                        tracer.start_span("chat").end()
        assert until(lambda: len(sessions(first, run) | sessions(second, run)) == 30, 30)
        assert until(
            lambda: sessions(first, run) | sessions(second, run) == dict.fromkeys(wanted, 2)
        )
        assert sessions(first, run)
        assert sessions(second, run)
        assert not sessions(first, run).keys() & sessions(second, run).keys()
