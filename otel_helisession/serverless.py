"""Functions whose process is frozen when they return: what they did is delivered before."""

from __future__ import annotations

import asyncio
import functools
import inspect
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final, TypeVar, overload

from opentelemetry import trace

from otel_helisession.delivery.exit import LONGEST_MILLIS, flush_all
from otel_helisession.delivery.suppression import suppressed
from otel_helisession.delivery.thread import started
from otel_helisession.guard import caught

_Function = TypeVar("_Function", bound=Callable[..., Any])

DEFAULT_TIMEOUT_MILLIS: Final = 2_000
"""Some round trips to a backend far away; and what somebody may wait for an answer that is
ready, on the rare day when the backend is dead."""

_MARGIN_MILLIS: Final = 100
"""What is left of a Lambda's time for returning: beyond its time it is killed."""


@overload
def flush_after(function: _Function) -> _Function: ...
@overload
def flush_after(
    *, timeout_millis: float = DEFAULT_TIMEOUT_MILLIS
) -> Callable[[_Function], _Function]: ...
def flush_after(
    function: _Function | None = None, *, timeout_millis: float = DEFAULT_TIMEOUT_MILLIS
) -> _Function | Callable[[_Function], _Function]:
    """Deliver what has ended before *function* returns, as an AWS Lambda handler must.

    ::

        @flush_after(timeout_millis=1_000)
        def handler(event, context): ...

    Put it outermost, above ``@session(...)``, so that the session's own spans have ended. It
    holds for functions and coroutine functions, whether they return or raise. It flushes the
    global TracerProvider, and every SessionSpanProcessor. What is not accepted in time stays
    queued, for the next call; nothing of it fails the function.

    Args:
        function: What is decorated.
        timeout_millis: How long the flush may hold the result up, above 0. Where one of the
            arguments is a Lambda context, never longer than that has time left.

    Raises:
        TypeError: *function* is no function, or a generator.
        ValueError: *timeout_millis* is not above 0.
    """
    if not 0 < timeout_millis < float("inf"):
        raise ValueError(f"timeout_millis is {timeout_millis!r}; it must be a number above 0")
    if function is None:
        return functools.partial(_flushing, timeout_millis=timeout_millis)
    return _flushing(function, timeout_millis)


def _flushing(function: _Function, timeout_millis: float) -> _Function:
    if not callable(function):
        raise TypeError(f"flush_after decorates functions, not {type(function).__name__}")
    if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
        raise TypeError("flush_after decorates functions that return, not generators")
    timeout_millis = min(timeout_millis, LONGEST_MILLIS)
    wrapped: Callable[..., Any]
    if inspect.iscoroutinefunction(function):

        async def wrapped(*args: Any, **kwargs: Any) -> Any:
            try:
                return await function(*args, **kwargs)
            finally:
                await _flush_async(_time_left(timeout_millis, args, kwargs))

    else:

        def wrapped(*args: Any, **kwargs: Any) -> Any:
            try:
                return function(*args, **kwargs)
            finally:
                _flush(_time_left(timeout_millis, args, kwargs))

    return functools.wraps(function)(wrapped)  # type: ignore[return-value]


def _time_left(timeout_millis: float, args: tuple[Any, ...], kwargs: dict[str, Any]) -> float:
    """Return *timeout_millis*, or what a Lambda context among the arguments leaves of it."""
    for argument in (*args, *kwargs.values()):
        remaining = getattr(argument, "get_remaining_time_in_millis", None)
        if callable(remaining):
            try:
                return max(0.0, min(timeout_millis, float(remaining()) - _MARGIN_MILLIS))
            except Exception as error:
                caught("flush_after", error)
    return timeout_millis


def _flush(timeout_millis: float) -> None:
    """Flush on another thread, because not every processor keeps its deadline."""
    thread = threading.Thread(
        target=_flush_everything, args=(timeout_millis,), name="helisession-flush", daemon=True
    )
    if started(thread):
        thread.join(timeout_millis / 1_000)
    else:
        _flush_everything(timeout_millis)


async def _flush_async(timeout_millis: float) -> None:
    loop = asyncio.get_running_loop()
    flushed = asyncio.Event()

    def flush() -> None:
        _flush_everything(timeout_millis)
        with suppress(RuntimeError):  # the loop may be closed: then nobody waits any more
            loop.call_soon_threadsafe(flushed.set)

    if started(threading.Thread(target=flush, name="helisession-flush", daemon=True)):
        with suppress(asyncio.TimeoutError):
            await asyncio.wait_for(flushed.wait(), timeout_millis / 1_000)
    else:
        _flush_everything(timeout_millis)


def _flush_everything(timeout_millis: float) -> None:
    deadline = time.monotonic() + timeout_millis / 1_000
    try:
        with suppressed():
            force_flush = getattr(trace.get_tracer_provider(), "force_flush", None)
            if callable(force_flush):
                force_flush(int(timeout_millis))
            flush_all(max(0.0, (deadline - time.monotonic()) * 1_000))
    except Exception as error:
        caught("flush_after", error)
