"""``record.tool``: one execution of a tool."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from otel_helisession import semconv
from otel_helisession.conventions.attributes.json_text import attribute, cut
from otel_helisession.record.recorded import Record, bound, checked
from otel_helisession.sessions.scope import Call

_Result = TypeVar("_Result")


class tool(Record):
    """Record one execution of a tool: ``with record.tool("search_hotels") as call``.

    As a decorator, the arguments are those of each call, by name, unless given here, and
    the result is what is returned.

    Args:
        name: The tool's name, stable: it is a segment of the session path.
        arguments: What the tool is given; any value.

    Attributes:
        result: What the tool returned; any value, to be set within the block.
        call_id: The model's id of the call, if there is one; to be set within the block.

    Raises:
        TypeError: *name* is no str.
    """

    __slots__ = ("_arguments", "_tool", "call_id", "result")

    def __init__(self, name: str, *, arguments: Any = None) -> None:
        self._tool = checked("a tool's name", name)
        self._arguments = arguments
        self.result: Any = None
        self.call_id: str | None = None

    def _name(self) -> str:
        return f"execute_tool {self._tool}"

    def _identity(self) -> Mapping[str, Any]:
        return {
            semconv.REQUEST_TYPE: "tool",
            semconv.OPERATION_NAME: "execute_tool",
            semconv.TOOL_NAME: self._tool,
        }

    def _input(self) -> Mapping[str, Any]:
        return {semconv.TOOL_ARGUMENTS: attribute(self._arguments)}

    def _output(self) -> Mapping[str, Any]:
        return {
            semconv.TOOL_CALL_ID: None if self.call_id is None else cut(str(self.call_id)),
            semconv.TOOL_RESULT: attribute(self.result),
        }

    def _again(self, call: Call) -> tool:
        given = self._arguments
        return tool(self._tool, arguments=bound(call) if given is None else given)

    def _returned(self, result: _Result) -> _Result:
        self.result = result
        return result
