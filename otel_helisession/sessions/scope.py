"""``session()`` and ``step()``: a session and the places in its path, as scopes of code.

Both are ``with`` and ``async with`` blocks and decorators. State lives in the
OpenTelemetry Context, so it follows asyncio tasks and ``to_thread``, and whatever else
carries that Context.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextvars import ContextVar, Token
from types import TracebackType
from typing import Any, Final, NamedTuple, TypeVar

from opentelemetry import context as context_api
from opentelemetry import trace
from opentelemetry.trace import Span, Status, StatusCode

from otel_helisession import environment
from otel_helisession.guard import caught
from otel_helisession.sessions import ending, live
from otel_helisession.sessions.context import SESSION_KEY, context_session
from otel_helisession.sessions.decorating import decorate
from otel_helisession.sessions.path import ROOT, join
from otel_helisession.sessions.value import Session
from otel_helisession.version import __version__

_Function = TypeVar("_Function", bound=Callable[..., Any])
_Result = TypeVar("_Result")

tracer: Final = trace.get_tracer("otel_helisession", __version__)
"""The tracer of the spans that we make: the global provider's, whenever that is set."""


class _Entry:
    """One time that a scope was entered. Not kept on the scope, which threads may share."""

    __slots__ = ("around", "here", "scope", "session", "span", "token")

    scope: Scope
    session: Session | None
    span: Span | None
    around: context_api.Context
    token: Any
    here: Token[_Entry | None]


_here: ContextVar[_Entry | None] = ContextVar("otel_helisession_scope", default=None)
"""Set beside each attach. Its reset fails where the Context cannot be detached (another
task, a finalised generator), which tells so without the log line that detach would write."""


class Call(NamedTuple):
    """One call of a decorated function."""

    function: Callable[..., Any]
    args: tuple[Any, ...]
    kwargs: dict[str, Any]


class Scope:
    """What session(), step() and record share: entering a Context, leaving it, and decorating."""

    __slots__ = ("_last",)

    _last: _Entry

    def _enter(self) -> Any:
        raise NotImplementedError

    def _exit(self, error: BaseException | None) -> None:
        raise NotImplementedError

    def _again(self, call: Call) -> Scope:
        """Return a fresh scope for one call of a decorated function."""
        raise NotImplementedError

    def _returned(self, result: _Result) -> _Result:
        """Take note of what a decorated function returned, and return it."""
        return result

    def _attach(self, context: context_api.Context, span: Span | None = None) -> _Entry:
        entry = self._last = _Entry()
        entry.scope = self
        entry.session = None
        entry.span = span
        entry.token = context_api.attach(context)
        entry.here = _here.set(entry)
        return entry

    def _detach(self) -> _Entry:
        """Leave the Context, if it is still ours to leave, and return what attach returned."""
        entry = _here.get()
        if entry is None or entry.scope is not self:
            entry = self._last
        try:
            _here.reset(entry.here)
        except (ValueError, RuntimeError):  # another task left the scope, or left it twice
            return entry
        context_api.detach(entry.token)
        return entry

    def __enter__(self) -> Any:
        return self._enter()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._exit(error)

    async def __aenter__(self) -> Any:
        return self._enter()

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._exit(error)

    def __call__(self, function: _Function) -> _Function:
        """Decorate a function, coroutine function or generator function of either kind: each
        call runs in a scope of its own (see decorating for what that means in generators).

        Raises:
            TypeError: *function* cannot be called.
        """
        return decorate(function, lambda args, kwargs: self._again(Call(function, args, kwargs)))


class session(Scope):
    """Start a session in the current OpenTelemetry Context, and yield the Session.

    ``with session("Trip planner"):``, ``async with``, or ``@session("Trip planner")`` on a
    function, coroutine function or generator function of either kind; then each call is a
    session with an id of its own.
    Nested: the inner one wins, and the outer comes back. Opens no span.

    Args:
        name: The type of session, the same for all runs of that type; may be empty.
        id: The run or conversation that this continues; a new UUIDv4 when None. For a
            decorator it may be a function of the call's arguments.
        path: The path to start at; cleaned (see Session).
        user_id: On whose behalf.
        properties: Custom properties, name to text, number or bool.

    Raises:
        TypeError: An argument has the wrong type. Bad text never raises; it is cleaned.
    """

    __slots__ = ("_id", "_name", "_path", "_properties", "_user_id")

    def __init__(
        self,
        name: str,
        *,
        id: str | Callable[..., str | None] | None = None,
        path: str = ROOT,
        user_id: str | None = None,
        properties: Mapping[str, Any] | None = None,
    ) -> None:
        self._name = name
        self._id = id
        self._path = path
        self._user_id = user_id
        self._properties = properties
        if name.__class__ is not str:
            Session(name=name)  # says what is wrong, at the line that made the mistake

    def _enter(self) -> Session:
        if callable(self._id):
            raise TypeError("session(id=function) is for decorators; in a with block give the id")
        entered = Session(self._name, self._id, self._path, self._user_id, self._properties)
        around = context_api.get_current()
        entry = self._attach(context_api.set_value(SESSION_KEY, entered, around))
        entry.session = entered
        entry.around = around
        if not entered.id_given:
            ending.entered(entered)
        return entered

    def _exit(self, error: BaseException | None) -> None:
        entry = self._detach()
        entered, entry.session = entry.session, None  # it is left once, whatever comes after
        if entered is None:
            return
        if ending.listeners:
            ending.left(entered, context_session(entry.around))
        if not entered.id_given:
            ending.open_here.pop(entered.id, None)

    def _again(self, call: Call) -> session:
        identifier = self._id(*call.args, **call.kwargs) if callable(self._id) else self._id
        return session(
            self._name,
            id=identifier,
            path=self._path,
            user_id=self._user_id,
            properties=self._properties,
        )


class step(Scope):
    """Extend the session's path by one segment, and open a span of that name around it.

    ``with step("research"):``, ``async with``, or ``@step("research")`` on a
    function, coroutine function or generator function. Yields the span. Without a session
    there is just the span; without an SDK there is just the path.

    Args:
        name: The function of the work, as a segment: stable and few, so no ids or counters.

    Raises:
        TypeError: *name* is no str.
    """

    __slots__ = ("_name",)

    def __init__(self, name: str) -> None:
        if not isinstance(name, str):
            raise TypeError(f"a step's name must be a str, not {type(name).__name__}")
        self._name = name

    def _enter(self) -> Span:
        context = context_api.get_current()
        entered = _deeper(context, self._name)
        if entered is not None:
            context = context_api.set_value(SESSION_KEY, entered, context)
        if environment.disabled():
            self._attach(context)
            return trace.INVALID_SPAN
        span = tracer.start_span(self._name, context)
        self._attach(trace.set_span_in_context(span, context), span)
        return span

    def _exit(self, error: BaseException | None) -> None:
        span = self._detach().span
        if span is not None:
            end_span(span, error)

    def _again(self, call: Call) -> step:
        return step(self._name)


def _deeper(context: context_api.Context, name: str) -> Session | None:
    """Return the session of *context* one segment below its present place, which is now final."""
    session = context_session(context)
    span = live.find(trace.get_current_span(context).get_span_context().span_id)
    if span is None or (session is not None and span.scope is not session):
        return None if session is None else session.child(name)
    return span.session.at(join(span.fix(), name))


def end_span(span: Span, error: BaseException | None) -> None:
    """End *span*, with *error*, if any, recorded as the SDK would. Never raises."""
    try:
        if isinstance(error, Exception):
            span.record_exception(error)
            span.set_status(Status(StatusCode.ERROR, f"{type(error).__name__}: {error}"))
        span.end()
    except Exception as failure:
        caught("ending a span", failure)
