"""Sessions in other processes: a Session is pickled, and attached there."""

from __future__ import annotations

import multiprocessing
import pickle
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from subprocess import CompletedProcess

import pytest
from opentelemetry.context import attach, detach

from otel_helisession import Session, carry, current_session, session, set_session, step


def work(carried: Session, city: str) -> tuple[str, str, dict[str, str]]:
    token = attach(set_session(carried))
    try:
        with step("search"):
            found = current_session()
            assert found is not None
            return city, found.path, dict(found.properties)
    finally:
        detach(token)


def test_a_process_pool_continues_the_session() -> None:
    """Id, path and properties arrive, in a process that shares nothing with this one."""
    spawn = multiprocessing.get_context("spawn")
    with session("Trip", id="s", path="/trip", properties={"tier": "gold"}):
        carried = current_session()
    with ProcessPoolExecutor(1, mp_context=spawn) as pool:
        found = pool.submit(work, carried, "Lisbon").result(timeout=30)
    assert found == ("Lisbon", "/trip/search", {"tier": "gold"})
    assert current_session() is None


def test_a_carried_function_is_for_threads() -> None:
    """Pickling one fails at once, and says which function it is about."""
    with pytest.raises((pickle.PicklingError, AttributeError), match="work"):
        pickle.dumps(carry(work))


def test_the_documentation_is_true(run_python: Callable[..., CompletedProcess[str]]) -> None:
    """The Python of docs/threads_and_logs.md runs, one block after the other."""
    from tests.documentation import blocks

    done = run_python(
        "\n".join(blocks("threads_and_logs.md"))
        + """
with session("Trip planner", path="/trip"):
    here = current_session()
print(work(here, "Lisbon"))
"""
    )
    assert done.stdout == "Lisbon /trip\n"
    assert done.stderr == "WARNING [Trip planner /trip] no hotel\n"
