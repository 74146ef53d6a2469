"""docs/metrics.md, the catalogue and what is emitted are the same."""

from __future__ import annotations

import re
from collections.abc import Callable
from subprocess import CompletedProcess
from typing import Any

import pytest
from opentelemetry.sdk.trace import TracerProvider

from otel_helisession import DeliverySettings, SessionSpanProcessor
from otel_helisession.metrics import catalogue
from otel_helisession.metrics.sessions import SessionMetricsExporter
from tests.documentation import DOCS, blocks
from tests.fakes import RefusingExporter
from tests.holding.spans import llm, span, tokens
from tests.metrics.conftest import Measured

CATALOGUE = (*catalogue.DELIVERY, *catalogue.SDK, *catalogue.SESSIONS)
KINDS = {"Sum": "counter", "Histogram": "histogram"}


class Refusing(RefusingExporter):
    """Refuses, and says where it would have sent."""

    endpoint = "http://127.0.0.1:4318/v1"


def test_the_table_is_the_catalogue() -> None:
    """Name, kind, unit and attributes of each metric, in order."""
    page = (DOCS / "metrics.md").read_text()
    rows = [
        (
            row[1].strip(" `"),
            row[2].strip(),
            row[3].strip(" `"),
            tuple(re.findall(r"`(.*?)`", row[4])),
        )
        for row in (line.split("|") for line in page.splitlines() if line.startswith("| `"))
    ]
    assert rows == [(one.name, one.kind, one.unit, one.attributes) for one in CATALOGUE]


def emitted(measured: Measured) -> set[tuple[str, str, str, str, frozenset[str]]]:
    """Return name, kind, unit, description and attributes of what was measured."""
    found = set()
    for name, metric in measured.metrics().items():
        data: Any = metric.data
        kind = KINDS[type(data).__name__]
        if kind == "counter" and not data.is_monotonic:
            kind = "updowncounter"
        attributes = frozenset(key for point in data.data_points for key in point.attributes)
        found.add((name, kind, metric.unit, metric.description, attributes))
    return found


def test_the_catalogue_is_what_is_emitted(
    provider: TracerProvider, measured: Measured, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All metrics, with all their attributes, and no others."""
    monkeypatch.setenv("OTEL_PYTHON_SDK_INTERNAL_METRICS_ENABLED", "true")
    processor = SessionSpanProcessor(
        Refusing(), meter_provider=measured.provider, settings=DeliverySettings(retry_for_seconds=0)
    )
    provider.add_span_processor(processor)
    provider.get_tracer("test").start_span("work").end()
    processor.force_flush(5_000)
    sessions = SessionMetricsExporter(measured.provider)
    said: dict[str, Any] = {"gen_ai__provider__name": "openai", "gen_ai__request__model": "gpt-x"}
    sessions.export([llm("s", **said, **tokens(1, 1, gen_ai__usage__cost=1.0), failed=True)])
    sessions.export([span("s", gen_ai__operation__name="execute_tool", failed=True)])
    sessions.shutdown()
    assert emitted(measured) == {
        (one.name, one.kind, one.unit, one.description, frozenset(one.attributes))
        for one in CATALOGUE
    }


def test_its_program_runs(run_python: Callable[..., CompletedProcess[str]]) -> None:
    """And measures its session."""
    (block,) = blocks("metrics.md")
    ask = "\nprint(sum(len(s.metrics) for s in seen.resource_metrics[0].scope_metrics))"
    block = block.replace(
        "handle.shutdown()", "handle.shutdown()\nseen = reader.get_metrics_data()"
    )
    done = run_python(block + ask)
    assert (done.stderr, int(done.stdout) > 0) == ("", True)
