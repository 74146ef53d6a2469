"""A queue that is full: the oldest sessions go, whole, and others do not notice."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.delivery.conftest import Deliver, Flaky
from tests.fakes import BlockedExporter, KeepingExporter


def test_an_overflow_drops_whole_sessions(deliver: Deliver) -> None:
    """What arrives after a long outage is complete, and the newest."""
    exporter = Flaky("fails")
    pipeline = deliver(exporter, max_queue_size=50, max_export_batch_size=10)
    for number in range(20):
        pipeline.end(*["work"] * 10, of=f"t-{number}")
        pipeline.processor.force_flush()
    counts: Counter[str] = Counter()

    def count(spans: object) -> bool:
        counts.update(str(span.attributes["session.id"]) for span in spans)  # type: ignore[attr-defined]
        return True

    exporter.mood = count
    pipeline.processor.force_flush()
    assert counts == {f"t-{number}": 10 for number in range(15, 20)}
    assert pipeline.processor.shutdown() is False


def test_long_prompts_fill_a_queue_before_many_spans_do(deliver: Deliver) -> None:
    """Memory is what is bounded."""
    exporter = Flaky("fails")
    pipeline = deliver(exporter, max_queue_bytes=100_000)
    tracer = pipeline.provider.get_tracer("tests")
    for number in range(10):
        tracer.start_span(f"{number}", attributes={"prompt": "x" * 30_000}).end()
        pipeline.processor.force_flush()
    exporter.mood = "accepts"
    pipeline.processor.force_flush()
    assert sorted(exporter.accepted) == ["7", "8", "9"]


def test_a_destination_that_is_full_costs_the_other_nothing(deliver: Deliver) -> None:
    """Each has bounds of its own."""
    blocked, alive = BlockedExporter(), KeepingExporter()
    pipeline = deliver(blocked, alive, max_queue_size=20, max_export_batch_size=5)
    for number in range(30):
        pipeline.end(*["work"] * 5, of=f"t-{number}")
        pipeline.processor.force_flush(20)
    assert len(alive.spans) == 150
    blocked.released.set()
    pipeline.processor.force_flush()
    assert len(blocked.spans) <= 20 + 5


def test_a_burst_that_is_too_fast_drops_whole_sessions(
    deliver: Deliver, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Also where the spans do not even reach a queue."""
    exporter = KeepingExporter()
    pipeline = deliver(exporter, max_queue_size=20, max_export_batch_size=20)
    delivery = pipeline.processor._delivery
    assert delivery is not None
    monkeypatch.setattr(delivery, "_start", lambda: None)  # as if its thread got no time
    for number in range(5):
        pipeline.end(*["work"] * 6, of=f"t-{number}")
    assert pipeline.processor.force_flush() is False
    counts = Counter((span.attributes or {})["session.id"] for span in exporter.spans)
    assert counts == {"t-2": 6, "t-3": 6, "t-4": 6}
    assert len(caplog.messages) == 1
