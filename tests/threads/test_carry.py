"""carry(): the session goes where the work goes, and nowhere else."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from opentelemetry import baggage, context

from otel_helisession import Session, carry, current_session, session, step
from tests.collecting import CollectedSpans


def here(*_: object) -> str | None:
    """Return the id and path of the session that this runs in."""
    found = current_session()
    return None if found is None else f"{found.id}{found.path}"


def test_a_pool_runs_each_task_in_the_session_it_was_submitted_from() -> None:
    """One worker, three tasks: no task sees the session of another one."""
    with ThreadPoolExecutor(1) as pool:
        with session("A", id="a", path="/one"):
            first = pool.submit(carry(here))
        with session("B", id="b"):
            second = pool.submit(carry(here))
        outside = pool.submit(carry(here))
        plain = pool.submit(here)
    found = [task.result() for task in (first, second, outside, plain)]
    assert found == ["a/one", "b/", None, None]


def test_map_carries_to_every_item() -> None:
    """What carry() returns may run in several threads at once."""
    both = threading.Barrier(2, timeout=5)

    def work(item: int) -> tuple[int, str | None]:
        both.wait()
        return item, here()

    with ThreadPoolExecutor(2) as pool, session("Trip", id="s"), step("fan_out"):
        found = list(pool.map(carry(work), [1, 2]))
    assert found == [(1, "s/fan_out"), (2, "s/fan_out")]


def test_spans_in_the_other_thread_are_children_in_the_session(spans: CollectedSpans) -> None:
    """Path, trace and parent are those of the line with carry()."""

    def work() -> None:
        with step("search"):
            pass

    with session("Trip", id="s"), step("research"):
        thread = threading.Thread(target=carry(work))
        thread.start()
        thread.join()
    inner, outer = spans.one("search"), spans.one("research")
    assert (inner.attributes or {})["helicone.session.path"] == "/research/search"
    assert inner.parent == outer.get_span_context()


def test_a_timer_fires_in_the_session_that_has_ended_since() -> None:
    """The Context is kept, not looked up."""
    found: list[str | None] = []
    with session("Trip", id="s"):
        timer = threading.Timer(0.01, carry(lambda: found.append(here())))
    timer.start()
    timer.join()
    assert found == ["s/"]


async def test_run_in_executor_carries_too() -> None:
    """Unlike to_thread, which copies the Context by itself."""
    loop = asyncio.get_running_loop()
    with session("Trip", id="s"):
        carried = await loop.run_in_executor(None, carry(here))
        lost = await loop.run_in_executor(None, here)
        kept = await asyncio.to_thread(here)
    assert (carried, lost, kept) == ("s/", None, "s/")


async def test_a_coroutine_function_stays_one() -> None:
    """A queue's consumer runs each job in the session that put it there."""

    async def job() -> str | None:
        await asyncio.sleep(0)
        return here()

    jobs: asyncio.Queue[object] = asyncio.Queue()
    for name in ("a", "b"):
        with session("Trip", id=name):
            jobs.put_nowait(carry(job))
    with session("Consumer", id="consumer"):
        found = [await jobs.get_nowait()() for _ in range(2)]  # type: ignore[operator]
        assert here() == "consumer/"
    assert found == ["a/", "b/"]


async def test_generators_of_both_kinds_are_carried() -> None:
    """Their consumer does not see the session between two items."""

    def numbers() -> Iterator[str | None]:
        yield here()

    async def letters() -> AsyncIterator[str | None]:
        yield here()

    with session("Trip", id="s"):
        made, made_async = carry(numbers), carry(letters)
    assert [(item, here()) for item in made()] == [("s/", None)]
    assert [(item, here()) async for item in made_async()] == [("s/", None)]


def test_an_error_comes_through_and_the_thread_is_left_as_it_was() -> None:
    """The worker's next task has no session."""

    def fail() -> None:
        raise LookupError("no such hotel")

    with ThreadPoolExecutor(1) as pool:
        with session("Trip", id="s"):
            task = pool.submit(carry(fail))
        after = pool.submit(here)
    with pytest.raises(LookupError, match="no such hotel"):
        task.result()
    assert after.result() is None


def test_everything_in_the_context_travels() -> None:
    """Baggage too; what the function attaches there does not come back."""
    token = context.attach(baggage.set_baggage("tenant", "north"))
    with ThreadPoolExecutor(1) as pool:
        found = pool.submit(carry(partial(baggage.get_baggage, "tenant"))).result()
    context.detach(token)
    assert found == "north"


def test_what_cannot_be_called_is_refused() -> None:
    """The message says what was given."""
    with pytest.raises(TypeError, match="carry takes a function, not Session"):
        carry(Session("Trip"))  # type: ignore[type-var]


@pytest.mark.skipif(
    not getattr(sys.flags, "thread_inherit_context", 0),
    reason="threads inherit the Context by themselves only where Python is told to (3.14)",
)
def test_where_threads_inherit_the_context_carry_still_decides() -> None:
    """A pool's worker keeps the Context of whoever made it start; carry() replaces it."""
    with ThreadPoolExecutor(1) as pool:
        with session("A", id="a"):
            pool.submit(here).result()
        with session("B", id="b"):
            assert pool.submit(carry(here)).result() == "b/"
        assert pool.submit(carry(here)).result() is None
