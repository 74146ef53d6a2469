"""A fake Helicone of each flavour, and exporters that send to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExportResult

from otel_helisession.exporters.helicone import HeliconeSpanExporter
from tests.helicone.endpoint import KEY, FakeHelicone


@pytest.fixture
def worker() -> Iterator[FakeHelicone]:
    """A cloud worker. The test fails when a body that it accepted walks into a trap."""
    with FakeHelicone("worker") as fake:
        yield fake
    assert fake.traps == []


@pytest.fixture
def jawn() -> Iterator[FakeHelicone]:
    """A Jawn, as in the self-hosted image; likewise."""
    with FakeHelicone("jawn") as fake:
        yield fake
    assert fake.traps == []


MakeExporter = Callable[..., HeliconeSpanExporter]


@pytest.fixture
def exporter() -> Iterator[MakeExporter]:
    """``exporter(fake, **settings)`` returns an exporter to *fake*, shut down after the test."""
    made: list[HeliconeSpanExporter] = []

    def make(fake: FakeHelicone, **settings: Any) -> HeliconeSpanExporter:
        made.append(HeliconeSpanExporter(KEY, fake.url, **settings))
        return made[-1]

    yield make
    for one in made:
        one.shutdown(1_000)


@pytest.fixture
def sent(worker: FakeHelicone, exporter: MakeExporter) -> Callable[..., Any]:
    """``sent(span, **settings)`` returns the body of the one log that *span* becomes."""

    def send(span: ReadableSpan, **settings: Any) -> Any:
        result = exporter(worker, **settings).export([span])
        assert result is SpanExportResult.SUCCESS
        (log,) = worker.logs()
        return log

    return send
