"""The session lives in the OpenTelemetry Context, and goes where that goes."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from opentelemetry import context as context_api
from opentelemetry import trace
from opentelemetry.context import Context

from otel_helisession.sessions.context import current_session, set_session
from otel_helisession.sessions.scope import session, step
from otel_helisession.sessions.value import Session
from tests.collecting import CollectedSpans

TRIP = Session("Trip planner", id="t-1", path="/trip")


def _attached(context: Context) -> Session | None:
    """Return the current session of a thread that attaches *context*."""
    token = context_api.attach(context)
    try:
        return current_session()
    finally:
        context_api.detach(token)


def test_there_is_no_session_by_default() -> None:
    """Nothing was started, so nothing is there."""
    assert current_session() is None
    assert current_session(Context()) is None


def test_a_context_carries_what_it_was_given() -> None:
    """set_session changes no Context; it returns another."""
    before = context_api.get_current()
    context = set_session(TRIP)
    assert current_session(context) == TRIP
    assert current_session() is None
    assert context_api.get_current() == before


def test_a_given_context_is_extended() -> None:
    """What else a Context carries stays in it."""
    context = set_session(TRIP, context_api.set_value("other", 7, Context()))
    assert context_api.get_value("other", context) == 7
    assert current_session(context) == TRIP


def test_none_takes_the_session_away() -> None:
    """A Context can be made that has none, inside a session too."""
    with session("Trip"):
        assert current_session(set_session(None)) is None
        assert current_session() is not None


@pytest.mark.parametrize("wrong", ["t-1", 7, {"id": "t-1"}])
def test_only_a_session_can_be_set(wrong: object) -> None:
    """A wrong type raises and says which."""
    with pytest.raises(TypeError, match=type(wrong).__name__):
        set_session(wrong)  # type: ignore[arg-type]


def test_a_plain_thread_has_no_session_until_it_attaches_one() -> None:
    """Threads start with an empty Context; the Context can be handed over."""
    seen: list[Session | None] = []
    with session("Trip") as trip:
        handed = set_session(current_session())
        thread = threading.Thread(
            target=lambda: seen.extend([current_session(), _attached(handed), current_session()])
        )
        thread.start()
        thread.join(5)
    assert seen == [None, trip, None]


def test_an_executor_gets_the_session_by_hand() -> None:
    """Each unit of work attaches its own session; the pool's thread keeps none of them."""
    with ThreadPoolExecutor(1) as pool:
        sessions = [Session(id=f"t-{number}") for number in range(3)]
        seen = list(pool.map(lambda one: _attached(set_session(one)), sessions))
        assert seen == sessions
        assert pool.submit(current_session).result(5) is None


async def test_a_callback_gets_the_session_by_hand() -> None:
    """A callback of the event loop attaches what it was given."""
    done: asyncio.Future[Session | None] = asyncio.get_running_loop().create_future()
    context = set_session(TRIP)
    asyncio.get_running_loop().call_soon(lambda: done.set_result(_attached(context)))
    assert await done == TRIP


async def test_tasks_and_threads_of_asyncio_have_the_session() -> None:
    """create_task, gather and to_thread copy the Context by themselves."""

    async def in_task() -> Session | None:
        await asyncio.sleep(0)
        return current_session()

    with session("Trip") as trip:
        task = asyncio.create_task(in_task())
        assert await asyncio.gather(in_task(), task) == [trip, trip]
        assert await asyncio.to_thread(current_session) == trip


async def test_parallel_tasks_keep_their_own_sessions() -> None:
    """Sessions of tasks that run side by side do not mix."""

    async def run(number: int) -> tuple[str, str]:
        async with session("Trip", id=f"t-{number}"), step(f"branch-{number}"):
            await asyncio.sleep(0.002 * (number % 3))
            found = current_session()
            assert found is not None
            return found.id, found.path

    seen = await asyncio.gather(*(run(number) for number in range(20)))
    assert seen == [(f"t-{number}", f"/branch-{number}") for number in range(20)]
    assert current_session() is None


def test_the_current_path_includes_open_units_of_work(spans: CollectedSpans) -> None:
    """An agent's open span is part of where the code is now."""
    agent = {"gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "planner"}
    tracer = trace.get_tracer("tests")
    with (
        session("Trip", path="/trip"),
        tracer.start_as_current_span("invoke_agent planner", attributes=agent),
    ):
        found = current_session()
    assert found is not None
    assert found.path == "/trip/planner"
    assert len(spans()) == 1
