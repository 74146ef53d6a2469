"""What is sent twice is there once: in Helicone by its ids, in the store by its keys."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

from otel_helisession.exporters.helicone import HeliconeSpanExporter
from otel_helisession.exporters.local import LocalSpanExporter
from otel_helisession.spool.spool import Spool
from otel_helisession.store.reader import SessionReader
from tests.helicone.endpoint import KEY, FakeHelicone
from tests.recorded import Recorder


def recorded() -> list[ReadableSpan]:
    """Return a session of two LLM calls and a tool."""
    recorder = Recorder()
    recorder.llm(path="/trip", gen_ai__output__messages="[]")
    recorder.llm(path="/trip/book")
    recorder.tool("hotel", path="/trip/book")
    return recorder.take()


def send_out_of(spool: Spool, exporter: SpanExporter) -> list[SpanExportResult]:
    """Export every parcel, and say of none that it is done, as when the process is killed."""
    found = []
    for parcel in spool.parcels("helicone"):
        found.append(exporter.export(parcel.spans))
        parcel.put_back()
    return found


def exported_before_and_after(
    spool: Spool, spans: Sequence[ReadableSpan], exporter: SpanExporter
) -> None:
    """Export *spans* from memory, and then twice out of the spool."""
    assert exporter.export(spans) is SpanExportResult.SUCCESS
    assert spool.keep("helicone", spans)
    for _ in range(2):
        assert send_out_of(spool, exporter) == [SpanExportResult.SUCCESS]
    exporter.shutdown()


def test_helicone_merges_what_comes_again(spool: Spool) -> None:
    """Three times the same three logs, byte for byte."""
    with FakeHelicone("worker") as fake:
        exported_before_and_after(spool, recorded(), HeliconeSpanExporter(KEY, fake.url))
    assert sorted(fake.ids().values()) == [3, 3, 3]
    bodies = {
        arrival.id: {one.body for one in fake.arrivals if one.id == arrival.id}
        for arrival in fake.arrivals
    }
    assert [len(one) for one in bodies.values()] == [1, 1, 1]
    assert fake.traps == []


def test_the_store_replaces_what_comes_again(spool: Spool, tmp_path: Path) -> None:
    """Rows and totals are those of one delivery."""
    path = tmp_path / "sessions.db"
    once = LocalSpanExporter(tmp_path / "once.db")
    spans = recorded()
    assert once.export(spans) is SpanExportResult.SUCCESS
    once.shutdown()
    exported_before_and_after(spool, spans, LocalSpanExporter(path))
    with SessionReader(path) as reader, SessionReader(tmp_path / "once.db") as expected:
        assert reader.spans("s-1") == expected.spans("s-1")
        assert reader.sessions() == expected.sessions()
        for row in reader.spans("s-1"):
            assert reader.detail(row) == expected.detail(row)
