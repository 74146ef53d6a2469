"""opentelemetry-instrumentation-threading: the session travels in code that is not ours."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from otel_helisession import carry, session

pytest.importorskip("opentelemetry.instrumentation.threading")

from opentelemetry.instrumentation.threading import ThreadingInstrumentor

from tests.threads.test_carry import here


@pytest.fixture(autouse=True)
def instrumented() -> Iterator[None]:
    ThreadingInstrumentor().instrument()
    yield
    ThreadingInstrumentor().uninstrument()


def test_pools_carry_the_session_of_each_submit() -> None:
    """Without a word in the code; a task from outside has none."""
    with ThreadPoolExecutor(1) as pool:
        with session("A", id="a"):
            first = pool.submit(here)
        with session("B", id="b", path="/two"):
            second = list(pool.map(here, [1]))
        outside = pool.submit(here)
    assert (first.result(), second, outside.result()) == ("a/", ["b/two"], None)


def test_threads_and_timers_carry_the_session_they_were_started_in() -> None:
    """Started, not made."""
    found: list[str | None] = []
    thread = threading.Thread(target=lambda: found.append(here()))
    timer = threading.Timer(0, lambda: found.append(here()))
    with session("Trip", id="s"):
        thread.start()
        timer.start()
    thread.join()
    timer.join()
    assert found == ["s/", "s/"]


def test_a_consumer_started_in_a_session_keeps_it_for_ever() -> None:
    """The trap that the documentation names, and its way out: carry() what is put."""
    found: list[str | None] = []
    ready, jobs = threading.Semaphore(0), []

    def consume() -> None:
        for _ in range(2):
            assert ready.acquire(timeout=5)
            found.append(jobs.pop(0)())

    consumer = threading.Thread(target=consume)
    with session("A", id="a"):
        consumer.start()
    with session("B", id="b"):
        jobs.extend([here, carry(here)])
        ready.release(2)
    consumer.join()
    assert found == ["a/", "b/"]


def test_carry_and_the_instrumentor_agree() -> None:
    """Both at once: carry() is the inner one, and wins."""
    with ThreadPoolExecutor(1) as pool:
        with session("A", id="a"):
            carried = carry(here)
        with session("B", id="b"):
            task = pool.submit(carried)
    assert task.result() == "a/"
