"""session() and step() as blocks: what they start, extend, and leave behind."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from opentelemetry import trace
from opentelemetry.trace import StatusCode

from otel_helisession import environment
from otel_helisession.sessions.context import current_session
from otel_helisession.sessions.scope import session, step
from otel_helisession.sessions.value import Session
from tests.collecting import CollectedSpans


def _path() -> str | None:
    found = current_session()
    return None if found is None else found.path


def test_a_session_lasts_as_long_as_its_block() -> None:
    """The block yields the current session, and takes it away again."""
    with session("Trip", id="t-1", path="trip", user_id="u", properties={"a": 1}) as entered:
        assert current_session() is entered
        assert entered == Session(
            "Trip", id="t-1", path="/trip", user_id="u", properties={"a": "1"}
        )
    assert current_session() is None


def test_the_inner_session_wins_and_the_outer_comes_back() -> None:
    """Nesting is a stack, also where the inner one fails."""
    with session("outer") as outer:
        with contextlib.suppress(RuntimeError), session("inner") as inner:
            assert current_session() is inner
            raise RuntimeError
        assert current_session() is outer


async def test_async_with_is_the_same() -> None:
    """Both forms nest in each other."""
    async with session("Trip", path="/trip") as entered:
        with step("a"):
            async with step("b"):
                assert _path() == "/trip/a/b"
        assert current_session() is entered
    assert current_session() is None


def test_a_step_extends_the_path_and_opens_a_span(spans: CollectedSpans) -> None:
    """Its span has its name and its path; the path goes back when it ends."""
    with session("Trip", id="t-1", path="/trip"), step("research") as span:
        assert trace.get_current_span() is span
        assert _path() == "/trip/research"
        with step("hotels"):
            assert _path() == "/trip/research/hotels"
        assert _path() == "/trip/research"
    assert [(span.name, (span.attributes or {})["helicone.session.path"]) for span in spans()] == [
        ("hotels", "/trip/research/hotels"),
        ("research", "/trip/research"),
    ]


def test_a_step_without_a_session_is_a_span(spans: CollectedSpans) -> None:
    """It stamps nothing."""
    with step("research"):
        assert current_session() is None
    assert spans.one("research").attributes == {}


def test_a_step_below_an_agent_hangs_in_it(spans: CollectedSpans) -> None:
    """Explicit steps extend the units of work they run in."""
    tracer = trace.get_tracer("tests")
    agent = {"gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "planner"}
    with (
        session("Trip", path="/trip"),
        tracer.start_as_current_span("agent", attributes=agent),
        step("research"),
    ):
        assert _path() == "/trip/planner/research"
    assert len(spans()) == 2


def test_an_error_is_on_the_steps_span_and_goes_on(spans: CollectedSpans) -> None:
    """The exception reaches the caller; the span says what it was."""
    with pytest.raises(ValueError, match="no rooms"), step("book"):
        raise ValueError("no rooms")
    span = spans.one("book")
    assert span.status.status_code is StatusCode.ERROR
    assert span.status.description == "ValueError: no rooms"
    (event,) = span.events
    assert event.attributes is not None
    assert event.attributes["exception.message"] == "no rooms"


def test_leaving_by_interrupt_is_no_error(spans: CollectedSpans) -> None:
    """SystemExit and KeyboardInterrupt pass; they say nothing about the work."""
    with pytest.raises(KeyboardInterrupt), step("book"):
        raise KeyboardInterrupt
    assert spans.one("book").status.status_code is StatusCode.UNSET


def test_one_scope_may_be_entered_again() -> None:
    """A session() kept in a variable is a new session each time, nested or one after another."""
    trip = session("Trip", path="/trip")
    with trip as first:
        with trip as second:
            assert current_session() is second
        assert current_session() is first
    with trip as third:
        assert len({first.id, second.id, third.id}) == 3
    assert current_session() is None


def test_one_scope_may_be_entered_by_several_threads(spans: CollectedSpans) -> None:
    """Threads that share a step() leave, and end, what they entered themselves."""
    shared, barrier = step("shared"), threading.Barrier(2, timeout=5)
    left: list[str | None] = []

    def run() -> None:
        with session("Trip", path="/trip"):
            with shared:
                barrier.wait()
            left.append(_path())
        left.append(_path())

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(5)
    assert sorted(left, key=str) == ["/trip", "/trip", None, None]
    assert len({span.context.span_id for span in spans()}) == 2


@pytest.mark.parametrize("wrong", [None, 7, b"trip", ["trip"]])
def test_a_wrong_name_raises_where_it_was_written(wrong: Any) -> None:
    """Not when the block is entered."""
    with pytest.raises(TypeError, match=type(wrong).__name__):
        session(wrong)
    with pytest.raises(TypeError, match=type(wrong).__name__):
        step(wrong)


def test_a_wrong_argument_leaves_nothing_behind() -> None:
    """A block that cannot be entered was not entered."""
    with pytest.raises(TypeError), session("Trip", id=7):  # type: ignore[arg-type]
        pass
    with pytest.raises(TypeError, match="decorators"), session("Trip", id=lambda: "t"):
        pass
    assert current_session() is None


@pytest.mark.parametrize("name", ["", "🧭", "a\r\nb", "x" * 10_000, "..", "/", "\ud800"])
def test_hostile_names_are_cleaned(name: str, spans: CollectedSpans) -> None:
    """No name breaks a block; a step that names nothing stays where it is."""
    with session(name, id=name, path=name), step(name):
        path = _path()
    assert path is not None
    assert path.startswith("/")
    assert "\n" not in path
    assert len(spans()) == 1


async def test_leaving_in_another_task_is_silent(caplog: pytest.LogCaptureFixture) -> None:
    """A block entered in one task and left in another logs nothing and raises nothing."""
    scopes = [session("Trip"), step("research")]

    async def enter() -> None:
        for scope in scopes:
            await scope.__aenter__()

    async def leave() -> None:
        for scope in reversed(scopes):
            await scope.__aexit__(None, None, None)

    await asyncio.create_task(enter())
    await asyncio.create_task(leave())
    assert caplog.messages == []
    assert current_session() is None


async def test_a_step_left_in_another_task_still_ends(spans: CollectedSpans) -> None:
    """Only the Context is another's; the span is ended."""
    research = step("research")

    async def enter() -> None:
        await research.__aenter__()

    await asyncio.create_task(enter())
    await research.__aexit__(None, None, None)
    assert [span.name for span in spans()] == ["research"]


async def test_a_child_task_that_leaves_its_parents_block_changes_nothing(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The parent still has its session, and leaves it itself."""
    trip = session("Trip")
    entered = trip.__enter__()

    async def leave() -> None:
        trip.__exit__(None, None, None)

    await asyncio.create_task(leave())
    assert current_session() is entered
    trip.__exit__(None, None, None)
    assert current_session() is None
    assert caplog.messages == []


def test_an_abandoned_generator_is_silent(caplog: pytest.LogCaptureFixture) -> None:
    """A block inside a generator that is closed elsewhere logs no detach error."""

    def numbers() -> Iterator[int]:
        with session("Trip"), step("count"):
            yield 1

    with caplog.at_level(logging.DEBUG):
        generator = numbers()
        thread = threading.Thread(target=next, args=(generator,))
        thread.start()
        thread.join(5)
        generator.close()  # type: ignore[attr-defined]
    assert caplog.messages == []


@pytest.mark.parametrize("variable", ["HELISESSION_DISABLED", "OTEL_SDK_DISABLED"])
def test_switched_off_there_is_no_span_of_ours(
    variable: str, spans: CollectedSpans, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The code runs on, with its session and path, and makes no span."""
    monkeypatch.setenv(variable, "true")
    environment.disabled.cache_clear()
    with session("Trip"), step("research") as span:
        assert not span.is_recording()
        assert _path() == "/research"
    assert spans() == ()
