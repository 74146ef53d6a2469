"""archive.yaml writes every span, and what it wrote goes in again: line by line, or replayed."""

from __future__ import annotations

import re
import shutil
import subprocess
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

from otel_helisession import SessionSpanProcessor, session, step
from tests.backends.collector import CONFIGURATIONS, Collector
from tests.backends.processes import until
from tests.backends.sending import tracing
from tests.servers.otlp import GrpcSink


@pytest.fixture
def archive(
    collector: Callable[..., Collector], tmp_path: Path, sink: GrpcSink, sink_address: str
) -> Path:
    """Return a file that archive.yaml made of ten sessions of two spans; the backend got them."""
    file = tmp_path / "archive" / "spans.jsonl"
    hop = collector("archive", BACKEND_OTLP=sink_address, ARCHIVE=str(file))
    with tracing(hop.grpc, SessionSpanProcessor()) as tracer:
        for number in range(10):
            with session("Trip ✈", id=f"kept-{number}"), step("plan"):
                tracer.start_span("chat", attributes={"n": number, "ok": True, "f": 0.5}).end()
                tracer.start_span("embed", attributes={"texts": ["a", "ü"]}).end()
    assert until(lambda: len(sink.spans()) == 20)
    return file


def told(sink: GrpcSink) -> list[bytes]:
    """Return the spans that *sink* got, as bytes, sorted."""
    return sorted(span.SerializeToString(deterministic=True) for span in sink.spans())


def test_each_line_is_a_request_that_any_otlp_receiver_takes(
    archive: Path, collector: Callable[..., Collector], sink: GrpcSink
) -> None:
    """Posted as they are, the lines make the same spans again."""
    with GrpcSink() as again:
        hop = collector("gateway", BACKEND_OTLP=again.endpoint.removeprefix("http://"))
        for line in archive.read_bytes().splitlines():
            headers = {"Content-Type": "application/json"}
            request = urllib.request.Request(hop.http, line, headers)
            with urllib.request.urlopen(request, timeout=5) as answer:
                assert answer.status == 200
        assert until(lambda: len(again.spans()) == 20)
        names = [span.span_id for span in again.spans()]
    assert sorted(names) == sorted(span.span_id for span in sink.spans())


@pytest.mark.skipif(not shutil.which("curl"), reason="no curl here")
def test_the_readmes_loop_replays(archive: Path, collector: Callable[..., Collector]) -> None:
    """The four lines of shell in README.md do as much without any receiver for files."""
    readme = (CONFIGURATIONS / "README.md").read_text()
    (loop,) = re.findall(r"^(while read.*?^done[^\n]*)$", readme, re.MULTILINE | re.DOTALL)
    with GrpcSink() as again:
        hop = collector("gateway", BACKEND_OTLP=again.endpoint.removeprefix("http://"))
        script = loop.replace("http://127.0.0.1:4318/v1/traces", hop.http)
        done = subprocess.run(["bash", "-c", script], cwd=archive.parents[1], timeout=60)
        assert done.returncode == 0
        assert until(lambda: len(again.spans()) == 20)


def test_replay_reads_it_back(
    archive: Path, collector: Callable[..., Collector], sink: GrpcSink, tmp_path: Path
) -> None:
    """replay.yaml sends the spans of the file, byte for byte what they were."""
    with GrpcSink() as again:
        collector(
            "replay",
            BACKEND_OTLP=again.endpoint.removeprefix("http://"),
            ARCHIVE=str(archive),
        )
        assert until(lambda: len(again.spans()) == 20)
        assert told(again) == told(sink)
