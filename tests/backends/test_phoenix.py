"""Phoenix shows the same session under the same id. Its environment is 850 MB: only if it is there.

``python -m tests.backends --build phoenix`` makes it.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import TracerProvider

from otel_helisession import SessionSpanProcessor, session
from tests.backends.phoenix import ENVIRONMENT, Phoenix
from tests.backends.processes import until


@pytest.fixture(scope="module")
def phoenix(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Phoenix]:
    if not (ENVIRONMENT.folder / "complete").exists():
        pytest.skip("no Phoenix here: python -m tests.backends --build phoenix installs it")
    with Phoenix(tmp_path_factory.mktemp("phoenix")) as running:
        yield running


def test_a_session_has_its_traces_under_its_id(phoenix: Phoenix) -> None:
    """Two traces of one session of ours are one session of Phoenix's, by the same id."""
    ours = f"trip-{uuid.uuid4().hex}"
    provider = TracerProvider(shutdown_on_exit=False)
    processor = SessionSpanProcessor(OTLPSpanExporter(endpoint=phoenix.otlp_http))
    provider.add_span_processor(processor)
    tracer = provider.get_tracer("tests")
    with session("Trip planner", id=ours):
        made = [_turn(tracer), _turn(tracer)]
    assert processor.force_flush(20_000)

    def shown() -> list[Any]:
        found = phoenix.get("/v1/projects/default/sessions")["data"]
        return [one for one in found if one["session_id"] == ours]

    assert until(lambda: bool(shown()) and len(shown()[0]["traces"]) == 2)
    traces = {one["trace_id"] for one in shown()[0]["traces"]}
    assert traces == set(made)
    provider.shutdown()


def _turn(tracer: Any) -> str:
    with tracer.start_as_current_span("turn") as root:
        tracer.start_span("chat").end()
        return f"{root.get_span_context().trace_id:032x}"
