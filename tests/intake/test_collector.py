"""A real Collector sends to us, and writes files that we read."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor

from otel_helisession.intake.files import import_files
from otel_helisession.intake.grpc import GrpcReceiver
from otel_helisession.intake.http import HttpReceiver
from otel_helisession.store.row import SpanRow
from tests.backends.programs import COLLECTOR
from tests.intake.conftest import rows


def free_port() -> int:
    import socket

    with socket.socket() as made:
        made.bind(("127.0.0.1", 0))
        return int(made.getsockname()[1])


class Collector:
    """A Collector that passes spans on, to one exporter of ours and a file."""

    def __init__(self, program: Path, folder: Path, exporter: dict[str, Any]) -> None:
        self.file = folder / "spans.json"
        self.port = free_port()
        name = next(iter(exporter))
        written = {
            "receivers": {"otlp": {"protocols": {"http": {"endpoint": f"127.0.0.1:{self.port}"}}}},
            "exporters": {**exporter, "file": {"path": str(self.file), "flush_interval": "50ms"}},
            "service": {
                "telemetry": {"metrics": {"level": "none"}},
                "pipelines": {"traces": {"receivers": ["otlp"], "exporters": [name, "file"]}},
            },
        }
        config = folder / "collector.yaml"
        config.write_text(yaml.safe_dump(written))
        self._process = subprocess.Popen(
            [program, "--config", config], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        self._wait()

    def _wait(self) -> None:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            try:
                httpx.get(f"http://127.0.0.1:{self.port}/")
                return
            except httpx.HTTPError:
                assert self._process.poll() is None, "the Collector has ended"
                time.sleep(0.05)
        raise AssertionError("the Collector did not start")

    def stop(self) -> None:
        """End it, once it has sent everything."""
        self._process.terminate()
        self._process.wait(30)


@pytest.fixture(params=["http", "grpc"])
def collector(
    request: Any, tmp_path: Path, http: HttpReceiver, grpc_receiver: GrpcReceiver
) -> Iterator[Collector]:
    program = COLLECTOR.find()
    if program is None:
        pytest.skip(COLLECTOR.missing)
    tls = {"tls": {"insecure": True}}
    exporters = {
        "http": {"otlp_http": {"endpoint": http.url}},
        "grpc": {"otlp_grpc": {"endpoint": f"127.0.0.1:{grpc_receiver.port}", **tls}},
    }
    made = Collector(program, tmp_path, exporters[request.param])
    yield made
    made.stop()


def test_what_a_collector_passes_on_is_stored(
    collector: Collector,
    provider: TracerProvider,
    stored: Callable[[], dict[str, SpanRow]],
    tmp_path: Path,
) -> None:
    """Over HTTP and gRPC, compressed as it does; and its file says the same."""
    endpoint = f"http://127.0.0.1:{collector.port}/v1/traces"
    provider.add_span_processor(SimpleSpanProcessor(OTLPSpanExporter(endpoint=endpoint)))
    tool = {"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "search"}
    tracer = provider.get_tracer("x")
    with tracer.start_as_current_span("root"):
        tracer.start_span("execute_tool search", attributes=tool).end()
    collector.stop()
    found = stored()
    assert {name: row.path for name, row in found.items()} == {
        "execute_tool search": "/search",
        "root": "/",
    }
    imported = tmp_path / "imported.db"
    done = import_files([collector.file], imported)
    assert (done.spans, done.problems) == (2, [])
    assert sorted(rows(imported)) == sorted(found.values())
