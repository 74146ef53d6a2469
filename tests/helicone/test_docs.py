"""What docs/helicone.md shows runs as it stands."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import TracerProvider

from tests.helicone.endpoint import KEY, FakeHelicone
from tests.servers.otlp import HttpSink

PAGE = (Path(__file__).parents[2] / "docs" / "helicone.md").read_text("utf-8")
SETUP, PIPELINE = re.findall(r"^```python\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)


@pytest.fixture(autouse=True)
def _environment(worker: FakeHelicone, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HELICONE_API_KEY", KEY)
    monkeypatch.setenv("HELISESSION_HELICONE_ENDPOINT", worker.url)


def test_the_set_up(worker: FakeHelicone, run_python) -> None:  # type: ignore[no-untyped-def]
    """The tool is logged, at its path, when the process ends."""
    given = "from unittest.mock import Mock; client, search_hotels = Mock(), str\n"
    done = run_python(given + SETUP)
    assert (done.returncode, done.stderr) == (0, "")
    (meta,) = worker.metas()
    assert meta["Helicone-Session-Path"] == "/trip/research/search_hotels"


def test_in_a_pipeline(
    worker: FakeHelicone,
    provider: TracerProvider,
    otlp_http: HttpSink,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Both exporters get the session."""
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", otlp_http.http.url)
    exec(PIPELINE, {"provider": provider, "OTLPSpanExporter": OTLPSpanExporter})
    from otel_helisession import session

    told = {"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "search"}
    with session("Trip planner"):
        provider.get_tracer("test").start_span("search", attributes=told).end()
    assert provider.force_flush()
    assert (len(worker.arrivals), len(otlp_http.spans())) == (1, 1)
