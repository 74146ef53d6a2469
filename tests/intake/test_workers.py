"""Other processes help while much waits, and are not missed when they fail."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from otel_helisession.intake import reader_thread
from otel_helisession.intake.intake import Intake
from otel_helisession.intake.preparing import prepare
from otel_helisession.intake.workers import Workers
from tests.intake.conftest import rows
from tests.intake.requests import encoded, llm


def test_a_worker_prepares_what_we_would() -> None:
    """The same entries, in the same order."""
    bodies = [encoded(*(llm(f"{batch} {at}", 1 + at) for at in range(20))) for batch in range(5)]
    workers = Workers(1, has_content=True)
    made = [workers.prepare(body) for body in bodies]
    for body, one in zip(bodies, made, strict=True):
        found, expected = one.result(30), prepare(body, True)
        assert [item.entry for item in found.made] == [item.entry for item in expected.made]
    workers.close()


def test_a_worker_that_dies_is_not_missed(lenient: None, caplog: pytest.LogCaptureFixture) -> None:
    """Its batch is prepared here, as are those after it."""
    workers = Workers(1, has_content=True)
    body = encoded(llm("chat"))
    assert len(workers.prepare(body).result(30).made) == 1
    os.kill(workers._processes[0].pid, signal.SIGKILL)
    workers._processes[0].wait(10)
    for _ in range(2):
        assert len(workers.prepare(body).result(30).made) == 1
    workers.close()
    assert "they are read without it" in caplog.text


def test_a_backlog_is_read_with_help(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All of it, once, and in order; the processes end when it is gone."""
    monkeypatch.setattr(reader_thread, "_BACKLOG_BYTES", 0)
    monkeypatch.setattr(reader_thread, "_IDLE_SECONDS", 0.0)
    intake = Intake(store, processes=1)
    for batch in range(30):
        body = encoded(*(llm("chat", 1 + batch * 10 + at) for at in range(10)))
        intake.accept(ExportTraceServiceRequest.FromString(body), body)
    intake.start()
    assert intake.settle(30)
    assert intake.close()
    assert sorted(int(row.span_id, 16) for row in rows(store)) == list(range(1, 301))
    assert intake.figures().stored == 300
