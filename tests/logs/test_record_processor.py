"""SessionLogRecordProcessor: OpenTelemetry's log records carry the session of their Context."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from opentelemetry import context
from opentelemetry._logs import LogRecord
from opentelemetry.sdk import _logs as sdk_logs
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor

from otel_helisession import (
    Session,
    SessionLogRecordProcessor,
    environment,
    session,
    set_session,
    step,
)
from tests.collecting import CollectedSpans
from tests.logs.conftest import Logs, MemoryExporter


def emit(provider: LoggerProvider, body: str, **fields: Any) -> None:
    provider.get_logger("agent").emit(LogRecord(body=body, **fields))


def test_a_record_carries_what_spans_carry(logs: Logs) -> None:
    """Id, path, name, user and properties; and nothing outside a session."""
    with session("Trip", id="s", path="/trip", user_id="u", properties={"tier": "gold"}):
        emit(logs.provider, "inside")
    emit(logs.provider, "outside")
    assert logs() == {
        "inside": {
            "helicone.session.id": "s",
            "helicone.session.path": "/trip",
            "helicone.session.name": "Trip",
            "session.id": "s",
            "user.id": "u",
            "gen_ai.conversation.id": "s",
            "helicone.property.tier": "gold",
        },
        "outside": {},
    }


def test_the_path_is_the_span_s(logs: Logs, spans: CollectedSpans) -> None:
    """A record within a step hangs where the step's span hangs."""
    with session("Trip", id="s"), step("research"):
        emit(logs.provider, "looking")
    path = (spans.one("research").attributes or {})["helicone.session.path"]
    assert logs()["looking"]["helicone.session.path"] == path == "/research"


def test_what_another_library_wrote_stays(logs: Logs) -> None:
    """But helicone.session.* says what we think."""
    theirs = {"session.id": "theirs", "helicone.session.id": "theirs", "event.name": "e"}
    with session("", id="s"):
        emit(logs.provider, "both", attributes=theirs)
    assert logs()["both"] == {
        "session.id": "theirs",
        "helicone.session.id": "s",
        "event.name": "e",
        "helicone.session.path": "/",
        "gen_ai.conversation.id": "s",
    }


def test_the_record_s_own_context_counts(logs: Logs) -> None:
    """Not the one that happens to be current."""
    with session("Other", id="other"):
        emit(logs.provider, "given", context=set_session(Session("Given", id="given")))
    assert logs()["given"]["helicone.session.id"] == "given"


def test_a_concurrent_provider_s_threads_know_the_session() -> None:
    """They have no Context; the record has."""
    concurrent = getattr(sdk_logs, "ConcurrentMultiLogRecordProcessor", None)
    if concurrent is None:
        pytest.skip("this SDK has none that is public")
    exporter = MemoryExporter()
    provider = LoggerProvider(multi_log_record_processor=concurrent(2), shutdown_on_exit=False)
    provider.add_log_record_processor(SessionLogRecordProcessor())
    provider.add_log_record_processor(BatchLogRecordProcessor(exporter))
    with session("Trip", id="s"):
        emit(provider, "inside")
    provider.force_flush()
    (found,) = exporter.get_finished_logs()
    provider.shutdown()  # type: ignore[no-untyped-call]
    assert dict(found.log_record.attributes or {})["helicone.session.id"] == "s"


def test_behind_a_batch_processor_it_is_in_time() -> None:
    """The batch holds the record itself, and exports it later."""
    exporter = MemoryExporter()
    provider = LoggerProvider(shutdown_on_exit=False)
    provider.add_log_record_processor(BatchLogRecordProcessor(exporter))
    provider.add_log_record_processor(SessionLogRecordProcessor())
    with session("Trip", id="s"):
        emit(provider, "inside")
    provider.force_flush()
    (found,) = exporter.get_finished_logs()
    provider.shutdown()  # type: ignore[no-untyped-call]
    assert dict(found.log_record.attributes or {})["helicone.session.id"] == "s"


def test_switched_off_nothing_is_stamped(logs: Logs, monkeypatch: pytest.MonkeyPatch) -> None:
    """HELISESSION_DISABLED holds for log records too."""
    monkeypatch.setenv("HELISESSION_DISABLED", "true")
    environment.disabled.cache_clear()
    with session("Trip", id="s"):
        emit(logs.provider, "inside")
    assert logs() == {"inside": {}}


@pytest.mark.usefixtures("lenient")
def test_a_fault_of_ours_does_not_reach_who_logs(caplog: pytest.LogCaptureFixture) -> None:
    """A record of a shape that we do not know: one line, and on."""
    for _ in range(2):
        SessionLogRecordProcessor().on_emit(object())
    assert [record.message[:43] for record in caplog.records] == [
        "SessionLogRecordProcessor.on_emit failed wi"
    ]


def test_records_of_many_threads_do_not_mix(logs: Logs) -> None:
    """Each has the session of the thread that wrote it."""

    def work(name: str) -> None:
        with session("Trip", id=name):
            emit(logs.provider, name)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, map(str, range(40))))
    assert {body: found["helicone.session.id"] for body, found in logs().items()} == {
        str(number): str(number) for number in range(40)
    }
    assert context.get_current() == {}
