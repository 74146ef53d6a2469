"""What the four kinds of record share: a span around a block, written as it starts and ends."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any, TypeVar

from opentelemetry import context as context_api
from opentelemetry import trace
from opentelemetry.trace import Span, SpanKind

from otel_helisession import environment, semconv
from otel_helisession.conventions.attributes.json_text import cut
from otel_helisession.guard import caught
from otel_helisession.sessions.scope import Call, Scope, end_span, tracer

_Self = TypeVar("_Self", bound="Record")


class Record(Scope):
    """What the four share: a span around the block, written when it starts and ends.

    Attributes:
        span: The span, for attributes of the user's own; a no-op when switched off.
    """

    __slots__ = ("span",)

    span: Span
    _kind: SpanKind = SpanKind.INTERNAL

    def _name(self) -> str:
        """Return the span's name."""
        raise NotImplementedError

    def _identity(self) -> Mapping[str, Any]:
        """Return what is known without reading a value: for samplers, and for the path."""
        raise NotImplementedError

    def _input(self) -> Mapping[str, Any]:
        """Return what goes in; values that are None are not written."""
        raise NotImplementedError

    def _output(self) -> Mapping[str, Any]:
        """Return what came out."""
        raise NotImplementedError

    def _enter(self: _Self) -> _Self:
        if environment.disabled():
            self.span = trace.INVALID_SPAN
            self._attach(context_api.get_current())
            return self
        self.span = tracer.start_span(
            self._name(), kind=self._kind, attributes=present(self._identity())
        )
        self._write(self._input)
        self._attach(trace.set_span_in_context(self.span))
        return self

    def _exit(self, error: BaseException | None) -> None:
        self._detach()
        self._write(self._output)
        # A cancelled block did not fail, but its reader may want to know.
        if isinstance(error, Exception) or type(error).__name__ == "CancelledError":
            self.span.set_attribute(semconv.ERROR_TYPE, _type_name(error))
        end_span(self.span, error)

    def _write(self, attributes: Any) -> None:
        try:
            if self.span.is_recording():
                self.span.set_attributes(present(attributes()))
        except Exception as failure:
            caught("record", failure)


def checked(what: str, value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{what} must be a str, not {type(value).__name__}")
    return cut(value, 1_000)


def bound(call: Call) -> dict[str, Any]:
    """Return the arguments of *call* by name, without ``self``."""
    try:
        bound = inspect.signature(call.function).bind(*call.args, **call.kwargs).arguments
    except (TypeError, ValueError):  # a wrong call, which will say so itself
        return dict(call.kwargs)
    return {name: value for name, value in bound.items() if name not in ("self", "cls")}


def present(attributes: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in attributes.items() if value is not None}


def _type_name(error: BaseException | None) -> str:
    kind = type(error)
    return (
        kind.__qualname__
        if kind.__module__ == "builtins"
        else (f"{kind.__module__}.{kind.__qualname__}")
    )
