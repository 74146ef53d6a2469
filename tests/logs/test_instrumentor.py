"""Beside opentelemetry-instrumentation-logging: its handler, its fields, and ours."""

from __future__ import annotations

import io
import logging
from collections.abc import Callable
from subprocess import CompletedProcess

import pytest

from otel_helisession import instrument_logging, session, step, uninstrument_logging
from tests.collecting import CollectedSpans
from tests.logs.conftest import Logs

pytest.importorskip("opentelemetry.instrumentation.logging.handler")

from opentelemetry.instrumentation.logging import LoggingInstrumentor
from opentelemetry.instrumentation.logging.handler import LoggingHandler


def test_the_handler_s_records_carry_the_session(logs: Logs, logger: logging.Logger) -> None:
    """What logging wrote arrives with the attributes of the session."""
    handler = LoggingHandler(logger_provider=logs.provider)
    logger.addHandler(handler)
    try:
        with session("Trip", id="s"):
            logger.warning("no socks", extra={"count": 0})
    finally:
        logger.removeHandler(handler)
    assert logs()["no socks"] == {
        "count": 0,
        "helicone.session.id": "s",
        "helicone.session.path": "/",
        "helicone.session.name": "Trip",
        "session.id": "s",
        "gen_ai.conversation.id": "s",
    }


def test_fields_for_format_strings_do_not_become_attributes(
    logs: Logs, logger: logging.Logger
) -> None:
    """The handler exports every field of a record; the same facts twice help nobody."""
    instrument_logging()
    handler = LoggingHandler(logger_provider=logs.provider)
    logger.addHandler(handler)
    try:
        logger.warning("outside")
        with session("", id="s"):
            logger.warning("inside")
    finally:
        logger.removeHandler(handler)
    assert logs()["outside"] == {}
    assert sorted(logs()["inside"]) == [
        "gen_ai.conversation.id",
        "helicone.session.id",
        "helicone.session.path",
        "session.id",
    ]


@pytest.mark.parametrize("ours_first", [True, False])
def test_their_fields_and_ours_stand_side_by_side(
    ours_first: bool, logger: logging.Logger, spans: CollectedSpans
) -> None:
    """Whichever was switched on first."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logging.Formatter("%(otelSpanID)s %(helisession_path)s %(message)s"))
    logger.addHandler(handler)
    before = logging.getLogRecordFactory()
    theirs = LoggingInstrumentor()
    options = {"inject_trace_context": True, "enable_log_auto_instrumentation": False}
    if ours_first:
        instrument_logging()
    theirs.instrument(**options)
    instrument_logging()
    try:
        with session("Trip"), step("pack"):
            logger.info("socks")
    finally:
        uninstrument_logging()
        theirs.uninstrument()
        logging.setLogRecordFactory(before)
        logger.removeHandler(handler)
    span_id = format(spans.one("pack").get_span_context().span_id, "016x")
    assert stream.getvalue() == f"{span_id} /pack socks\n"


def test_a_whole_program(run_python: Callable[..., CompletedProcess[str]]) -> None:
    """configure(logs=True) after the program has set its LoggerProvider."""
    done = run_python("""
import logging
from opentelemetry._logs import set_logger_provider
from opentelemetry.instrumentation.logging import LoggingInstrumentor
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor, InMemoryLogRecordExporter
from otel_helisession import configure, session

exporter = InMemoryLogRecordExporter()
provider = LoggerProvider()
provider.add_log_record_processor(BatchLogRecordProcessor(exporter))
set_logger_provider(provider)
LoggingInstrumentor().instrument()
with configure(exporters=["none"], logs=True), session("Trip", id="s"):
    logging.getLogger("agent").warning("no socks")
provider.force_flush()
for found in exporter.get_finished_logs():
    print(found.log_record.body, found.log_record.attributes["helicone.session.id"])
""")
    assert (done.stdout, done.stderr) == ("no socks s\n", "")
