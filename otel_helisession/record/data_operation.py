"""``record.data``: one operation on data that is none of the others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from otel_helisession import semconv
from otel_helisession.conventions.attributes.json_text import attribute
from otel_helisession.record.recorded import Record, bound, checked
from otel_helisession.sessions.scope import Call

_Result = TypeVar("_Result")


class data(Record):
    """Record one operation on data that is no LLM, tool or vector call.

    As a decorator, the value is the arguments of each call, by name, unless given here,
    and the result is what is returned.

    Args:
        name: What is done: ``load_profile``.
        value: What it is done with; any value.

    Attributes:
        result: What came of it; any value, to be set within the block.

    Raises:
        TypeError: *name* is no str.
    """

    __slots__ = ("_data", "_value", "result")

    def __init__(self, name: str, *, value: Any = None) -> None:
        self._data = checked("the name of data", name)
        self._value = value
        self.result: Any = None

    def _name(self) -> str:
        return self._data

    def _identity(self) -> Mapping[str, Any]:
        return {semconv.REQUEST_TYPE: "data", semconv.DATA_NAME: self._data}

    def _input(self) -> Mapping[str, Any]:
        return {semconv.DATA_VALUE: attribute(self._value)}

    def _output(self) -> Mapping[str, Any]:
        return {semconv.DATA_RESULT: attribute(self.result)}

    def _again(self, call: Call) -> data:
        given = self._value
        return data(self._data, value=bound(call) if given is None else given)

    def _returned(self, result: _Result) -> _Result:
        self.result = result
        return result
