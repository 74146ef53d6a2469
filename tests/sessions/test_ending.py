"""The end of a session: when listeners are told, and which sessions are idle."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest

from otel_helisession.sessions import ending
from otel_helisession.sessions.ending import IdleSessions
from otel_helisession.sessions.scope import session, step
from otel_helisession.sessions.value import Session

Told = list[tuple[str, bool]]


@pytest.fixture
def told() -> Iterator[Told]:
    """Names of the sessions that were left, and whether that ended them."""
    heard: Told = []
    stop = ending.listen(lambda left, over: heard.append((left.name, over)))
    yield heard
    stop()


def test_leaving_ends_a_session_of_ours(told: Told) -> None:
    """Once the block is over, and not before."""
    with session("Trip"), step("research"):
        assert told == []
    assert told == [("Trip", True)]


def test_leaving_does_not_end_a_given_id(told: Told) -> None:
    """It may be a conversation, which goes on; who listens is told that it was left."""
    with session("Chat", id="c-1"):
        pass
    assert told == [("Chat", False)]


def test_an_empty_id_is_made_by_us(lenient: None, told: Told) -> None:
    """As is one of which cleaning leaves nothing."""
    with session("Trip", id=""):
        pass
    assert told == [("Trip", True)]


def test_only_the_outermost_block_ends_it(told: Told) -> None:
    """Nested blocks with the same id are parts of one session; another id is another session."""
    with session("outer") as outer:
        with session("again", id=outer.id):
            with session("inner"):
                pass
            assert told == [("inner", True)]
        assert told == [("inner", True)]
    assert told == [("inner", True), ("outer", True)]


def test_a_failure_ends_it_too(told: Told) -> None:
    """Whatever leaves the block."""
    with pytest.raises(KeyError), session("Trip"):
        raise KeyError
    assert told == [("Trip", True)]


def test_one_scope_object_can_be_many_sessions(told: Told) -> None:
    """Entered twice at a time, each time is a session of its own."""
    scope = session("Trip")
    with scope, scope:
        pass
    assert told == [("Trip", True), ("Trip", True)]


def test_a_block_that_is_left_twice_ends_once(told: Told) -> None:
    """By hand, as frameworks with enter and exit hooks do."""
    scope = session("Trip")
    scope.__enter__()
    scope.__exit__(None, None, None)
    scope.__exit__(None, None, None)
    assert told == [("Trip", True)]


def test_every_kind_of_decorated_function(told: Told) -> None:
    """Each call is a session, which ends with it."""

    @session("plain")
    def plain() -> None:
        assert told == []

    @session("coroutine")
    async def coroutine() -> None:
        await asyncio.sleep(0)

    @session("generator")
    def generator() -> Iterator[int]:
        yield from range(3)

    @session("async generator")
    async def async_generator() -> AsyncIterator[int]:
        yield 1

    async def consume() -> None:
        await coroutine()
        async for _ in async_generator():
            assert len(told) == 3

    plain()
    for number in generator():
        if number == 1:
            break
    asyncio.run(consume())
    assert [name for name, _ in sorted(told)] == [
        "async generator",
        "coroutine",
        "generator",
        "plain",
    ]


def test_a_generator_that_is_dropped_ends_its_session(told: Told) -> None:
    """When it is collected."""

    @session("generator")
    def generator() -> Iterator[int]:
        yield 1

    steps = generator()
    next(steps)
    assert told == []
    del steps
    assert told == [("generator", True)]


async def test_a_block_that_another_task_leaves_ends(told: Told) -> None:
    """The Context is not ours there; the end is the end all the same."""
    scope = session("Trip")
    await asyncio.create_task(_enter(scope))
    scope.__exit__(None, None, None)
    assert told == [("Trip", True)]


async def _enter(scope: session) -> None:
    scope.__enter__()


def test_it_is_told_on_the_thread_that_left(told: Told) -> None:
    """And of every thread."""
    heard: list[int] = []
    stop = ending.listen(lambda left, over: heard.append(threading.get_ident()))

    def work() -> None:
        with session("Trip"):
            pass

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    stop()
    assert heard == [thread.ident]


def test_a_listener_that_fails_harms_nobody(lenient: None, told: Told, caplog: Any) -> None:
    """Neither the block nor the other listeners; one line says it."""

    def broken(left: Session, over: bool) -> None:
        raise RuntimeError("broken")

    stop = ending.listen(broken)
    for _ in range(2):
        with session("Trip"):
            pass
    stop()
    assert told == [("Trip", True)] * 2
    assert len(caplog.messages) == 1


def test_who_stops_listening_hears_no_more(told: Told) -> None:
    """Stopping twice is no mistake, and stops nobody else."""
    heard: list[bool] = []
    stop = ending.listen(lambda left, over: heard.append(over))
    stop()
    stop()
    with session("Trip"):
        pass
    assert (heard, told) == ([], [("Trip", True)])


@pytest.fixture
def idle() -> Callable[..., IdleSessions]:
    def make(*signs: tuple[str, float], most: int = 100) -> IdleSessions:
        made = IdleSessions(10, most)
        for session_id, now in signs:
            made.touch(session_id, now)
        return made

    return make


def test_a_quiet_session_is_idle(idle: Callable[..., IdleSessions]) -> None:
    """After its seconds without a sign, told once, the quietest first."""
    sessions = idle(("a", 0), ("b", 1), ("a", 2), ("c", 3))
    assert sessions.next_idle() == 11
    assert (sessions.idle(10.9), sessions.idle(12)) == ([], ["b", "a"])
    assert (sessions.idle(12), len(sessions), "c" in sessions) == ([], 1, True)


def test_watching_is_bounded(idle: Callable[..., IdleSessions]) -> None:
    """The quietest goes, and who asked is told which."""
    sessions = idle(("a", 0), ("b", 1), most=2)
    assert (sessions.touch("a", 2), sessions.touch("c", 3)) == (None, "b")
    assert (sessions.pop(), sessions.pop(), sessions.pop()) == ("a", "c", None)


def test_a_session_can_be_forgotten(idle: Callable[..., IdleSessions]) -> None:
    """As when it has ended otherwise."""
    sessions = idle(("a", 0))
    assert (sessions.forget("a"), sessions.forget("a")) == (True, False)
    assert (sessions.next_idle(), sessions.idle(100)) == (None, [])
