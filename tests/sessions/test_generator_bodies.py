"""What the body of a decorated generator may do, and the rarer ways in which it ends."""

from __future__ import annotations

import asyncio
import gc
import logging
import sys
from collections.abc import AsyncGenerator, Generator, Iterator

import anyio
import pytest

from otel_helisession.sessions.context import current_session
from otel_helisession.sessions.scope import session, step
from tests.collecting import CollectedSpans


def _here() -> str | None:
    found = current_session()
    return None if found is None else f"{found.name}{found.path}"


@session("Talk", path="/talk")
@step("answer")
def talk() -> Generator[str | None, str | None, None]:
    heard = None
    try:
        for _ in range(3):
            heard = yield f"{_here()} {heard}"
    except KeyError:
        yield "caught"


@session("Talk", path="/talk")
@step("answer")
async def talk_async() -> AsyncGenerator[str | None, str | None]:
    heard = None
    try:
        for _ in range(3):
            await asyncio.sleep(0)
            heard = yield f"{_here()} {heard}"
    except KeyError:
        yield "caught"
    finally:
        await asyncio.sleep(0)
        assert _here() == "Talk/talk/answer"


@pytest.fixture(autouse=True)
def _silent(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Nothing may be logged, "Failed to detach context" least of all."""
    yield
    gc.collect()
    assert [r.getMessage() for r in caplog.records if r.levelno >= logging.WARNING] == []


def test_what_is_sent_and_thrown_reaches_the_body(spans: CollectedSpans) -> None:
    """In its own session, while the consumer stays in his."""
    with session("Outer", path="/outer"):
        generator = talk()
        seen = [next(generator), _here(), generator.send("hi"), generator.throw(KeyError("x"))]
        generator.close()
    assert seen == ["Talk/talk/answer None", "Outer/outer", "Talk/talk/answer hi", "caught"]
    assert spans.one("answer").status.is_unset


async def test_what_is_sent_and_thrown_reaches_an_async_body(spans: CollectedSpans) -> None:
    """Also when the body awaits before and after."""
    with session("Outer", path="/outer"):
        generator = talk_async()
        seen = [await anext(generator), _here(), await generator.asend("hi")]
        seen.append(await generator.athrow(KeyError("x")))
        await generator.aclose()
    assert seen == ["Talk/talk/answer None", "Outer/outer", "Talk/talk/answer hi", "caught"]


def test_one_that_never_starts_is_nothing(spans: CollectedSpans) -> None:
    """No session and no span is made before the first step."""
    talk().close()
    talk()
    assert spans() == ()


def test_one_that_is_left_over_when_the_loop_ends(spans: CollectedSpans) -> None:
    """The loop closes it, and its span has an end."""
    forgotten: list[AsyncGenerator[str | None, str | None]] = []

    async def main() -> None:
        forgotten.append(talk_async())
        await anext(forgotten[0])

    asyncio.run(main())
    assert [span.name for span in spans()] == ["answer"]


async def test_anyio_inside() -> None:
    """Cancel scopes and task groups of the body work, and its tasks have its session."""

    @session("Inner")
    async def body() -> AsyncGenerator[list[str | None], None]:
        seen: list[str | None] = []

        async def child() -> None:
            await anyio.sleep(0)
            seen.append(_here())

        with anyio.fail_after(5):
            async with anyio.create_task_group() as group:
                group.start_soon(child)
        yield seen

    assert [one async for one in body()] == [["Inner/"]]


@pytest.mark.skipif(sys.version_info < (3, 11), reason="asyncio.timeout came with Python 3.11")
async def test_asyncio_timeout_and_task_group_inside() -> None:
    """asyncio's own, which look at the current task."""

    @session("Inner")
    async def body() -> AsyncGenerator[str | None, None]:
        async with asyncio.timeout(5), asyncio.TaskGroup() as group:
            task = group.create_task(asyncio.sleep(0, _here()))
        yield task.result()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.001):
                await asyncio.sleep(5)
        yield "timed out"

    assert [one async for one in body()] == ["Inner/", "timed out"]
