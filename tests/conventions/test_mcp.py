"""The Model Context Protocol: as its SDK writes spans, and as OpenLLMetry did and does."""

from __future__ import annotations

import pytest

from otel_helisession.conventions import reader
from otel_helisession.conventions.operation import ToolCall
from otel_helisession.sessions.adoption import ADOPTED_KEYS
from tests import recordings
from tests.conventions.made import read


def outline(row: str, scene: str) -> list[tuple[str, str, str, str]]:
    """Return name, kind, convention and path of each recorded span, without the step."""
    return [
        (
            span.name,
            found.kind,
            found.convention,
            str((span.attributes or {})["helicone.session.path"]),
        )
        for span in recordings.scenes(row)[scene]
        if span.name != scene
        for found in [reader.read(span)]
    ]


def test_a_client_s_tool_call_is_a_tool() -> None:
    """The SDK says the method only; the tool's name is in the span's. All else is structure."""
    assert outline("mcp2", "call") == [
        ("MCP send server/discover", "structure", "mcp", "/call"),
        ("MCP send tools/list", "structure", "mcp", "/call"),
        ("MCP send tools/call check_weather", "tool", "mcp", "/call/check_weather"),
        ("MCP send prompts/get plan", "structure", "mcp", "/call"),
    ]


def test_a_server_s_tool_call_is_a_tool() -> None:
    """It names the GenAI operation as well."""
    calls = [one for one in outline("mcp2", "server_call") if one[1] == "tool"]
    assert calls == [("tools/call check_weather", "tool", "genai", "/server_call/check_weather")]


def test_openllmetry_s_tool_call_has_arguments_and_result() -> None:
    """Its other spans carry no kind, and are structure."""
    found = [reader.read(span) for span in recordings.scenes("mcp1_openllmetry")["call"]]
    assert [one.tool for one in found if one.kind == "tool"] == [
        ToolCall("check_weather", None, {"city": "Lisbon"}, "18 °C in Lisbon")
    ]
    assert {one.kind for one in found} == {"tool", "structure"}


def test_a_tool_that_failed() -> None:
    """OpenLLMetry says why; the SDK only that it did."""
    (failed,) = [
        one
        for span in recordings.scenes("mcp1_openllmetry")["failure"]
        for one in [reader.read(span)]
        if one.kind == "tool"
    ]
    assert failed.failure is not None
    assert failed.failure.message == "Error executing tool check_weather: Atlantis"


def test_the_official_attributes() -> None:
    """Arguments and result when captured; the result's only text stands for it."""
    found = read(
        {
            "mcp.method.name": "tools/call",
            "mcp.session.id": "191c4850af6c49e08843a3f6c80e5046",
            "gen_ai.tool.name": "get-weather",
            "gen_ai.tool.call.arguments": {"city": "Lisbon"},
            "gen_ai.tool.call.result": '{"content": [{"type": "text", "text": "18"}]}',
        },
        name="tools/call get-weather",
    )
    assert (found.convention, found.segment) == ("mcp", "get-weather")
    assert found.tool == ToolCall("get-weather", None, {"city": "Lisbon"}, "18")


def test_openllmetry_s_former_spans() -> None:
    """Written from its code of 0.40, not recorded: the whole request in one attribute."""
    found = read(
        {
            "mcp.method.name": "tools/call",
            "mcp.request.argument": '{"params": {"name": "add", "arguments": {"a": 1}}}',
            "mcp.response.value": '{"content": [{"type": "text", "text": "{\\"sum\\": 2}"}]}',
        },
        name="tools/call.mcp",
    )
    assert found.tool == ToolCall("add", None, {"a": 1}, {"sum": 2})


@pytest.mark.parametrize("request_", ["{", "[]", '{"params": 3}', 7, '{"params": {"name": 3}}'])
def test_a_request_that_cannot_be_read(request_: object) -> None:
    """A tool without a name is one all the same."""
    found = read({"mcp.method.name": "tools/call", "mcp.request.argument": request_})
    assert (found.kind, found.tool) == ("tool", ToolCall("tools_call"))


def test_a_connection_is_no_session_of_ours() -> None:
    """``mcp.session.id`` is a transport's."""
    assert "mcp.session.id" not in ADOPTED_KEYS
    assert reader.kind({"mcp.session.id": "s"}) is None
