"""Decorated generators: the session is inside, the consumer never sees it."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import gc
import inspect
from collections.abc import AsyncGenerator, Generator, Iterator

import pytest

from otel_helisession.sessions.context import current_session
from otel_helisession.sessions.scope import session, step
from tests.collecting import CollectedSpans


def _path() -> str | None:
    found = current_session()
    return None if found is None else found.path


@pytest.fixture(autouse=True)
def _silent(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Nothing here may log, least of all "Failed to detach context"."""
    yield
    gc.collect()
    assert caplog.messages == []


@session("Trip", path="/trip")
@step("count")
def numbers() -> Generator[str | None, str | None, str]:
    """Yield the path, then what was sent; return a text."""
    sent = yield _path()
    yield sent
    with step("inner"):
        yield _path()
    return "done"


@session("Trip", path="/trip")
@step("count")
async def async_numbers() -> AsyncGenerator[str | None, str | None]:
    """Yield the path, then what was sent."""
    sent = yield _path()
    await asyncio.sleep(0)
    yield sent
    with step("inner"):
        yield _path()


def test_a_generator_is_in_its_session_and_its_consumer_is_not(spans: CollectedSpans) -> None:
    """Between two yields the consumer is where it was."""
    seen = []
    for value in numbers():
        seen.append(value)
        assert current_session() is None
    assert seen == ["/trip/count", None, "/trip/count/inner"]
    assert [span.name for span in spans()] == ["inner", "count"]


def test_a_generator_keeps_its_protocol(spans: CollectedSpans) -> None:
    """send, throw, close and the returned value work as before; so does what it says it is."""
    assert inspect.isgeneratorfunction(numbers)
    assert numbers.__name__ == "numbers"
    generator = numbers()
    assert next(generator) == "/trip/count"
    assert generator.send("hello") == "hello"
    next(generator)
    with pytest.raises(StopIteration) as stopped:
        next(generator)
    assert stopped.value.value == "done"
    failing = numbers()
    next(failing)
    with pytest.raises(ValueError, match="thrown"):
        failing.throw(ValueError("thrown"))
    assert [span.status.is_ok or span.status.is_unset for span in spans()] == [True, True, False]


def test_generators_side_by_side_do_not_mix() -> None:
    """Two that take turns, inside a session of the consumer's, keep their own sessions."""

    @session("Inner")
    def ids() -> Generator[str, None, None]:
        for _ in range(3):
            found = current_session()
            assert found is not None
            yield found.id

    with session("Outer") as outer:
        rows = list(zip(ids(), ids(), strict=True))
        assert current_session() is outer
    first, second = zip(*rows, strict=True)
    assert (len(set(first)), len(set(second)), len({*first, *second, outer.id})) == (1, 1, 3)


def test_a_generator_that_is_left_early_ends_its_span(spans: CollectedSpans) -> None:
    """break, then collection: the span ends, without an error."""
    for _ in numbers():
        break
    gc.collect()
    assert current_session() is None
    assert spans.one("count").status.is_unset


async def test_an_async_generator_is_in_its_session(spans: CollectedSpans) -> None:
    """Its consumer is where it was, and what is sent arrives."""
    generator = async_numbers()
    assert inspect.isasyncgenfunction(async_numbers)
    assert await anext(generator) == "/trip/count"
    assert current_session() is None
    assert await generator.asend("hello") == "hello"
    assert [value async for value in generator] == ["/trip/count/inner"]
    assert current_session() is None
    assert [span.name for span in spans()] == ["inner", "count"]


async def test_an_async_generator_closed_by_another_task(spans: CollectedSpans) -> None:
    """Every task may take a step, and any may close it."""
    generator = async_numbers()
    await asyncio.create_task(anext(generator))  # type: ignore[arg-type]
    await asyncio.create_task(generator.aclose())  # type: ignore[arg-type]
    assert spans.one("count").status.is_unset


async def test_an_async_generator_that_is_cancelled(spans: CollectedSpans) -> None:
    """Cancellation inside a step leaves the session and ends the span."""

    @session("Trip")
    @step("wait")
    async def waiting() -> AsyncGenerator[int, None]:
        yield 1
        await asyncio.sleep(5)

    async def consume() -> None:
        async for _ in waiting():
            pass

    with contextlib.suppress(asyncio.TimeoutError):
        await asyncio.wait_for(consume(), 0.02)
    gc.collect()
    assert spans.one("wait").status.is_unset
    assert current_session() is None


async def test_an_async_generator_that_is_dropped(spans: CollectedSpans) -> None:
    """The event loop closes what nobody consumes to its end."""
    async for _ in async_numbers():
        break
    gc.collect()
    for _ in range(5):
        await asyncio.sleep(0)
    assert spans.one("count").status.is_unset


async def test_an_exception_inside_reaches_the_consumer(spans: CollectedSpans) -> None:
    """It is on the span, and raised on, also when it was thrown in."""
    generator = async_numbers()
    await anext(generator)
    with pytest.raises(ValueError, match="thrown"):
        await generator.athrow(ValueError("thrown"))
    assert spans.one("count").status.description == "ValueError: thrown"


def test_a_partial_of_a_generator_is_one() -> None:
    """What wraps a generator function is decorated as what it is."""
    counted = session("Trip")(functools.partial(numbers))
    seen = []
    for value in counted():
        seen.append(value)
        assert current_session() is None
    assert seen[0] == "/trip/count"
