"""``OTEL_TRACES_SAMPLER=helisession_session``: by name, and never an error."""

from __future__ import annotations

from importlib.metadata import entry_points
from typing import Any

import pytest
from opentelemetry.sdk.trace.sampling import Sampler

from otel_helisession import environment


def made(*arguments: object, group: str = "opentelemetry_traces_sampler") -> str:
    (entry,) = entry_points(group=group, name="helisession_session")
    sampler = entry.load()(*arguments)
    assert isinstance(sampler, Sampler)
    return sampler.get_description().split(",")[0]


@pytest.mark.parametrize(
    ("argument", "ratio"),
    [("0.1", "0.1"), (" 1 ", "1.0"), (None, "1.0"), ("", "1.0"), (0.5, "0.5")],
)
def test_the_argument_is_the_ratio(argument: object, ratio: str, caplog: Any) -> None:
    """Text, as the SDK hands it on; without one everything is kept, as its own samplers do."""
    assert made(argument) == f"SessionSampler{{{ratio}"
    assert caplog.messages == []


@pytest.mark.parametrize("argument", ["ten", "-1", "1.1", "nan", "10%"])
def test_a_bad_argument_keeps_everything_and_says_so_once(argument: str, caplog: Any) -> None:
    """To drop what somebody wanted to see would be worse."""
    assert [made(argument), made(argument)] == ["SessionSampler{1.0"] * 2
    (line,) = caplog.messages
    assert repr(argument) in line
    assert "from 0 (none) to 1 (all)" in line


def test_a_configuration_file_takes_the_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its loader gives samplers of plug-ins no argument."""
    monkeypatch.setenv("OTEL_TRACES_SAMPLER_ARG", "0.25")
    assert made(group="opentelemetry_sampler") == "SessionSampler{0.25"


def test_the_off_switch_leaves_the_volume(monkeypatch: pytest.MonkeyPatch) -> None:
    """Then it is the SDK's own ratio, by trace."""
    monkeypatch.setenv("HELISESSION_DISABLED", "true")
    environment.disabled.cache_clear()
    assert made("0.1").startswith("ParentBased{root:TraceIdRatioBased{0.1}")


def test_the_sdk_finds_it(run_python: Any) -> None:
    """As a program under auto-instrumentation has it."""
    source = """
from opentelemetry.sdk._configuration import _OTelSDKConfigurator
from opentelemetry import trace
from otel_helisession import session
_OTelSDKConfigurator().configure(auto_instrumentation_version="0")
with session("Trip", id="conversation-17"):
    span = trace.get_tracer("a").start_span("work")
print(span.get_span_context().trace_state.to_header(), span.is_recording())
"""
    done = run_python(
        source,
        OTEL_TRACES_SAMPLER="helisession_session",
        OTEL_TRACES_SAMPLER_ARG="0.1",
        OTEL_TRACES_EXPORTER="none",
        OTEL_METRICS_EXPORTER="none",
        OTEL_LOGS_EXPORTER="none",
    )
    assert (done.stdout, done.stderr) == ("ot=rv:5fa0c6164dd21f False\n", "")
