"""A Helicone key, a proxy's password and a URL's login are seen by nobody but their owner."""

from __future__ import annotations

import io
import json
import logging
import traceback
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

from otel_helisession import (
    DeliverySettings,
    HeliconeSpanExporter,
    LocalSpanExporter,
    SessionSpanProcessor,
    configure,
    session,
)
from otel_helisession.cli import main
from otel_helisession.diagnosis.result import Diagnosis
from otel_helisession.exporters.helicone.answer import Reply, answer_of
from otel_helisession.exporters.helicone.endpoint import Endpoint
from otel_helisession.exporters.helicone.key import ApiKey
from otel_helisession.guard import caught, logger
from tests.fakes import RefusingExporter
from tests.helicone.endpoint import FakeHelicone
from tests.helicone.spans import llm
from tests.privacy.attacks import KEY, files_with_secrets, held_by, seen_in

PROXY = "http://me:hunter2@127.0.0.1:1"
ENDPOINT = "http://127.0.0.1:1/custom/v1/log?key=hunter2"


class Quoting(SpanExporter):
    """Fails as HTTP libraries do: with the URL and the headers in its message."""

    def export(self, spans: Any) -> SpanExportResult:
        raise ConnectionError(
            f"https://me:hunter2@host/v1?api-key=hunter2 {{'Authorization': 'Bearer {KEY}'}}"
        )

    def shutdown(self) -> None:
        raise RuntimeError(f"x-api-key: {KEY}")


def end_a_span(
    *exporters: SpanExporter, spool: Any = None, **attributes: Any
) -> SessionSpanProcessor:
    """End a span of a session, and shut down."""
    provider = TracerProvider(shutdown_on_exit=False)
    settings = DeliverySettings(retry_for_seconds=0, schedule_delay_millis=1)
    processor = SessionSpanProcessor(*exporters, settings=settings, spool=spool)
    provider.add_span_processor(processor)
    with session("Trip", id="trip"):
        provider.get_tracer("test").start_span("work", attributes=attributes).end()
    processor.force_flush(3_000)
    processor.shutdown(3_000)
    return processor


def test_no_repr_of_what_an_exporter_holds_shows_a_secret(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Somebody logs an object, and all that it leads to: before and after it was used."""
    monkeypatch.setenv("HTTP_PROXY", PROXY)
    exporter = HeliconeSpanExporter(KEY, ENDPOINT, timeout_seconds=0.3)
    processor = SessionSpanProcessor(exporter)
    exporter.export([llm()])
    found = list(held_by(processor))
    assert {"ApiKey", "Connections", "Origin", "Request"} <= {type(one).__name__ for one in found}
    assert [type(one).__name__ for one in found if seen_in(repr(one) + str(one))] == []
    processor.shutdown(1_000)


def test_no_public_class_shows_a_key_in_its_repr() -> None:
    """Somebody prints the handle, the processor or the exporter."""
    handle = configure(exporters=["helicone"], helicone_api_key=KEY, httpx=False)
    assert seen_in(f"{handle} {handle!r} {vars(handle)} {handle.destinations}") == []
    handle.shutdown()


@pytest.mark.parametrize(
    "make",
    [
        lambda: HeliconeSpanExporter(KEY + "1111111"),
        lambda: HeliconeSpanExporter(KEY, "https://me:hunter2@api.example.com/v1"),
        lambda: HeliconeSpanExporter(KEY, KEY),
        lambda: HeliconeSpanExporter(KEY, "api.example.com/v1?key=hunter2"),
        lambda: configure(exporters=[KEY]),
        lambda: configure(exporters=KEY),
        lambda: configure(allow_hosts=["https://me:hunter2@api.example.com"]),
        lambda: configure(allow_hosts=KEY),
    ],
)
def test_an_error_that_repeats_what_was_given_masks_it(make: Callable[[], object]) -> None:
    """A secret in the wrong argument ends up in a traceback."""
    with pytest.raises((ValueError, TypeError)) as error:
        make()
    assert seen_in(str(error.value)) == []


@pytest.mark.parametrize(
    "name",
    [
        "HELISESSION_EXPORTERS",
        "HELISESSION_DISABLED",
        "HELISESSION_DEFAULT_SESSION",
        "OTEL_BSP_SCHEDULE_DELAY",
    ],
)
def test_an_error_that_repeats_a_variable_masks_it(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A secret in the wrong variable, pasted one line too low."""
    monkeypatch.setenv(name, KEY)
    with pytest.raises(ValueError, match=name) as error:
        configure()
    assert seen_in(str(error.value)) == []


def test_no_log_line_quotes_what_an_exporter_said(
    lenient: None, caplog: pytest.LogCaptureFixture
) -> None:
    """Errors of HTTP libraries quote URLs and headers."""
    end_a_span(Quoting())
    assert "ConnectionError" in caplog.text
    assert seen_in(caplog.text) == []


def test_no_traceback_in_a_log_shows_a_secret(lenient: None) -> None:
    """Neither the error's own words nor those of its cause."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    logger.addHandler(handler)
    try:
        try:
            raise ValueError(f"Authorization: Bearer {KEY}")
        except ValueError as error:
            raise RuntimeError("https://me:hunter2@host") from error
    except RuntimeError as error:
        caught("a test", error)
    logger.removeHandler(handler)
    assert "Traceback" in stream.getvalue()
    assert seen_in(stream.getvalue()) == []


def test_a_traceback_without_secrets_stays_as_it_is(
    lenient: None, caplog: pytest.LogCaptureFixture
) -> None:
    """Error trackers take it from the record."""
    caught("a test", KeyError("x"))
    assert caplog.records[0].exc_info is not None


def test_a_traceback_with_locals_does_not_show_the_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """Error trackers and rich print the locals of each frame that sends."""
    from otel_helisession.exporters.helicone.wire import Wire

    shown: list[str] = []
    ask = Wire.ask

    def broken(self: Wire, request: bytes, timeout: float) -> Any:
        try:
            raise OSError("broken")
        except OSError as error:
            stack = traceback.StackSummary.extract(
                traceback.walk_stack(error.__traceback__.tb_frame),
                capture_locals=True,  # type: ignore[union-attr]
            )
            shown.append("\n".join(f"{frame.name} {frame.locals}" for frame in stack))
        return ask(self, request, timeout)

    monkeypatch.setattr(Wire, "ask", broken)
    with FakeHelicone("worker") as fake:
        exporter = HeliconeSpanExporter(KEY, fake.url)
        exporter.export([llm()])
        exporter.shutdown()
    assert "request" in shown[0]
    assert seen_in(shown[0]) == []


@pytest.mark.parametrize("status", [200, 400, 401, 500])
@pytest.mark.parametrize(
    "body", [f"you sent Bearer {KEY}", f'{{"error": "no key {KEY}"}}', f"x{KEY}"]
)
@pytest.mark.parametrize("url", ["https://h/custom/v1/log", "https://h/v1/trace/custom/log"])
def test_a_server_that_echoes_the_key_gets_it_into_no_sentence(
    status: int, body: str, url: str
) -> None:
    """A hostile or chatty endpoint answers with what it was sent."""
    reply = Reply(status, body.encode())
    assert seen_in(answer_of(reply, Endpoint.given(url), ApiKey(KEY)).sentence) == []


def test_no_file_of_the_spool_shows_a_key(tmp_path: Path) -> None:
    """Neither spans that wait nor dead letters with their reasons."""
    spool = tmp_path / "spool"
    with FakeHelicone("worker") as fake:
        fake.always = (400, {}, f"no {KEY}".encode())
        exporter = HeliconeSpanExporter(KEY, fake.url)
        said = {"gen_ai.operation.name": "chat", "note": f"Bearer {KEY}", "url.full": PROXY}
        end_a_span(exporter, RefusingExporter(), spool=str(spool), **said)
    assert any(path.stat().st_size for path in spool.rglob("*") if path.is_file())
    assert files_with_secrets(spool) == []


def test_neither_store_nor_json_shows_a_key(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A key in an argument, an error or a URL of a span."""
    store = str(tmp_path / "sessions.db")
    end_a_span(LocalSpanExporter(store), note=f"Bearer {KEY}", **{"error.message": PROXY})
    for command in (["show", "trip", "--json"], ["ls", "--json"], ["show", "trip"]):
        main([*command, "--store", store])
    shown = capsys.readouterr().out
    assert "[redacted]" in shown
    assert seen_in(shown) == []
    assert files_with_secrets(tmp_path) == []


def test_a_span_sheds_keys_everywhere() -> None:
    """In an event, an exception, its status and a list."""
    exporter = Keeping()
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SessionSpanProcessor(exporter))
    tracer = provider.get_tracer("test")
    with session("Trip"), suppress(ValueError), tracer.start_as_current_span("work") as span:
        span.set_attribute("list", [f"Bearer {KEY}"])
        span.add_event("sent", {"headers": json.dumps({"Authorization": f"Bearer {KEY}"})})
        raise ValueError(f"api_key={KEY}")
    provider.shutdown()
    (span_json,) = [span.to_json() for span in exporter.spans]
    assert "[redacted]" in span_json
    assert seen_in(span_json) == []


class Keeping(SpanExporter):
    def __init__(self) -> None:
        self.spans: list[ReadableSpan] = []

    def export(self, spans: Any) -> SpanExportResult:
        self.spans += spans
        return SpanExportResult.SUCCESS


def test_the_doctor_shows_no_secret(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its output is pasted into issues."""
    monkeypatch.setenv("HELICONE_API_KEY", KEY)
    monkeypatch.setenv("HELISESSION_HELICONE_ENDPOINT", ENDPOINT)
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://me:hunter2@127.0.0.1:1")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_HEADERS", f"authorization=Bearer {KEY}")
    monkeypatch.setenv("HTTP_PROXY", PROXY)
    for command in (["doctor"], ["doctor", "helicone"]):
        main(command)
    shown = capsys.readouterr()
    assert "127.0.0.1" in shown.out
    assert seen_in(shown.out + shown.err) == []
    assert seen_in(str(Diagnosis((f"it is {KEY}",), ("http://me:hunter2@host",)))) == []


def test_a_crash_in_development_mode_shows_no_key(
    run_python: Callable[..., CompletedProcess[str]],
) -> None:
    """asyncio's debug log, faulthandler and a traceback of what nobody caught."""
    done = run_python(
        CRASH,
        PYTHONDEVMODE="1",
        HELICONE_API_KEY=KEY,
        HTTP_PROXY=PROXY,
        HELISESSION_HELICONE_ENDPOINT=ENDPOINT,
    )
    assert done.returncode != 0
    assert "Current thread" in done.stderr
    assert "the program is broken" in done.stderr
    assert seen_in(done.stdout + done.stderr) == []


CRASH = """
import faulthandler, logging
logging.basicConfig(level=logging.DEBUG)
from opentelemetry import trace
from otel_helisession import configure, session
handle = configure(exporters=["helicone"], httpx=False)
with session("Trip"):
    said = {"gen_ai.operation.name": "chat"}
    trace.get_tracer("test").start_span("chat", attributes=said).end()
handle.flush(500)
faulthandler.dump_traceback()
handle.shutdown(500)
raise RuntimeError("the program is broken")
"""
