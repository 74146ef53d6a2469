"""WholeSessionExporter in real pipelines: under our processor, and under the SDK's."""

from __future__ import annotations

import contextlib
import gc
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from subprocess import CompletedProcess
from typing import Any

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import (
    BatchSpanProcessor,
    SimpleSpanProcessor,
    SpanExporter,
    SpanExportResult,
)

from otel_helisession import (
    DeliverySettings,
    Keep,
    SessionSpanExporter,
    SessionSpanProcessor,
    WholeSession,
    WholeSessionExporter,
    session,
)
from otel_helisession.sessions import ending
from tests.documentation import blocks
from tests.fakes import BlockedExporter, KeepingExporter, RaisingExporter, RefusingExporter
from tests.holding.spans import span

Pipeline = Callable[..., tuple[Any, WholeSessionExporter]]


def ours(provider: TracerProvider, exporter: SpanExporter) -> None:
    settings = DeliverySettings(schedule_delay_millis=10)
    provider.add_span_processor(SessionSpanProcessor(exporter, settings=settings))


def batch(provider: TracerProvider, exporter: SpanExporter) -> None:
    provider.add_span_processor(SessionSpanProcessor())
    wrapped = SessionSpanExporter(exporter)
    provider.add_span_processor(BatchSpanProcessor(wrapped, schedule_delay_millis=10))


def simple(provider: TracerProvider, exporter: SpanExporter) -> None:
    provider.add_span_processor(SessionSpanProcessor())
    provider.add_span_processor(SimpleSpanProcessor(SessionSpanExporter(exporter)))


@pytest.fixture(autouse=True)
def _nobody_listens_on() -> Iterator[None]:
    before = ending.listeners
    yield
    gc.collect()
    assert ending.listeners == before


@pytest.fixture(params=[ours, batch, simple], ids=lambda one: one.__name__)
def pipeline(request: pytest.FixtureRequest, provider: TracerProvider) -> Pipeline:
    def make(exporter: SpanExporter, **options: Any) -> tuple[Any, WholeSessionExporter]:
        options.setdefault("settle_seconds", 0.05)
        holding = WholeSessionExporter(exporter, **options)
        request.param(provider, holding)
        return provider.get_tracer("tests"), holding

    return make


@pytest.fixture
def holding() -> Iterator[Callable[..., WholeSessionExporter]]:
    made: list[WholeSessionExporter] = []

    def make(exporter: SpanExporter, **options: Any) -> WholeSessionExporter:
        made.append(WholeSessionExporter(exporter, **options))
        return made[-1]

    yield make
    for exporter in made:
        exporter.shutdown(100)


def wait_for(condition: Callable[[], Any]) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def run(tracer: Any, name: str, **options: Any) -> None:
    """Make a session of three spans in two traces."""
    with session("Trip", **options):
        with tracer.start_as_current_span(f"{name}.root"):
            tracer.start_span(f"{name}.child").end()
        tracer.start_span(f"{name}.other").end()


def test_a_session_leaves_when_it_has_ended(pipeline: Pipeline) -> None:
    """By itself, in one call, with all its traces."""
    exporter = KeepingExporter()
    tracer, _ = pipeline(exporter)
    with session("Trip"):
        for name in "ab":
            tracer.start_span(name).end()
        time.sleep(0.1)
        assert exporter.batches == []
        tracer.start_span("c").end()
    wait_for(lambda: exporter.batches)
    assert exporter.batches == [["a", "b", "c"]]


def test_a_session_is_kept_or_dropped_whole(pipeline: Pipeline) -> None:
    """An error anywhere keeps everything; without one nothing is exported."""
    exporter = KeepingExporter()
    tracer, holding = pipeline(exporter, keep=Keep(errors=True))
    run(tracer, "fine")
    with session("Trip"):
        tracer.start_span("before").end()
        with contextlib.suppress(KeyError), tracer.start_as_current_span("failing"):
            raise KeyError
    tracer.start_span("nobody's").end()
    wait_for(lambda: len(exporter.spans) == 3)
    time.sleep(0.1)
    assert sorted(exporter.batches) == [["before", "failing"], ["nobody's"]]
    assert holding.force_flush()


def test_paths_and_names_are_final(pipeline: Pipeline) -> None:
    """What is held is the finished span."""
    exporter = KeepingExporter()
    seen: list[WholeSession] = []
    tracer, _ = pipeline(exporter, keep=lambda whole: not seen.append(whole))
    with session("Trip", path="/trip"), tracer.start_as_current_span("agent") as agent:
        agent.set_attributes({"gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "Al"})
        tracer.start_span("child").end()
    wait_for(lambda: len(exporter.spans) == 2)
    assert exporter.paths() == {"agent": "/trip/Al", "child": "/trip/Al"}
    assert [whole.name for whole in seen] == ["Trip"]


def test_a_given_id_ends_when_idle(pipeline: Pipeline) -> None:
    """Leaving its block does not end it: the conversation goes on."""
    exporter = KeepingExporter()
    tracer, _ = pipeline(exporter, idle_seconds=0.4)
    run(tracer, "one", id="c-1")
    time.sleep(0.1)
    run(tracer, "two", id="c-1")
    assert exporter.batches == []
    wait_for(lambda: exporter.batches)
    assert [len(names) for names in exporter.batches] == [6]


def test_an_open_span_is_a_sign_of_life(pipeline: Pipeline) -> None:
    """However long it takes."""
    exporter = KeepingExporter()
    tracer, _ = pipeline(exporter, idle_seconds=0.3)
    with session("Chat", id="c-1"), tracer.start_as_current_span("long"):
        tracer.start_span("short").end()
        time.sleep(0.7)
        assert exporter.batches == []
    wait_for(lambda: exporter.batches)
    assert exporter.batches == [["short", "long"]]


def test_a_late_span_follows(pipeline: Pipeline) -> None:
    """Its session was kept, so it is exported; another's was dropped, so it is not."""
    exporter, decided, late = KeepingExporter(), [], []
    tracer, _ = pipeline(
        exporter, keep=lambda whole: decided.append(whole.name) or "kept" in decided
    )
    for name in ("dropped", "kept"):
        with session(name):
            tracer.start_span(f"{name} early").end()
            late.append(tracer.start_span(f"{name} late"))
        wait_for(lambda expected=name: expected in decided)
    for one in late:
        one.end()
    wait_for(lambda: len(exporter.spans) == 2)
    assert exporter.batches == [["kept early"], ["kept late"]]
    assert decided == ["dropped", "kept"]


def test_flush_delivers_what_has_ended_and_tells_of_the_rest(
    pipeline: Pipeline, provider: TracerProvider
) -> None:
    """A held span was accepted by nobody."""
    exporter = KeepingExporter()
    tracer, holding = pipeline(exporter, settle_seconds=1_000)
    run(tracer, "ended")
    with session("Trip"):
        tracer.start_span("open").end()
        tracer.start_span("end").end()
        provider.force_flush()
        assert holding.force_flush() is False
        assert sorted(exporter.batches) == [["ended.child", "ended.root", "ended.other"]]
    assert holding.force_flush() is True
    assert len(exporter.spans) == 5


def test_our_processors_flush_says_the_same(provider: TracerProvider) -> None:
    """Through the queue before it."""
    exporter = KeepingExporter()
    ours(provider, WholeSessionExporter(exporter))
    tracer = provider.get_tracer("tests")
    with session("Trip"):
        tracer.start_span("open").end()
        assert provider.force_flush() is False
    assert provider.force_flush() is True
    assert exporter.batches == [["open"]]


def test_shutdown_decides_everything(provider: TracerProvider) -> None:
    """As it is then: a session that is open is not complete."""
    exporter, complete = KeepingExporter(), {}
    keep = lambda whole: complete.setdefault(whole.id, whole.complete) is not None  # noqa: E731
    ours(provider, WholeSessionExporter(exporter, keep=keep))
    run(provider.get_tracer("tests"), "given", id="c-1")
    with session("Trip") as ended:
        provider.get_tracer("tests").start_span("work").end()
    provider.shutdown()
    assert complete == {"c-1": False, ended.id: True}
    assert sorted(len(names) for names in exporter.batches) == [1, 3]
    assert exporter.was_shut_down


def test_the_end_is_one_line(holding: Any, caplog: pytest.LogCaptureFixture) -> None:
    """How many sessions were kept, and dropped, and that nothing was lost."""
    caplog.set_level("INFO", "otel_helisession")
    exporter = holding(KeepingExporter(), keep=lambda whole: whole.id == "a")
    exporter.export([span("a"), span("b"), span("c")])
    assert exporter.shutdown() is True
    assert caplog.messages == ["KeepingExporter: 1 sessions kept, 2 dropped"]


def test_what_was_lost_is_told(holding: Any, caplog: pytest.LogCaptureFixture) -> None:
    """In that line, and by what shutdown returns."""
    exporter = holding(RefusingExporter())
    exporter.export([span("a"), span("a")])
    assert exporter.shutdown(100) is False
    assert caplog.messages[-1] == (
        "RefusingExporter: 1 sessions kept, 0 dropped; 2 spans of kept sessions did not arrive"
    )


def test_nothing_is_taken_after_shutdown(holding: Any) -> None:
    """And a second shutdown is nothing."""
    exporter = holding(KeepingExporter())
    exporter.shutdown()
    exporter.shutdown()
    assert exporter.export([span("a")]) is SpanExportResult.FAILURE


def test_a_refusal_is_sent_again(holding: Any) -> None:
    """flush tells, once tried; and the session arrives when the destination is back."""
    refusing = RefusingExporter()
    exporter = holding(refusing)
    exporter.export([span("a", "1"), span("a", "2")])
    ending.left(_made("a"), None)
    assert exporter.force_flush() is False
    refusing.refuses = False
    refusing.batches.clear()
    assert exporter.force_flush() is True
    assert refusing.batches == [["1", "2"]]


def test_what_passes_is_the_callers_to_send_again(holding: Any) -> None:
    """A span without a session is not held, so its failure is told at once."""
    exporter = holding(RefusingExporter())
    held, passing = span("a"), span(None)
    assert exporter.deliver([held, passing]).undelivered == [passing]
    assert exporter.export([passing]) is SpanExportResult.FAILURE
    assert exporter.export([held]) is SpanExportResult.SUCCESS


def test_flush_and_shutdown_keep_their_time(holding: Any) -> None:
    """Also while the destination hangs."""
    blocked = BlockedExporter()
    exporter = holding(blocked)
    exporter.export([span("a")])
    ending.left(_made("a"), None)
    for call in (exporter.force_flush, exporter.shutdown):
        started = time.monotonic()
        assert not call(100)
        assert time.monotonic() - started < 3
    blocked.released.set()


def test_a_broken_exporter_harms_nobody(holding: Any, caplog: pytest.LogCaptureFixture) -> None:
    """It is logged once, and counted."""
    exporter = holding(RaisingExporter())
    exporter.export([span("a")])
    ending.left(_made("a"), None)
    assert [exporter.force_flush(), exporter.force_flush()] == [False, False]
    assert len([line for line in caplog.messages if "failed to export" in line]) == 1


def test_leaving_a_session_waits_for_nobody(holding: Any) -> None:
    """However long keep() takes."""
    entered, released = threading.Event(), threading.Event()

    def keep(whole: WholeSession) -> bool:
        entered.set()
        return released.wait(10)

    exporter = holding(KeepingExporter(), keep=keep, settle_seconds=0)
    exporter.export([span("a")])
    ending.left(_made("a"), None)
    assert entered.wait(10)
    started = time.monotonic()
    with session("Trip"):
        pass
    assert time.monotonic() - started < 3
    released.set()


def test_it_costs_no_thread_until_something_is_held(holding: Any) -> None:
    """And none for spans without a session."""
    before = threading.active_count()
    exporter = holding(KeepingExporter())
    exporter.export([span(None)])
    assert exporter.force_flush()
    assert threading.active_count() == before


def test_an_exporter_that_is_dropped_is_forgotten() -> None:
    """Nobody keeps it because of the sessions that it waits for."""
    before = ending.listeners
    alive = weakref.ref(WholeSessionExporter(KeepingExporter()))
    gc.collect()
    assert (alive(), ending.listeners) == (None, before)


def test_a_fork_leaves_what_is_held_to_the_parent(
    run_python: Callable[..., CompletedProcess[str]],
) -> None:
    """The child holds and decides its own; each span is exported once."""
    source = """
import os
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import ConsoleSpanExporter
from otel_helisession import SessionSpanProcessor, WholeSessionExporter, session
shown = ConsoleSpanExporter(formatter=lambda span: f"{os.getpid() == parent} {span.name} ")
parent = os.getpid()
provider = TracerProvider()
provider.add_span_processor(SessionSpanProcessor(WholeSessionExporter(shown)))
tracer = provider.get_tracer("a")
with session("Trip"):
    tracer.start_span("before").end()
    provider.force_flush()
    child = os.fork()
    tracer.start_span("after").end()
if not child:
    provider.shutdown()
    os._exit(0)
os.waitpid(child, 0)
"""
    done = run_python(source)
    assert done.stderr == ""
    assert done.stdout.split() == ["False", "after", "True", "before", "True", "after"]


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"exporter": None}, TypeError),
        ({"exporter": KeepingExporter}, TypeError),
        ({"keep": "errors"}, TypeError),
        ({"idle_seconds": -1}, ValueError),
        ({"max_spans": 0}, ValueError),
        ({"max_bytes": "1 GB"}, ValueError),
        ({"settle_seconds": float("nan")}, ValueError),
    ],
    ids=str,
)
def test_configuration_is_checked(arguments: dict[str, Any], error: type[Exception]) -> None:
    """At the line that made the mistake."""
    with pytest.raises(error):
        WholeSessionExporter(**{"exporter": KeepingExporter(), **arguments})


def test_the_docs_run(capsys: pytest.CaptureFixture[str]) -> None:
    """docs/sampling.md, one block after the other."""
    names: dict[str, Any] = {}
    for block in blocks("sampling.md"):
        exec(block, names)
        names["provider"].shutdown()


def _made(session_id: str) -> Any:
    from otel_helisession.sessions.value import Session

    return Session("Trip", session_id, id_given=False)
