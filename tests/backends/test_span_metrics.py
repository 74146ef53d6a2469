"""span-metrics.yaml, scraped, and asked by a real Prometheus."""

from __future__ import annotations

import re
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest
from opentelemetry.trace import StatusCode

from otel_helisession import SessionSpanProcessor, session, step
from tests.backends.collector import Collector
from tests.backends.processes import free_port, until
from tests.backends.programs import PROMETHEUS
from tests.backends.prometheus import Prometheus
from tests.backends.sending import tracing

SOON = "yaml:connectors::span_metrics::metrics_flush_interval: 500ms"


@pytest.fixture
def measured(collector: Callable[..., Collector], sink_address: str) -> str:
    """Send two sessions, three calls to a model, of which one failed; return where to scrape."""
    scrape = f"127.0.0.1:{free_port()}"
    hop = collector("span-metrics", SOON, BACKEND_OTLP=sink_address, PROMETHEUS_SCRAPE=scrape)
    with tracing(hop.grpc, SessionSpanProcessor(), service="trips") as tracer:
        for number, calls in enumerate((1, 2)):
            with session("Trip", id=f"trip-{number}"), step("plan"):
                for call in range(calls):
                    span = tracer.start_span("chat m1")
                    span.set_attribute("gen_ai.operation.name", "chat")
                    span.set_attribute("helicone.request.type", "llm")
                    span.set_attribute("gen_ai.request.model", "m1")
                    if call:
                        span.set_status(StatusCode.ERROR)
                    span.end()
                tracer.start_span("GET").end()
        tracer.start_span("GET /healthz").end()
    return scrape


def scraped(address: str) -> str:
    """Return what Prometheus would be given."""
    with urllib.request.urlopen(f"http://{address}/metrics", timeout=5) as answer:
        return str(answer.read().decode())


def counted(text: str) -> dict[str, str]:
    """Return how many calls ended how, by the labels of each series."""
    return dict(re.findall(r"^helisession_calls_total\{(.*?)\} (\d+)", text, re.MULTILINE))


def test_requests_are_counted_by_name_path_and_model(measured: str) -> None:
    """Two series: what went well, what failed; none has an id, and nothing else is counted."""
    assert until(lambda: set(counted(scraped(measured)).values()) == {"1", "2"})
    text = scraped(measured)
    ends = {re.findall(r'status_code="(\w+)"', one)[0]: n for one, n in counted(text).items()}
    assert ends == {"STATUS_CODE_UNSET": "2", "STATUS_CODE_ERROR": "1"}
    for label in ('session_name="Trip"', 'session_path="/plan"', 'request_model="m1"'):
        assert all(label in series for series in counted(text))
    assert "trip-0" not in text
    assert "trip-1" not in text


def test_prometheus_answers_rate_errors_and_duration(measured: str, tmp_path: Path) -> None:
    """What a dashboard asks comes out of a real Prometheus."""
    if PROMETHEUS.find() is None:
        pytest.skip(PROMETHEUS.missing)
    calls = "sum by (helicone_session_name, helicone_session_path) (helisession_calls_total)"
    failed = 'sum(helisession_calls_total{status_code="STATUS_CODE_ERROR"})'
    slowest = "histogram_quantile(0.95, sum by (le) (helisession_duration_seconds_bucket))"
    with Prometheus(tmp_path / "prometheus", measured) as prometheus:
        assert until(lambda: bool(prometheus.query(calls)))
        (told,) = prometheus.query(calls)
        labels = {"helicone_session_name": "Trip", "helicone_session_path": "/plan"}
        assert (told["metric"], told["value"][1]) == (labels, "3")
        assert prometheus.query(failed)[0]["value"][1] == "1"
        assert 0 < float(prometheus.query(slowest)[0]["value"][1]) <= 0.1
