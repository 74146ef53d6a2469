"""Delivery: by session, in the background, each exporter for itself, and the truth about it."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SpanExportResult
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF
from opentelemetry.trace import Tracer

from otel_helisession.delivery.settings import DeliverySettings
from otel_helisession.processor import SessionSpanProcessor
from otel_helisession.sessions import live
from otel_helisession.sessions.scope import session
from tests.fakes import BlockedExporter, KeepingExporter, RaisingExporter, RefusingExporter


def pipeline(
    provider: TracerProvider, *exporters: Any, **settings: Any
) -> tuple[SessionSpanProcessor, Tracer]:
    """Add a processor with *exporters* to *provider*; return it and a tracer."""
    processor = SessionSpanProcessor(*exporters, settings=DeliverySettings(**settings))
    provider.add_span_processor(processor)
    return processor, provider.get_tracer("tests")


def interleave(tracer: Tracer, sessions: int, spans: int) -> None:
    """End spans ``SESSION.SPAN``, the sessions taking turns; session 0 is none."""
    for number in range(spans):
        tracer.start_span(f"0.{number}").end()
        for index in range(1, sessions):
            with session("Trip", id=f"t-{index}"):
                tracer.start_span(f"{index}.{number}").end()


@pytest.fixture
def blocked() -> Iterator[BlockedExporter]:
    exporter = BlockedExporter()
    yield exporter
    exporter.released.set()


def test_a_sessions_spans_leave_together(provider: TracerProvider) -> None:
    """Each session is one call of the exporter, in order of ends, whatever came between."""
    exporter = KeepingExporter()
    processor, tracer = pipeline(provider, exporter)
    interleave(tracer, sessions=3, spans=4)
    assert processor.force_flush()
    assert sorted(exporter.batches) == [
        [f"{index}.{number}" for number in range(4)] for index in range(3)
    ]


def test_a_session_is_split_only_when_it_must_be(provider: TracerProvider) -> None:
    """More spans than a batch holds go in several calls, one after another, in order."""
    exporter = KeepingExporter()
    processor, tracer = pipeline(provider, exporter, max_export_batch_size=10)
    interleave(tracer, sessions=2, spans=25)
    assert processor.force_flush()
    assert max(len(batch) for batch in exporter.batches) == 10
    for index in "01":
        own = [batch for batch in exporter.batches if batch[0].startswith(index)]
        assert [name for batch in own for name in batch] == [
            f"{index}.{number}" for number in range(25)
        ]
        assert len(own) < 6  # three, or more where some left while others were still made


def test_spans_leave_by_themselves(provider: TracerProvider) -> None:
    """A session leaves when its first span has waited for the delay."""
    exporter = KeepingExporter()
    _, tracer = pipeline(provider, exporter, schedule_delay_millis=30)
    interleave(tracer, sessions=2, spans=2)
    deadline = time.monotonic() + 5
    while len(exporter.batches) < 2 and time.monotonic() < deadline:
        time.sleep(0.005)
    assert sorted(exporter.batches) == [["0.0", "0.1"], ["1.0", "1.1"]]


def test_a_burst_is_not_lost(provider: TracerProvider) -> None:
    """As many spans as the queue holds, ended without a pause on four threads, all arrive."""
    exporter = KeepingExporter()
    processor, tracer = pipeline(provider, exporter, max_queue_size=2_000)

    def burst(index: int) -> None:
        for number in range(500):
            with session("Trip", id=f"t-{index}"):
                tracer.start_span(f"{index}.{number}").end()

    threads = [threading.Thread(target=burst, args=(index,)) for index in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert processor.force_flush()
    assert len(exporter.spans) == 2_000


def test_small_sessions_share_calls_when_the_exporter_is_behind(provider: TracerProvider) -> None:
    """Two milliseconds a call, 200 sessions of 20: none is lost, and none is split."""

    class Slow(KeepingExporter):
        def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
            time.sleep(0.002)
            return super().export(spans)

    exporter = Slow()
    _, tracer = pipeline(provider, exporter)
    for number in range(200):
        with session("Trip", id=str(number)):
            for _ in range(20):
                tracer.start_span(f"work {number}").end()
    assert provider.force_flush() is True
    assert len(exporter.spans) == 4_000
    assert all(batch.count(name) == 20 for batch in exporter.batches for name in set(batch))
    assert len(exporter.batches) < 150


def test_a_blocked_exporter_delays_no_other(
    provider: TracerProvider, blocked: BlockedExporter
) -> None:
    """Each has a queue and a thread of its own; the user's thread never waits."""
    exporter = KeepingExporter()
    processor, tracer = pipeline(provider, blocked, exporter)
    tracer.start_span("first").end()
    assert not processor.force_flush(100)
    tracer.start_span("second").end()
    assert not processor.force_flush(100)
    assert exporter.batches == [["first"], ["second"]]
    blocked.released.set()
    assert processor.force_flush()
    assert blocked.batches == [["first"], ["second"]]


def test_a_broken_exporter_harms_no_other(
    provider: TracerProvider, caplog: pytest.LogCaptureFixture
) -> None:
    """Its failures are logged once, counted, and told by force_flush and shutdown."""
    exporter = KeepingExporter()
    processor, tracer = pipeline(provider, RaisingExporter(), exporter)
    for number in range(3):
        tracer.start_span(f"{number}").end()
        assert not processor.force_flush()
    assert not processor.shutdown()
    assert exporter.batches == [["0"], ["1"], ["2"]]
    assert exporter.was_shut_down
    assert len([message for message in caplog.messages if "failed to export" in message]) == 1


def test_force_flush_tells_what_happened_since_the_last_one(provider: TracerProvider) -> None:
    """False when a span was refused, True again when the next ones are accepted."""
    exporter = RefusingExporter()
    processor, tracer = pipeline(provider, exporter)
    assert processor.force_flush()
    tracer.start_span("refused").end()
    assert not processor.force_flush()
    exporter.refuses = False
    tracer.start_span("accepted").end()
    assert processor.force_flush()
    assert sorted(exporter.batches) == [["accepted"], ["refused"], ["refused"]]
    assert processor.shutdown()  # in the end, all were accepted


def test_force_flush_keeps_its_time(provider: TracerProvider, blocked: BlockedExporter) -> None:
    """It returns when its time is over, also while another flush is waiting."""
    processor, tracer = pipeline(provider, blocked)
    tracer.start_span("work").end()
    other = threading.Thread(target=processor.force_flush, args=(5_000,))
    other.start()
    assert blocked.entered.wait(5)
    started = time.monotonic()
    assert not processor.force_flush(100)
    assert time.monotonic() - started < 4
    blocked.released.set()
    other.join(5)


def test_shutdown_delivers_what_waits(provider: TracerProvider) -> None:
    """It flushes, shuts the exporters down, and leaves no thread."""
    exporter = KeepingExporter()
    processor, tracer = pipeline(provider, exporter)
    interleave(tracer, sessions=2, spans=2)
    assert processor.shutdown()
    assert len(exporter.spans) == 4
    assert exporter.was_shut_down
    assert [thread.name for thread in threading.enumerate() if "helisession" in thread.name] == []


def test_shutdown_has_a_deadline_and_tells_the_truth(
    provider: TracerProvider, blocked: BlockedExporter, caplog: pytest.LogCaptureFixture
) -> None:
    """A destination that hangs holds the process up for no longer, and its spans are lost."""
    processor, tracer = pipeline(provider, blocked)
    tracer.start_span("in flight").end()
    assert not processor.force_flush(50)
    tracer.start_span("queued").end()
    started = time.monotonic()
    assert not processor.shutdown(200)
    assert time.monotonic() - started < 4
    assert len(caplog.messages) == 1


def test_what_only_hangs_in_flight_at_shutdown_is_not_delivered(
    provider: TracerProvider, blocked: BlockedExporter
) -> None:
    """A span whose export has not returned was not accepted."""
    processor, tracer = pipeline(provider, blocked)
    tracer.start_span("in flight").end()
    assert not processor.shutdown(100)


def test_shutdown_may_be_called_twice(provider: TracerProvider) -> None:
    """The second call changes nothing and tells the same."""
    exporter = KeepingExporter()
    processor, tracer = pipeline(provider, exporter)
    tracer.start_span("work").end()
    assert processor.shutdown()
    assert processor.shutdown()
    assert processor.force_flush()
    assert exporter.batches == [["work"]]


def test_a_span_after_shutdown_is_dropped_and_counted(
    provider: TracerProvider, caplog: pytest.LogCaptureFixture
) -> None:
    """It is said once, and fails nothing."""
    exporter = KeepingExporter()
    processor, tracer = pipeline(provider, exporter)
    assert processor.shutdown()
    interleave(tracer, sessions=2, spans=3)
    assert not processor.force_flush()
    assert exporter.batches == []
    assert len(caplog.messages) == 1
    assert live.count() == 0


def test_an_overflow_is_counted(provider: TracerProvider, blocked: BlockedExporter) -> None:
    """When a destination is slower than spans arrive, memory is bounded and the loss is told."""
    processor, tracer = pipeline(provider, blocked, max_queue_size=20, max_export_batch_size=5)
    for number in range(10):
        interleave(tracer, sessions=2, spans=5)
        processor.force_flush(1 if number else 20)
    blocked.released.set()
    processor.force_flush()
    assert len(blocked.spans) <= 25 + 5  # a queue of 20, and what was in flight
    assert not processor.shutdown()


def test_unsampled_spans_are_no_matter_of_ours(caplog: pytest.LogCaptureFixture) -> None:
    """ALWAYS_OFF: nothing is exported, nothing is kept, and flushing is no failure."""
    exporter = KeepingExporter()
    provider = TracerProvider(sampler=ALWAYS_OFF, shutdown_on_exit=False)
    processor, tracer = pipeline(provider, exporter)
    with session("Trip"), tracer.start_as_current_span("parent"):
        tracer.start_span("child").end()
    assert live.count() == 0
    assert processor.force_flush()
    provider.shutdown()
    assert exporter.batches == []
    assert caplog.messages == []


def test_no_thread_is_started_before_the_first_span(provider: TracerProvider) -> None:
    """Making a pipeline is free of threads, so that a server may fork after it."""
    before = threading.active_count()
    pipeline(provider, KeepingExporter())
    assert threading.active_count() == before


@pytest.mark.parametrize("wrong", [None, "otlp", KeepingExporter], ids=str)
def test_an_exporter_exports(wrong: Any) -> None:
    """Anything else raises where it was given."""
    with pytest.raises(TypeError, match="SessionSpanProcessor takes span exporters"):
        SessionSpanProcessor(wrong)


@pytest.mark.parametrize(
    "settings",
    [
        {"max_queue_size": 0},
        {"schedule_delay_millis": -1},
        {"max_export_batch_size": 0},
        {"max_queue_size": 10, "max_export_batch_size": 11},
        {"max_queue_size": "10"},
        {"max_queue_size": float("nan")},
        {"max_queue_bytes": float("inf")},
        {"max_export_batch_size": 1.5},
        {"schedule_delay_millis": float("inf")},
        {"retry_for_seconds": float("nan")},
    ],
    ids=str,
)
def test_settings_are_checked(settings: dict[str, Any]) -> None:
    """Sizes and times are at least 1, and a batch fits the queue."""
    with pytest.raises(ValueError, match=next(iter(settings))):
        DeliverySettings(**settings)


def test_settings_come_from_the_sdks_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    """OTEL_BSP_* mean what they mean for the SDK's own processor."""
    monkeypatch.setenv("OTEL_BSP_MAX_QUEUE_SIZE", "100")
    monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "250")
    assert DeliverySettings.from_environment() == DeliverySettings(100, 250, 100)
    monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "soon")
    with pytest.raises(ValueError, match="OTEL_BSP_SCHEDULE_DELAY is 'soon'"):
        DeliverySettings.from_environment()
