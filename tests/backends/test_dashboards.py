"""Every query of every dashboard, asked of a real Tempo and a real Prometheus."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from opentelemetry.exporter.otlp.proto.grpc.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.trace import StatusCode

from otel_helisession import SessionSpanProcessor, session, step
from tests.backends import programs
from tests.backends.collector import Collector, lacking
from tests.backends.grafana import Query, queries
from tests.backends.processes import free_port, until
from tests.backends.prometheus import Prometheus
from tests.backends.tempo import Tempo

NAME = "Trip (C++) \u00fc"  # signs of regular expressions, and no ASCII
ALL = {"name": ".*", "path": ".*", "model": ".*"}
CHOSEN = {"name": NAME, "path": "/trip/plan", "model": "m-1.5"}
SOON = "yaml:connectors::span_metrics::metrics_flush_interval: 500ms"
ASKED = list(queries())
PROMQL = [one for one in ASKED if one.kind == "promql"]
TRACEQL = [one for one in ASKED if one.kind == "traceql"]


def named(query: Query) -> str:
    """Return what a test of it is called."""
    return f"{query.dashboard}-{query.panel}"


class Backends:
    """Tempo, and a Prometheus that scrapes a Collector with span-metrics.yaml.

    Attributes:
        id: Of one of the two sessions that were sent.
    """

    def __init__(self, tempo: Tempo, prometheus: Prometheus) -> None:
        self.tempo = tempo
        self.prometheus = prometheus
        self.id = ""
        self.start = int(time.time()) - 60

    def filled(self, query: Query, values: dict[str, str] = ALL) -> str:
        """Return the query for these values, and the session."""
        return query.filled({**values, "id": self.id})

    def series(self, query: str) -> list[dict[str, Any]]:
        """Return the series of a TraceQL metrics query over all that was sent."""
        now = str(int(time.time()) + 5)
        times = {"start": str(self.start), "end": now, "step": "10s"}
        found: list[dict[str, Any]] = self.tempo.get(
            "/api/metrics/query_range", q=query, **times
        ).get("series", [])
        return found

    def total(self, query: str) -> float:
        """Return the sum of all samples of a TraceQL metrics query."""
        return sum(
            sample.get("value", 0)
            for series in self.series(query)
            for sample in series.get("samples", ())
        )


def converse(tracer: Any) -> str:
    """Make a session: two calls of a model at one path, one of which failed, and a tool's."""
    with session(NAME, path="/trip") as made:
        with step("plan"):
            for number in range(2):
                span = tracer.start_span("chat")
                span.set_attributes(
                    {
                        "gen_ai.operation.name": "chat",
                        "gen_ai.request.model": "m-1.5",
                        "gen_ai.usage.input_tokens": 10,
                        "gen_ai.usage.output_tokens": 4,
                        "gen_ai.usage.cost": 0.25,
                    }
                )
                if number:
                    span.set_status(StatusCode.ERROR, "busy")
                span.end()
        tool = {"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "look"}
        tracer.start_span("execute_tool look", attributes=tool).end()
    return made.id


@pytest.fixture(scope="module")
def backends(tempo: Tempo, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Backends]:
    """Two sessions sent, one after the other, so that counters have grown."""
    if lacking("span-metrics") or programs.PROMETHEUS.find() is None:
        pytest.skip(lacking("span-metrics") or programs.PROMETHEUS.missing)
    scrape = f"127.0.0.1:{free_port()}"
    folder = tmp_path_factory.mktemp("dashboards")
    with ExitStack() as running:
        hop = Collector(
            "span-metrics",
            folder / "collector",
            SOON,
            BACKEND_OTLP=tempo.otlp,
            PROMETHEUS_SCRAPE=scrape,
        )
        running.enter_context(hop)
        prometheus = Prometheus(folder / "prometheus", scrape)
        running.enter_context(prometheus)
        found = Backends(tempo, prometheus)
        found.id = send(hop.grpc, prometheus)
        query = f"{{ span.helicone.session.id = `{found.id}` }} | rate()"
        assert until(lambda: found.total(query) > 0)
        yield found


def send(endpoint: str, prometheus: Prometheus) -> str:
    """Send a session, wait until Prometheus has seen it, send another, and return its id."""
    resource = Resource({"service.name": "trips", "service.instance.id": "1"})
    reader = PeriodicExportingMetricReader(OTLPMetricExporter(endpoint=endpoint, insecure=True))
    meters = MeterProvider([reader], resource=resource, shutdown_on_exit=False)
    spans = TracerProvider(resource=resource, shutdown_on_exit=False)
    exporter = OTLPSpanExporter(endpoint=endpoint, insecure=True)
    spans.add_span_processor(
        SessionSpanProcessor(exporter, session_metrics=True, meter_provider=meters)
    )
    for number in (1, 2):
        made = converse(spans.get_tracer("trips"))
        assert spans.force_flush(20_000)
        assert meters.force_flush(20_000)
        calls = f"sum(helisession_calls_total) == {3 * number}"
        cost = f"sum(helisession_session_cost_total) == {0.5 * number}"
        for grown in (calls, cost):
            assert until(lambda grown=grown: bool(prometheus.query(grown)))
    spans.shutdown()
    meters.shutdown()
    assert until(lambda: bool(prometheus.query("rate(helisession_session_cost_total[20s]) > 0")))
    return made


@pytest.mark.parametrize("values", [ALL, CHOSEN], ids=["all", "chosen"])
@pytest.mark.parametrize("query", PROMQL, ids=named)
def test_prometheus_answers(query: Query, values: dict[str, str], backends: Backends) -> None:
    """What was measured is found, by a name with signs in it too, and is a number."""
    text = backends.filled(query, values)
    found = backends.prometheus.query(text)
    assert found, text
    assert all(math.isfinite(float(one["value"][1])) for one in found)
    said = {key: value for one in found for key, value in one["metric"].items()}
    assert said.get("helicone_session_name", NAME) == NAME
    assert said.get("helicone_session_path", "/trip").startswith("/trip")


@pytest.mark.parametrize("values", [ALL, CHOSEN], ids=["all", "chosen"])
@pytest.mark.parametrize("query", TRACEQL, ids=named)
def test_tempo_answers(query: Query, values: dict[str, str], backends: Backends) -> None:
    """What was sent is found: spans by a search, numbers by a metrics query."""
    text = backends.filled(query, values)
    if "_over_time" in text:
        assert backends.total(text) > 0
        return
    traces = backends.tempo.search(text)
    assert sum(spans["matched"] for one in traces for spans in one["spanSets"]) > 0


def only(dashboard: str, panel: str, kind: str = "traceql") -> Query:
    """Return the one query of a panel."""
    [found] = [
        one for one in ASKED if (one.dashboard, one.panel, one.kind) == (dashboard, panel, kind)
    ]
    return found


@pytest.mark.parametrize(
    ("panel", "total"),
    [("Requests", 3), ("Failed", 1), ("Input tokens", 20), ("Output tokens", 8)],
)
def test_the_numbers_of_a_session_are_right(panel: str, total: int, backends: Backends) -> None:
    """One session of two has three requests, one of which failed, and 28 tokens."""
    assert backends.total(backends.filled(only("session", panel))) == total


def test_the_tree_of_a_session_is_whole(backends: Backends) -> None:
    """The table has every span of the session, with its path, and none of the other's."""
    traces = backends.tempo.search(backends.filled(only("session", "Tree")))
    spans = [span for one in traces for part in one["spanSets"] for span in part["spans"]]
    said = [
        {one["key"]: one["value"].get("stringValue") for one in span["attributes"]}
        for span in spans
    ]
    assert {one["helicone.session.id"] for one in said} == {backends.id}
    paths = sorted(one["helicone.session.path"] for one in said)
    assert paths == ["/trip/look", "/trip/plan", "/trip/plan"]


def test_the_cost_is_what_programs_measured(backends: Backends) -> None:
    """Of two sessions the counter holds four calls of 25 cents."""
    found = backends.prometheus.query("sum(helisession_session_cost_total)")
    assert [float(one["value"][1]) for one in found] == [1.0]


def test_half_of_the_calls_of_a_path_failed(backends: Backends) -> None:
    """The share of failed requests is 0 where none failed, not missing."""
    [query] = [one for one in PROMQL if (one.dashboard, one.panel) == ("paths", "Failed")]
    found = backends.prometheus.query(backends.filled(query))
    shares = {one["metric"]["helicone_session_path"]: float(one["value"][1]) for one in found}
    assert shares == {"/trip/look": 0.0, "/trip/plan": pytest.approx(0.5)}
