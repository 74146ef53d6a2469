"""Scopes as decorators: each call of a function, coroutine or generator runs in its own scope.

A generator's body runs in one ``contextvars.Context`` of its own, copied at its first step,
so its consumer never sees the scope between two yields, and the scope can be left wherever
the generator is: after an early ``break``, an ``aclose()`` from another task, a
cancellation, or garbage collection. The price: other ContextVars that the body sets do not
reach the consumer, nor those that the consumer sets later the body.
"""

from __future__ import annotations

import functools
import inspect
import sys
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from contextvars import Context, copy_context
from typing import Any, Generic, Protocol, TypeVar

_Function = TypeVar("_Function", bound=Callable[..., Any])
_Result = TypeVar("_Result")


class Block(Protocol):
    """A scope made for one call: entered before it, left after it, told its result."""

    def _enter(self) -> Any: ...
    def _exit(self, error: BaseException | None) -> None: ...
    def _returned(self, result: _Result) -> _Result: ...


Opener = Callable[[tuple[Any, ...], dict[str, Any]], Block]
"""Makes the block for a call with these arguments."""


def decorate(function: _Function, opener: Opener) -> _Function:
    """Return *function* with each call in a block of its own.

    Raises:
        TypeError: *function* cannot be called.
    """
    if not callable(function):
        raise TypeError(f"only functions can be decorated, not {type(function).__name__}")
    if inspect.isasyncgenfunction(function):
        wrapped = _async_generator(function, opener)
    elif inspect.isgeneratorfunction(function):
        wrapped = _generator(function, opener)
    elif inspect.iscoroutinefunction(function):
        wrapped = _coroutine(function, opener)
    else:
        wrapped = _plain(function, opener)
    return functools.wraps(function)(wrapped)  # type: ignore[return-value]


def _plain(function: Callable[..., Any], opener: Opener) -> Callable[..., Any]:
    def in_block(*args: Any, **kwargs: Any) -> Any:
        block = opener(args, kwargs)
        block._enter()
        try:
            result = block._returned(function(*args, **kwargs))
        except BaseException as error:
            block._exit(error)
            raise
        block._exit(None)
        return result

    return in_block


def _coroutine(function: Callable[..., Any], opener: Opener) -> Callable[..., Any]:
    async def in_block(*args: Any, **kwargs: Any) -> Any:
        block = opener(args, kwargs)
        block._enter()
        try:
            result = block._returned(await function(*args, **kwargs))
        except BaseException as error:
            block._exit(error)
            raise
        block._exit(None)
        return result

    return in_block


def _generator(function: Callable[..., Any], opener: Opener) -> Callable[..., Any]:
    def in_block(*args: Any, **kwargs: Any) -> Generator[Any, Any, Any]:
        context = copy_context()
        generator = function(*args, **kwargs)
        block = opener(args, kwargs)
        context.run(block._enter)
        try:
            result = yield from _Stepped(generator, context)
        except BaseException as error:
            context.run(block._exit, None if isinstance(error, GeneratorExit) else error)
            raise
        context.run(block._exit, None)
        return result

    return in_block


class _Stepped(Generator[Any, Any, Any]):
    """A generator whose every step runs in *context*."""

    def __init__(self, generator: Generator[Any, Any, Any], context: Context) -> None:
        self._generator = generator
        self._context = context

    def send(self, value: Any) -> Any:
        return self._context.run(self._generator.send, value)

    def throw(self, *error: Any) -> Any:
        return self._context.run(self._generator.throw, *error)

    def close(self) -> None:
        self._context.run(self._generator.close)


def _async_generator(function: Callable[..., Any], opener: Opener) -> Callable[..., Any]:
    async def in_block(*args: Any, **kwargs: Any) -> AsyncGenerator[Any, Any]:
        context = copy_context()
        generator = function(*args, **kwargs)
        block = opener(args, kwargs)
        context.run(block._enter)
        try:
            step = _first_step(generator)
            while True:
                try:
                    value = await _Awaited(step, context)
                except StopAsyncIteration:
                    break
                try:
                    step = generator.asend((yield value))
                except GeneratorExit:
                    await _Awaited(generator.aclose(), context)
                    raise
                except BaseException as error:
                    step = generator.athrow(error)
        except BaseException as error:
            context.run(block._exit, None if isinstance(error, GeneratorExit) else error)
            raise
        context.run(block._exit, None)

    return in_block


def _first_step(generator: AsyncGenerator[Any, Any]) -> Awaitable[Any]:
    """Begin *generator* unseen by the event loop, which would otherwise close it beside its
    wrapper, at the same time, when the loop ends."""
    hooks = sys.get_asyncgen_hooks()
    sys.set_asyncgen_hooks(firstiter=None, finalizer=None)
    try:
        return generator.asend(None)
    finally:
        sys.set_asyncgen_hooks(*hooks)


class _Awaited(Generic[_Result]):
    """An awaitable whose every step runs in *context*."""

    def __init__(self, awaitable: Awaitable[_Result], context: Context) -> None:
        self._awaitable = awaitable
        self._context = context

    def __await__(self) -> Generator[Any, Any, _Result]:
        iterator: Any = self._awaitable.__await__()
        return (yield from _Stepped(iterator, self._context))  # type: ignore[no-any-return]
