"""A Collector that says "success", and rejects some of the spans: as far as that can be known."""

from __future__ import annotations

import pytest
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

from otel_helisession import SessionSpanExporter
from otel_helisession.delivery.rejections import Rejections
from tests.delivery.conftest import Deliver
from tests.delivery.test_keeping import Shelf
from tests.servers.echo import EchoServer, Request
from tests.servers.otlp import GrpcSink, HttpSink

NAMES = [f"span {number}" for number in range(5)]
KEY = "sk-000000000000000000000000"


def test_spans_that_were_rejected_are_counted_and_reported(
    deliver: Deliver, caplog: pytest.LogCaptureFixture
) -> None:
    """A flush is False, once; a shutdown, too. Secrets in what the endpoint says are masked."""
    with HttpSink() as sink:
        pipeline = deliver(OTLPSpanExporter(sink.endpoint))
        sink.partial = (2, f"too old, {KEY}")
        pipeline.end(*NAMES)
        assert pipeline.processor.force_flush() is False
        sink.partial = (0, "")
        pipeline.end(*NAMES)
        assert pipeline.processor.force_flush() is True
        assert pipeline.processor.shutdown() is False
    assert caplog.messages == [
        "OTLPSpanExporter was told that its call was a success, but 2 of 5 spans were rejected: "
        "too old, [redacted]",
        "OTLPSpanExporter: 8 spans delivered, 2 refused, 0 dropped",
    ]


def test_somebody_elses_pipeline_is_told_as_well(caplog: pytest.LogCaptureFixture) -> None:
    """Through our exporter around theirs; theirs alone says nothing. One line."""
    provider = TracerProvider(shutdown_on_exit=False)
    with HttpSink() as sink:
        exporter = SessionSpanExporter(OTLPSpanExporter(sink.endpoint))
        provider.add_span_processor(BatchSpanProcessor(exporter))
        sink.partial = (1, "too old")
        for _ in range(2):
            provider.get_tracer("tests").start_span("work").end()
            assert provider.force_flush()
        provider.shutdown()
    assert caplog.messages == [
        "SessionSpanExporter was told that its call was a success, but 1 of 1 spans were "
        "rejected: too old"
    ]


def test_a_call_that_was_rejected_whole_is_among_the_dead_letters(deliver: Deliver) -> None:
    """Then it is known which spans they are."""
    shelf = Shelf()
    with HttpSink() as sink:
        pipeline = deliver(OTLPSpanExporter(sink.endpoint), spool=shelf)
        sink.partial = (5, "quota")
        pipeline.end(*NAMES)
        assert pipeline.processor.force_flush() is False
    assert shelf.buried == [("OTLPSpanExporter", NAMES, "rejected: quota")]


def test_a_warning_is_no_loss(deliver: Deliver, caplog: pytest.LogCaptureFixture) -> None:
    """OTLP lets an endpoint say something where it has taken everything."""
    with HttpSink() as sink:
        pipeline = deliver(OTLPSpanExporter(sink.endpoint))
        sink.partial = (0, "deprecated")
        pipeline.end(*NAMES)
        assert pipeline.processor.shutdown() is True
    assert "0 of 5 spans were rejected: deprecated" in caplog.messages[0]


def test_over_grpc_nobody_is_told(deliver: Deliver) -> None:
    """The stock exporter drops the answer, and has no public place to look: docs/delivery.md."""
    module = pytest.importorskip("opentelemetry.exporter.otlp.proto.grpc.trace_exporter")
    with GrpcSink() as sink:
        pipeline = deliver(module.OTLPSpanExporter(sink.endpoint, insecure=True))
        sink.partial = (2, "too old")
        pipeline.end(*NAMES)
        assert pipeline.processor.shutdown() is True


@pytest.mark.parametrize(
    ("answer", "heard"),
    [
        (b'{"partialSuccess": {"rejectedSpans": "3", "errorMessage": "no"}}', (3, "no")),
        (b'{"partialSuccess": null}', (0, "")),
        (b"{}", (0, "")),
        (b"<html>", (0, "")),
    ],
)
def test_answers_in_json_are_read_too(answer: bytes, heard: tuple[int, str], lenient: None) -> None:
    """And whatever else comes is no failure."""

    class Json(EchoServer):
        def answer(self, request: Request) -> tuple[int, dict[str, str], bytes]:
            return 200, {"content-type": "application/json"}, answer

    with Json() as server:
        exporter = OTLPSpanExporter(server.url)
        rejections = Rejections(exporter)
        rejections.begin()
        exporter.export([])
        assert rejections.end("OTLP", 5) == heard
