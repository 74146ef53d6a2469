"""LocalSpanExporter: what it promises the SDK, and what it does where there is no good place."""

from __future__ import annotations

import os
import sqlite3
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExportResult

from otel_helisession.exporters.local import LocalSpanExporter
from otel_helisession.store import error
from otel_helisession.store.reader import SessionReader
from tests.recorded import Recorder, exporting

Run = Callable[..., "subprocess.CompletedProcess[str]"]
SUCCESS, FAILURE = SpanExportResult.SUCCESS, SpanExportResult.FAILURE


def one_span(session: str = "s-1") -> list[ReadableSpan]:
    recorder = Recorder()
    recorder.llm(session=session)
    return recorder.take()


def warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records]


def test_it_works_under_the_stock_batch_processor(provider: TracerProvider) -> None:
    """Anybody's pipeline may have it."""
    provider.add_span_processor(BatchSpanProcessor(LocalSpanExporter()))
    attributes = {"helicone.session.id": "s-1"}
    provider.get_tracer("tests").start_span("work", attributes=attributes).end()
    assert provider.force_flush()
    with SessionReader() as reader:
        assert [row.name for row in reader.spans("s-1")] == ["work"]


def test_making_one_makes_no_file(tmp_path: Path) -> None:
    """The file is made by the first export, in the thread that exports."""
    with exporting(tmp_path / "s.db") as exporter:
        assert exporter.force_flush()
        assert list(tmp_path.iterdir()) == []


def test_an_unwritable_place_costs_one_warning_and_no_exception(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Every export fails, and a flush says so."""
    (tmp_path / "file").touch()
    with exporting(tmp_path / "file" / "s.db") as exporter:
        assert [exporter.export(one_span()) for _ in range(3)] == [FAILURE] * 3
        assert not exporter.force_flush()
        assert exporter.force_flush()
    (warning,) = warnings(caplog)
    assert warning.startswith(f"spans are not kept: {tmp_path}/file/s.db cannot be opened (")
    assert warning.endswith("set HELISESSION_STORE to a file in a directory that you can write to")


def test_a_damaged_store_is_reported_and_left_alone(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Its owner decides; the program goes on."""
    path = tmp_path / "s.db"
    path.write_bytes(b"SQLite format 3\x00" + b"garbage" * 200)
    before = path.read_bytes()
    with exporting(path) as exporter:
        assert exporter.export(one_span()) is FAILURE
        assert exporter.export(one_span()) is FAILURE
    assert path.read_bytes() == before
    (warning,) = warnings(caplog)
    assert "move it away, and a new one is made in its place" in warning


def test_a_full_disk_fails_the_batch_and_the_next_is_tried(tmp_path: Path, run_python: Run) -> None:
    """A limit on the size of files stands for the disk; it is lifted halfway."""
    source = """
import resource, sys
from tests.store.test_local_exporter import one_span
from otel_helisession.exporters.local import LocalSpanExporter
exporter = LocalSpanExporter(sys.argv[1])
print(exporter.export(one_span("before")).name)
unlimited = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, unlimited[1]))
print({exporter.export(one_span(f"s-{number}")).name for number in range(30)} >= {"FAILURE"})
resource.setrlimit(resource.RLIMIT_FSIZE, unlimited)
print(exporter.export(one_span("after")).name)
exporter.shutdown()
"""
    root = str(Path(__file__).parents[2])
    done = run_python(source, str(tmp_path / "s.db"), PYTHONPATH=root)
    assert (done.stdout.split(), done.stderr.count("cannot grow")) == (
        ["SUCCESS", "True", "SUCCESS"],
        1,
    ), done.stderr
    with SessionReader(tmp_path / "s.db") as reader:
        assert {"before", "after"} <= {one.id for one in reader.sessions()}


def test_a_lock_that_is_held_too_long_fails_the_batch_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Somebody has the file open in a tool; later exports succeed."""
    path = tmp_path / "s.db"
    with exporting(path) as exporter:
        assert exporter.export(one_span()) is SUCCESS
        exporter.shutdown()
    monkeypatch.setattr("otel_helisession.store.connection.BUSY_SECONDS", 0.05)
    with exporting(path) as exporter, closing(sqlite3.connect(path)) as tool:
        tool.execute("BEGIN IMMEDIATE")
        assert exporter.export(one_span("s-2")) is FAILURE
        tool.rollback()
        assert exporter.export(one_span("s-2")) is SUCCESS
    assert [text[:39] for text in warnings(caplog)] == [f"spans are not kept for now: {path}"[:39]]
    assert error.BUSY_SECONDS == 5


def test_one_odd_span_does_not_cost_its_batch(
    lenient: None, caplog: pytest.LogCaptureFixture
) -> None:
    """The others are stored; the result says that not all were."""
    good = one_span()
    odd = ReadableSpan("no context", context=None)
    with exporting() as exporter:
        assert exporter.export([odd, *good]) is FAILURE
    with SessionReader() as reader:
        assert [one.spans for one in reader.sessions()] == [1]
    assert len(warnings(caplog)) == 1


def test_threads_may_share_it() -> None:
    """The SDK does not, but users have several pipelines."""
    with exporting() as exporter, ThreadPoolExecutor(8) as pool:
        batches = [one_span(f"s-{number}") for number in range(40)]
        assert set(pool.map(exporter.export, batches)) == {SUCCESS}
    with SessionReader() as reader:
        assert reader.count() == 40


def test_after_shutdown_exports_fail() -> None:
    """As the specification of exporters says; a second shutdown does nothing."""
    exporter = LocalSpanExporter()
    assert exporter.export(one_span()) is SUCCESS
    exporter.shutdown()
    exporter.shutdown()
    assert exporter.export(one_span("s-2")) is FAILURE
    with SessionReader() as reader:
        assert reader.count() == 1


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_forked_child_opens_the_file_for_itself(run_python: Run) -> None:
    """Also when the fork happened while another thread held the exporter's lock."""
    source = """
import os, sys
from tests.store.test_local_exporter import one_span
from otel_helisession.exporters.local import LocalSpanExporter
exporter = LocalSpanExporter()
exporter.export(one_span("parent-1"))
with exporter._lock:
    child = os.fork()
if child == 0:
    result = exporter.export(one_span("child"))
    exporter.shutdown()
    os._exit(result.value)
assert os.waitpid(child, 0)[1] == 0
print(exporter.export(one_span("parent-2")).name)
exporter.shutdown()
"""
    done = run_python(source, PYTHONPATH=str(Path(__file__).parents[2]))
    assert done.stdout == "SUCCESS\n", done.stderr
    with SessionReader() as reader:
        assert {one.id for one in reader.sessions()} == {"parent-1", "child", "parent-2"}


def test_the_off_switch_makes_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """HELISESSION_DISABLED: no spans, headers or files of ours."""
    monkeypatch.setenv("HELISESSION_DISABLED", "true")
    with exporting(tmp_path / "s.db") as exporter:
        assert exporter.export(one_span()) is SUCCESS
    assert list(tmp_path.iterdir()) == []


def test_a_directory_is_refused_where_the_mistake_was_made(tmp_path: Path) -> None:
    """Constructors check what they are given."""
    with pytest.raises(ValueError, match="is a directory; give a file in it"):
        LocalSpanExporter(tmp_path)
