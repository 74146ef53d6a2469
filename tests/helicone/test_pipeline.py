"""In the pipelines that people have: either processor, beside OTLP, by entry point."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExportResult
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import get_tracer_provider

from otel_helisession import record
from otel_helisession.cli import main
from otel_helisession.entry_points.exporters import ConfiguredHeliconeSpanExporter
from otel_helisession.exporters.session_span import SessionSpanExporter
from otel_helisession.processor import SessionSpanProcessor
from otel_helisession.sessions.scope import session
from tests.helicone.conftest import MakeExporter
from tests.helicone.endpoint import KEY, FakeHelicone
from tests.helicone.spans import llm
from tests.servers.otlp import HttpSink

ROOT = Path(__file__).parents[2]
Run = Callable[..., "CompletedProcess[str]"]

CHAT = {
    "gen_ai.operation.name": "chat",
    "gen_ai.provider.name": "openai",
    "gen_ai.request.model": "gpt-4o-mini",
}
TOOL = {"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "search"}


def _work(provider: TracerProvider) -> None:
    """Make an agent's run: a tool with an LLM call in it, and one beside it."""
    tracer = provider.get_tracer("test")
    with session("Trip planner", id="s-1", path="/trip", user_id="zoë"):
        with tracer.start_as_current_span("execute_tool search", attributes=TOOL):
            tracer.start_span("chat", attributes=CHAT).end()
        tracer.start_span("chat", attributes=CHAT).end()
    tracer.start_span("chat outside", attributes=CHAT).end()


def _arrived(fake: FakeHelicone) -> list[tuple[str, str]]:
    """Return path and kind of each log, sorted."""
    return sorted(
        (log["providerRequest"]["meta"]["Helicone-Session-Path"], log.get("_type", "llm"))
        for log in fake.logs()
    )


RUN = [("/trip", "llm"), ("/trip/search", "llm"), ("/trip/search", "tool")]


def test_in_a_session_span_processor(
    worker: FakeHelicone, exporter: MakeExporter, provider: TracerProvider
) -> None:
    """Each request of the session becomes one log, at its path."""
    provider.add_span_processor(SessionSpanProcessor(exporter(worker)))
    _work(provider)
    assert provider.force_flush()
    assert _arrived(worker) == RUN
    assert {meta["Helicone-User-Id"] for meta in worker.metas()} == {"zo%C3%AB"}


def test_in_a_batch_span_processor(
    worker: FakeHelicone, exporter: MakeExporter, provider: TracerProvider
) -> None:
    """Beside a processor that stamps; wrapped, so that paths are final."""
    provider.add_span_processor(SessionSpanProcessor())
    provider.add_span_processor(BatchSpanProcessor(SessionSpanExporter(exporter(worker))))
    _work(provider)
    provider.shutdown()
    assert _arrived(worker) == RUN


def test_unwrapped_in_a_batch_span_processor(
    worker: FakeHelicone, exporter: MakeExporter, provider: TracerProvider
) -> None:
    """Keys are masked there, too: whatever the pipeline, none leaves."""
    provider.add_span_processor(SessionSpanProcessor())
    provider.add_span_processor(BatchSpanProcessor(exporter(worker)))
    with session("Trip planner"):
        told = {**TOOL, "gen_ai.tool.call.arguments": '{"key": "sk-proj-0123456789abcdef"}'}
        with (
            pytest.raises(ValueError),
            provider.get_tracer("t").start_as_current_span("x", None, attributes=told),
        ):
            raise ValueError("Bearer abcdefghijklmnop was refused")
    provider.shutdown()
    (log,) = worker.logs()
    assert log["input"] == {"key": "[redacted]"}
    assert log["providerResponse"]["json"]["message"] == "ValueError: Bearer [redacted] was refused"


async def test_a_cancelled_record(worker: FakeHelicone, exporter: MakeExporter) -> None:
    """Its span is no error; in Helicone it is cancelled (-3), with what had come."""
    spans = InMemorySpanExporter()
    get_tracer_provider().add_span_processor(SessionSpanProcessor(spans))  # type: ignore[attr-defined]

    async def search() -> None:
        with session("Trip planner"), record.tool("search") as call:
            call.result = "half"
            await asyncio.sleep(10)

    task = asyncio.create_task(search())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    get_tracer_provider().force_flush()  # type: ignore[attr-defined]
    assert exporter(worker).export(spans.get_finished_spans()) is SpanExportResult.SUCCESS
    response = worker.logs()[0]["providerResponse"]
    said = {name: response["json"][name] for name in ("status", "message", "result")}
    assert (response["status"], said) == (
        -3,
        {"status": "error", "message": "cancelled", "result": "half"},
    )


def test_beside_otlp(
    worker: FakeHelicone, exporter: MakeExporter, provider: TracerProvider, otlp_http: HttpSink
) -> None:
    """Both get the session; a fault of one is not the other's."""
    worker.always = 400
    otlp = OTLPSpanExporter(otlp_http.endpoint)
    provider.add_span_processor(SessionSpanProcessor(exporter(worker), otlp))
    _work(provider)
    assert provider.force_flush() is False
    assert sorted(span.name for span in otlp_http.spans()) == [
        "chat",
        "chat",
        "chat outside",
        "execute_tool search",
    ]
    assert len(worker.arrivals) == 3


def test_the_same_span_has_the_same_id_whoever_sends_it(
    worker: FakeHelicone, jawn: FakeHelicone, exporter: MakeExporter
) -> None:
    """And another span another one: a UUID of version 5, which Helicone keeps."""
    spans = [llm(), llm()]
    for fake in (worker, worker, jawn):
        exporter(fake).export(spans)
    assert len(worker.ids()) == 2
    assert worker.ids().keys() == jawn.ids().keys()
    assert {identifier[14] for identifier in worker.ids()} == {"5"}


AUTO = """
from opentelemetry.sdk._configuration import _OTelSDKConfigurator
_OTelSDKConfigurator().configure()  # as the distro's configurator does
from opentelemetry import trace
from otel_helisession.processor import SessionSpanProcessor
from otel_helisession.sessions.scope import session
trace.get_tracer_provider().add_span_processor(SessionSpanProcessor())
with session("Trip planner", id="s-1", path="/trip"):
    with trace.get_tracer("t").start_as_current_span("chat", attributes={
        "gen_ai.operation.name": "chat", "gen_ai.request.model": "m"}):
        pass
"""


def test_by_the_standard_variables(worker: FakeHelicone, run_python: Run) -> None:
    """OTEL_TRACES_EXPORTER=helicone; the log leaves when the process ends."""
    done = run_python(
        AUTO,
        OTEL_TRACES_EXPORTER="helicone",
        OTEL_METRICS_EXPORTER="none",
        OTEL_LOGS_EXPORTER="none",
        HELICONE_API_KEY=KEY,
        HELISESSION_HELICONE_ENDPOINT=worker.url,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert _arrived(worker) == [("/trip", "llm")]


@pytest.mark.parametrize(
    ("settings", "text"),
    [
        ({}, "no Helicone API key: set HELICONE_API_KEY"),
        ({"api_key": "nonsense"}, "is malformed"),
        ({"api_key": KEY, "colour": "red"}, "unexpected keyword argument 'colour'"),
    ],
)
def test_a_wrong_configuration_switches_the_entry_point_off(
    caplog: pytest.LogCaptureFixture, settings: dict[str, str], text: str
) -> None:
    """With one line: raising would leave the program without tracing."""
    off = ConfiguredHeliconeSpanExporter(**settings)
    assert off.export([llm()]) is SpanExportResult.SUCCESS
    assert off.force_flush() is True
    off.shutdown()
    (record,) = caplog.records
    assert "the traces exporter 'helicone' is off: " in record.getMessage()
    assert text in record.getMessage()
    assert "nonsense" not in record.getMessage()


def test_a_script_that_ends_at_once_loses_nothing(worker: FakeHelicone, run_python: Run) -> None:
    """Also from Python 3.12 on, where a process that is ending starts no threads."""
    source = f"""
import atexit
from otel_helisession.exporters.helicone import HeliconeSpanExporter
from opentelemetry.sdk.trace.export import SpanExportResult
from tests.helicone.spans import llm
exporter = HeliconeSpanExporter({KEY!r}, {worker.url!r})
spans = [llm() for _ in range(40)]
def last() -> None:
    assert exporter.export(spans) is SpanExportResult.SUCCESS
    exporter.shutdown()
    print("sent")
atexit.register(last)
"""
    done = run_python(source, PYTHONPATH=str(ROOT))
    assert (done.stdout, done.stderr) == ("sent\n", "")
    assert len(worker.arrivals) == 40


def test_doctor_says_yes(
    worker: FakeHelicone, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It sends one log, and says where to look for it."""
    monkeypatch.setenv("HELICONE_API_KEY", KEY)
    assert main(["doctor", "helicone", "--endpoint", worker.url]) == 0
    (meta,) = worker.metas()
    out = capsys.readouterr().out
    assert f"{worker.url} accepted a log in" in out
    assert meta["Helicone-Request-Id"] in out
    assert meta["Helicone-Session-Name"] == "otel-helisession doctor"


@pytest.mark.parametrize(
    ("fault", "text"),
    [
        ("error", "refused the API key"),
        (404, "has no logging endpoint"),
        ("reset", "not be reached"),
    ],
)
def test_doctor_explains_a_no(
    worker: FakeHelicone,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    fault: object,
    text: str,
) -> None:
    """In the sentence of the exporter's log line, with exit code 1."""
    worker.always = fault
    monkeypatch.setenv("HELICONE_API_KEY", KEY)
    monkeypatch.setenv("HELISESSION_HELICONE_ENDPOINT", worker.url)
    assert main(["doctor", "helicone"]) == 1
    out = capsys.readouterr().out
    assert text in out
    assert "0000000" not in out


def test_doctor_without_a_key(capsys: pytest.CaptureFixture[str]) -> None:
    """Wrong usage: exit code 2, and what to set."""
    assert main(["doctor", "helicone"]) == 2
    assert "set HELICONE_API_KEY" in capsys.readouterr().err
