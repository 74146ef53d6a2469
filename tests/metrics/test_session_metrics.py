"""Requests, tokens, cost, durations and errors of sessions, each counted once."""

from __future__ import annotations

import json
import time
from collections import deque
from collections.abc import Callable
from typing import Any

import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider

from otel_helisession import DeliverySettings, SessionSpanProcessor, configure, session, step
from otel_helisession.metrics import open_sessions, sessions
from otel_helisession.metrics.open_sessions import OpenSessions
from otel_helisession.metrics.seen import Seen
from otel_helisession.metrics.sessions import SessionMetricsExporter
from tests.holding.spans import llm, span, tokens
from tests.metrics.conftest import Measured

TRIP: dict[str, Any] = {"helicone__session__name": "Trip", "helicone__session__path": "/trip"}
GPT: dict[str, Any] = {"gen_ai__provider__name": "openai", "gen_ai__request__model": "gpt-x"}
PLACE = {"helicone.session.name": "Trip", "helicone.session.path": "/trip"}
MODEL = {"gen_ai.request.model": "gpt-x"}
CALL = {**PLACE, **MODEL, "gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai"}
LLM = {**PLACE, **MODEL, "helicone.request.type": "llm"}


def count(measured: Measured, *spans: ReadableSpan) -> None:
    """Have *spans* counted."""
    exporter = SessionMetricsExporter(measured.provider)
    exporter.export(spans)
    exporter.shutdown()


def call(session_id: str = "s", **more: Any) -> ReadableSpan:
    """Return a call to a model."""
    return llm(session_id, **{**TRIP, **GPT, **more})


def test_a_call_is_a_request_with_tokens_cost_and_a_duration(measured: Measured) -> None:
    """By name, path and model."""
    count(measured, call(**tokens(100, 20, gen_ai__usage__cost=0.25), end=2))
    assert measured.points("helisession.session.requests") == [(LLM, 1)]
    assert measured.points("helisession.session.cost") == [(LLM, 0.25)]
    assert measured.points("gen_ai.client.operation.duration") == [(CALL, 2)]
    assert measured.points("gen_ai.client.token.usage") == [
        ({**CALL, "gen_ai.token.type": "input"}, 100),
        ({**CALL, "gen_ai.token.type": "output"}, 20),
    ]
    assert measured.points("helisession.session.duration") == [
        ({"helicone.session.name": "Trip"}, 2)
    ]


def test_two_spans_of_one_call_count_once(measured: Measured) -> None:
    """Also when they arrive apart."""
    exporter = SessionMetricsExporter(measured.provider)
    outer = call(**tokens(100, 20), gen_ai__response__id="answer")
    inner = call(**tokens(100, 20), gen_ai__response__id="answer", parent=outer)
    exporter.export([inner])
    exporter.export([outer, outer])
    exporter.shutdown()
    assert measured.points("helisession.session.requests") == [(LLM, 1)]
    assert [value for _, value in measured.points("gen_ai.client.token.usage")] == [100, 20]


def test_errors_have_a_kind_and_a_type(measured: Measured) -> None:
    """Of a call, a tool, and a step between them, where it arose."""
    broken: dict[str, Any] = {"failed": True, "error__type": "KeyError"}
    tool = span(
        "s", gen_ai__operation__name="execute_tool", gen_ai__tool__name="x", **TRIP, **broken
    )
    count(measured, call(**broken), tool, span("s", "step", **TRIP, **broken))
    errors = {
        said["helicone.request.type"]: said
        for said, _ in measured.points("helisession.session.errors")
    }
    assert errors == {
        "llm": {**LLM, "error.type": "KeyError"},
        "tool": {**PLACE, "helicone.request.type": "tool", "error.type": "KeyError"},
        "structure": {**PLACE, "helicone.request.type": "structure", "error.type": "KeyError"},
    }
    ((said, seconds),) = measured.points("helisession.session.request.duration")
    assert (said, seconds) == (errors["tool"], 1)


def test_no_id_and_no_message_is_in_any_attribute(measured: Measured) -> None:
    """Whatever a span says."""
    secrets: dict[str, Any] = {
        "user__id": "SECRET",
        "session__id": "SECRET",
        "gen_ai__conversation__id": "SECRET",
        "gen_ai__response__id": "SECRET",
        "gen_ai__input__messages": '[{"role": "SECRET"}]',
    }
    count(measured, call("SECRET", **secrets, **tokens(1, 1), failed=True), span("SECRET"))
    shown = json.dumps([metric.to_json() for metric in measured.metrics().values()])
    assert "gpt-x" in shown
    assert "SECRET" not in shown


def test_the_number_of_series_is_bounded(
    measured: Measured, caplog: pytest.LogCaptureFixture
) -> None:
    """What is over is counted under other, and said once for each kind of value."""
    count(
        measured,
        *(
            call(helicone__session__path=f"/{n}", gen_ai__request__model=f"m{n}")
            for n in range(900)
        ),
    )
    points = measured.points("helisession.session.requests")
    other = {"helicone.session.name": "other", "helicone.session.path": "other"}
    assert len(points) == 201
    assert sum(value for _, value in points) == 900
    assert ({**LLM, **other, "gen_ai.request.model": "other"}, 700) in points
    assert [message.split(";")[0] for message in caplog.messages] == [
        "metrics of sessions have more than 50 operations, providers and models",
        "metrics of sessions have more than 200 pairs of session name and path",
    ]


def test_hostile_words_and_numbers_are_bounded(measured: Measured) -> None:
    """A model's name of a megabyte, tokens below zero."""
    count(measured, call(gen_ai__request__model="m" * 1_000_000, **tokens(-5, -1)))
    ((said, _),) = measured.points("helisession.session.requests")
    assert len(said["gen_ai.request.model"]) == 200
    assert measured.points("gen_ai.client.token.usage") == []


def test_spans_without_a_session_are_not_counted(measured: Measured) -> None:
    """They have neither name nor path."""
    count(measured, llm(None, **tokens(1, 1)))
    assert measured.metrics() == {}


def seen(session_id: str = "s", **more: Any) -> Seen:
    return Seen.of(call(session_id, **more))


def sizes(wholes: Any) -> list[tuple[int, bool]]:
    return [(len(whole.spans), whole.late) for whole in wholes]


def test_a_session_waits_for_its_last_spans() -> None:
    """After its end, and no longer."""
    kept = OpenSessions(set, deque([("s", 1)]))
    kept.add("s", seen(), now=0)
    assert sizes(kept.due(5.9)) == []
    kept.add("s", seen(), now=5)
    assert sizes(kept.due(10)) == [(2, False)]
    assert len(kept) == 0


def test_late_spans_are_counted_on_their_own() -> None:
    """And soon; the session's duration is not recorded again."""
    kept = OpenSessions(set, deque([("s", 0)]))
    kept.add("s", seen(), now=0)
    assert sizes(kept.due(6)) == [(1, False)]
    kept.add("s", seen(), now=7)
    assert sizes(kept.due(12)) == [(1, True)]


def test_a_given_id_ends_when_idle_and_nothing_is_open() -> None:
    """Ten minutes after the last span."""
    still_open = {"s"}
    kept = OpenSessions(lambda: still_open, deque())
    kept.add("s", seen(), now=0)
    assert sizes(kept.due(600)) == []
    still_open.clear()
    assert sizes(kept.due(1_200)) == [(1, False)]


def test_memory_is_bounded() -> None:
    """The sessions that have been quiet for longest are counted as they are."""
    kept = OpenSessions(set, deque(), max_spans=3)
    for number in range(5):
        kept.add(f"s{number}", seen(), now=number)
    assert sizes(kept.due(6)) == [(1, False)] * 2
    assert len(kept) == 3
    assert open_sessions.MAX_SPANS == 50_000


def run(provider: TracerProvider, processor: SessionSpanProcessor) -> None:
    """Make one call in a session, below a step."""
    provider.add_span_processor(processor)
    said = {"gen_ai.operation.name": "chat", "gen_ai.request.model": "gpt-x"}
    with session("Trip"), step("research"):
        provider.get_tracer("test").start_span("chat", attributes=said).end()


def test_a_stamping_processor_can_count(provider: TracerProvider, measured: Measured) -> None:
    """A flush counts what has ended, at once."""
    processor = SessionSpanProcessor(session_metrics=True, meter_provider=measured.provider)
    run(provider, processor)
    assert processor.force_flush(5_000)
    ((said, value),) = measured.points("helisession.session.requests")
    assert (said["helicone.session.path"], value) == ("/research", 1)


def test_sessions_are_counted_without_a_flush(
    provider: TracerProvider, measured: Measured, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A thread looks for those that have ended; it ends with them."""
    monkeypatch.setattr(sessions, "_LOOK_SECONDS", 0.01)
    monkeypatch.setattr(OpenSessions.__init__, "__defaults__", (600.0, 0.05, 50_000))
    run(
        provider,
        SessionSpanProcessor(
            session_metrics=True,
            meter_provider=measured.provider,
            settings=DeliverySettings(schedule_delay_millis=1),
        ),
    )
    deadline = time.monotonic() + 5
    while not measured.points("helisession.session.requests") and time.monotonic() < deadline:
        time.sleep(0.01)
    assert len(measured.points("helisession.session.requests")) == 1


def test_the_variable_switches_them_on(
    provider: TracerProvider, measured: Measured, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And an argument beats it; unset, nothing is counted."""
    for variable, argument in [(None, None), ("true", False)]:
        if variable:
            monkeypatch.setenv("HELISESSION_SESSION_METRICS", variable)
        SessionSpanProcessor(session_metrics=argument, meter_provider=measured.provider)
        assert measured.metrics() == {}
    handle = configure(
        exporters=["none"], httpx=False, meter_provider=measured.provider, tracer_provider=provider
    )
    run(provider, SessionSpanProcessor())
    handle.shutdown()
    assert len(measured.points("helisession.session.requests")) == 1


@pytest.mark.parametrize("wrong", ["yes", 1])
def test_a_wrong_choice_is_refused(wrong: Any) -> None:
    """With what is accepted."""
    with pytest.raises(TypeError, match="True, False or None"):
        SessionSpanProcessor(session_metrics=wrong)


def test_forked_workers_count_their_own(
    run_python: Callable[..., Any],
) -> None:
    """What was kept before the fork is the parent's to count."""
    done = run_python(FORK)
    assert (done.stdout.split(), done.stderr) == (["child", "1", "parent", "1"], "")


FORK = """
import os, sys
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import TracerProvider
from otel_helisession import SessionSpanProcessor, session
reader = InMemoryMetricReader()
meters = MeterProvider([reader])
provider = TracerProvider()
provider.add_span_processor(SessionSpanProcessor(session_metrics=True, meter_provider=meters))
def call():
    with session("Trip"):
        provider.get_tracer("t").start_span("c", attributes={"gen_ai.operation.name": "chat"}).end()
def total():
    provider.force_flush()
    return sum(
        point.value
        for resource in reader.get_metrics_data().resource_metrics
        for scope in resource.scope_metrics
        for metric in scope.metrics if metric.name == "helisession.session.requests"
        for point in metric.data.data_points
    )
call()
child = os.fork()
if not child:
    call()
    print("child", total(), flush=True)
    os._exit(0)
os.waitpid(child, 0)
print("parent", total())
"""
