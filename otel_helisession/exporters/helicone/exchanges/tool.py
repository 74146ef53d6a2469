"""A tool call, in the JSON of Helicone's tool mapper."""

from __future__ import annotations

from typing import Any

from otel_helisession.conventions.operation import Failure, ToolCall
from otel_helisession.exporters.helicone.exchanges.exchange import Exchange
from otel_helisession.exporters.helicone.exchanges.outcome import error


def exchange(tool: ToolCall, failure: Failure | None) -> Exchange:
    """Return the log of one execution of *tool*."""
    request: dict[str, Any] = {
        "_type": "tool",
        "toolName": tool.name,
        "input": {} if tool.arguments is None else tool.arguments,
    }
    if tool.call_id:
        request["toolCallId"] = tool.call_id
    response: dict[str, Any] = {
        "_type": "tool",
        "toolName": tool.name,
        "status": "success" if failure is None else "error",
    }
    if tool.result is not None:
        response["result"] = tool.result
    if failure is not None:
        response["error"] = error(failure)
        response["message"] = response["error"]["message"]
    return Exchange(request, response, model=f"tool:{tool.name}")
