"""session() and step() as decorators: each call is a scope of its own."""

from __future__ import annotations

import asyncio
import inspect
import threading
from typing import Any

import pytest

from otel_helisession.sessions.context import current_session
from otel_helisession.sessions.scope import session, step
from otel_helisession.sessions.value import Session
from tests.collecting import CollectedSpans


def test_each_call_is_a_session() -> None:
    """The function keeps its name, arguments and result; the id is new each time."""

    @session("Trip", path="/trip")
    def plan(city: str, *, days: int = 1) -> tuple[str, int, Session | None]:
        """Plan."""
        return city, days, current_session()

    first, second = plan("Zürich"), plan("Bern", days=2)
    assert (first[:2], second[:2]) == (("Zürich", 1), ("Bern", 2))
    assert first[2] is not None
    assert second[2] is not None
    assert first[2].id != second[2].id
    assert (first[2].name, first[2].path) == ("Trip", "/trip")
    assert (plan.__name__, plan.__doc__) == ("plan", "Plan.")
    assert current_session() is None


async def test_coroutine_functions_are_decorated_too() -> None:
    """The session holds across awaits, and concurrent calls do not mix."""

    @session("Trip")
    @step("plan")
    async def plan(seconds: float) -> Session | None:
        await asyncio.sleep(seconds)
        return current_session()

    assert inspect.iscoroutinefunction(plan)
    first, second = await asyncio.gather(plan(0.004), plan(0.001))
    assert first is not None
    assert second is not None
    assert first.id != second.id
    assert first.path == second.path == "/plan"


async def test_a_cancelled_coroutine_leaves_its_session(spans: CollectedSpans) -> None:
    """Cancellation ends the step's span and the session, without an error."""

    @session("Trip")
    @step("wait")
    async def wait() -> None:
        await asyncio.sleep(5)

    with pytest.raises(asyncio.TimeoutError):
        await asyncio.wait_for(wait(), 0.01)
    assert current_session() is None
    assert spans.one("wait").status.is_unset


def test_the_id_may_be_a_function_of_the_arguments() -> None:
    """A chat continues the conversation that its arguments name."""

    @session("Chat", id=lambda chat, text: chat)
    def answer(chat: str, text: str) -> tuple[str, bool]:
        found = current_session()
        assert found is not None
        return found.id, found.id_given

    answers = [answer("c-1", "hi"), answer("c-2", text="hi"), answer(text="bye", chat="c-1")]
    assert answers == [("c-1", True), ("c-2", True), ("c-1", True)]


def test_a_function_may_give_no_id() -> None:
    """None from the function is a new session."""

    @session("Chat", id=lambda: None)
    def answer() -> bool:
        found = current_session()
        assert found is not None
        return found.id_given

    assert answer() is False


def test_methods_recursion_and_threads_are_calls_like_any_other() -> None:
    """A decorator holds no state between calls."""

    class Agent:
        @session("Trip")
        def plan(self, depth: int) -> list[str]:
            found = current_session()
            assert found is not None
            return [found.id] if depth == 0 else [found.id, *self.plan(depth - 1)]

    seen: list[list[str]] = []
    threads = [threading.Thread(target=lambda: seen.append(Agent().plan(3))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(5)
    assert len({identifier for ids in seen for identifier in ids}) == 16


def test_a_steps_decorator_makes_a_span_each_call(spans: CollectedSpans) -> None:
    """Recursion nests in the path, and an error is on the span that failed."""

    @step("dig")
    def dig(depth: int) -> None:
        if depth == 0:
            raise ValueError("rock")
        dig(depth - 1)

    with session("Trip"), pytest.raises(ValueError, match="rock"):
        dig(1)
    found = [((span.attributes or {})["helicone.session.path"], span.status) for span in spans()]
    assert [path for path, _ in found] == ["/dig/dig", "/dig"]
    assert not any(status.is_ok or status.is_unset for _, status in found)


@pytest.mark.parametrize("scope", [session("Trip"), step("research")], ids=["session", "step"])
@pytest.mark.parametrize("function", [7, "text", None], ids=["number", "text", "nothing"])
def test_what_cannot_be_called_is_refused(scope: Any, function: Any) -> None:
    """The error says what was given."""
    with pytest.raises(TypeError, match="only functions can be decorated, not"):
        scope(function)
