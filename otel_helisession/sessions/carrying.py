"""``carry()``: a function that runs in the OpenTelemetry Context it was given away from."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from opentelemetry import context as context_api

from otel_helisession.sessions.decorating import decorate
from otel_helisession.sessions.scope import Call, Scope

_Function = TypeVar("_Function", bound=Callable[..., Any])


def carry(function: _Function) -> _Function:
    """Return *function* such that it runs in the Context that is current now.

    For work that runs elsewhere: ``executor.submit(carry(work), ...)``,
    ``executor.map(carry(work), items)``, ``Thread(target=carry(work))``,
    ``loop.run_in_executor(None, carry(work))``, a callback, a queue. Session, path, current
    span and baggage are those of this line, whatever the other thread had; that comes back
    afterwards. Where there is no session now, *function* will have none. What is returned
    may be called often, and by several threads at once.

    Args:
        function: A function, coroutine function or generator function of either kind; what
            is returned is of the same kind. It is not picklable: to another process send
            ``current_session()`` itself.

    Raises:
        TypeError: *function* cannot be called.
    """
    if not callable(function):
        raise TypeError(f"carry takes a function, not {type(function).__name__}")
    context = context_api.get_current()
    return decorate(function, lambda args, kwargs: _Carried(context))


class _Carried(Scope):
    """One call in *context*."""

    __slots__ = ("_context",)

    def __init__(self, context: context_api.Context) -> None:
        self._context = context

    def _enter(self) -> None:
        self._attach(self._context)

    def _exit(self, error: BaseException | None) -> None:
        self._detach()

    def _again(self, call: Call) -> _Carried:
        return _Carried(self._context)
