"""What OpenTelemetry loads by name: it is there, and raises whatever it is given."""

from __future__ import annotations

from importlib.metadata import entry_points

import pytest
from opentelemetry.context import Context
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

from otel_helisession import SessionSpanProcessor, environment
from tests.zero_code.conftest import Start, Stored

EXPORTERS = "opentelemetry_traces_exporter"


def load(group: str, name: str):  # type: ignore[no-untyped-def]
    (entry,) = entry_points(group=group, name=name)
    return entry.load()


@pytest.mark.parametrize("name", ["helicone", "helisession_local"])
def test_an_exporter_is_a_class_as_the_sdk_wants_it(name: str) -> None:
    """With a setting that it does not know it is off, and accepts what it drops."""
    made = load(EXPORTERS, name)
    assert issubclass(made, SpanExporter)
    exporter = made(no_such_setting=1)
    assert exporter.export([]) is SpanExportResult.SUCCESS
    assert exporter.force_flush() is True
    exporter.shutdown()


def test_an_exporter_says_why_it_is_off_once(caplog: pytest.LogCaptureFixture) -> None:
    """Two pipelines with the same fault: one line."""
    for _ in range(2):
        load(EXPORTERS, "helicone")().shutdown()
    (line,) = caplog.messages
    assert line.startswith("the traces exporter 'helicone' is off: ")
    assert "HELICONE_API_KEY" in line


def test_an_exporter_is_quietly_off_with_the_off_switch(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Nothing is checked then, and nothing said."""
    monkeypatch.setenv("HELISESSION_DISABLED", "true")
    environment.disabled.cache_clear()
    exporter = load(EXPORTERS, "helicone")()
    assert exporter.export([]) is SpanExportResult.SUCCESS
    assert caplog.messages == []


def test_the_propagator_that_is_wrong_does_nothing(caplog: pytest.LogCaptureFixture) -> None:
    """It injects nothing, and returns the context that it was given."""
    propagator = load("opentelemetry_propagator", "helisession")(allow_hosts=["https://a"])
    carrier: dict[str, str] = {}
    given = Context({"key": "value"})
    propagator.inject(carrier, given)
    assert (carrier, propagator.extract(carrier, given)) == ({}, given)
    assert len(caplog.messages) == 1


def test_the_propagator_loads_early(start: Start) -> None:
    """It is made while ``opentelemetry.propagate`` is being imported, whoever imports it."""
    for first in ("opentelemetry.propagate", "opentelemetry.sdk.trace", "otel_helisession.http"):
        source = f"import {first}; from opentelemetry.propagate import get_global_textmap as got;"
        source += "print('Helicone-Session-Id' in got().fields)"
        done = start("python", "-c", source, OTEL_PROPAGATORS="tracecontext,baggage,helisession")
        assert (done.stdout, done.stderr) == ("True\n", "")


def test_the_store_can_be_named_as_traces_exporter(
    instrument: Start, agent: str, stored: Stored
) -> None:
    """``OTEL_TRACES_EXPORTER=helisession_local``, with the propagator, in one program."""
    done = instrument(
        "python",
        agent,
        OTEL_TRACES_EXPORTER="helisession_local",
        OTEL_PROPAGATORS="tracecontext,baggage,helisession",
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert len(stored()["Weather"]) == 3


def test_the_instrumentor_can_be_taken_off_and_put_on_again(
    provider: TracerProvider, caplog: pytest.LogCaptureFixture
) -> None:
    """Then nothing is stamped; after it, once. Twice on is once on, without a word."""
    instrumentor = load("opentelemetry_instrumentor", "helisession")()
    tracer = provider.get_tracer("tests")

    def is_stamped() -> bool:
        with tracer.start_as_current_span("root") as span:
            return "helicone.session.id" in span.attributes  # type: ignore[attr-defined]

    seen = []
    for _ in range(2):
        for _ in range(2):
            instrumentor.instrument(tracer_provider=provider, default_session="trace")
        seen.append(is_stamped())
        instrumentor.uninstrument()
        seen.append(is_stamped())
    assert seen == [True, False, True, False]
    assert [line for line in caplog.messages if "spans of sessions go to" not in line] == []


def test_a_provider_that_takes_no_processors_is_left_alone(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The instrumentor says so once, and does not raise."""
    instrumentor = load("opentelemetry_instrumentor", "helisession")()
    instrumentor.instrument(tracer_provider=object())
    instrumentor.uninstrument()
    (line,) = caplog.messages
    assert line.startswith("sessions are off: the TracerProvider is a builtins.object")


def test_a_processor_that_was_shut_down_stamps_no_more(provider: TracerProvider) -> None:
    """There is no other way to take one off a provider."""
    processor = SessionSpanProcessor(default_session="trace")
    provider.add_span_processor(processor)
    assert processor.shutdown()
    span = provider.get_tracer("tests").start_span("root")
    assert dict(span.attributes or {}) == {}  # type: ignore[attr-defined]
    span.end()
