"""Messages in all the shapes in which libraries write them, as the GenAI conventions have them.

Takes the conventions' own, OpenAI's chat and responses, Anthropic's, Gemini's, and plain text.
Values are what JSON gave; nothing here raises, and what is in nobody's shape is kept as a
part of type ``data``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from otel_helisession import semconv
from otel_helisession.conventions import parts
from otel_helisession.conventions.attributes.values import parsed, text
from otel_helisession.conventions.parts import Message, Part, fields, items
from otel_helisession.conventions.wire import anthropic, gemini, openai, responses

_ANTHROPIC_BLOCKS: Final = frozenset(
    {"tool_use", "tool_result", "thinking", "image", "document", "server_tool_use"}
)
_CHAT: Final = frozenset({"role", "content", "tool_calls", "refusal", "function_call"})
_ROLES: Final = {"model": "assistant", "human": "user", "ai": "assistant"}


def messages(value: Any, role: str) -> list[Message]:
    """Return the messages in *value*: a list of them, one, an object that holds them, or text.

    Args:
        value: What JSON gave. Kept in the result where it has the right shape already.
        role: Whose words they are where a message does not say.
    """
    if isinstance(value, dict) and isinstance(value.get("messages"), list):
        value = value["messages"]
    if value is None or value == "":
        return []
    return [message(one, role) for one in (value if isinstance(value, list) else [value])]


def message(said: Any, role: str) -> Message:
    """Return one message, of whatever shape; *role* where it does not name one."""
    if isinstance(said, str):
        return parts.message(role, parts.text(said))
    if not isinstance(said, dict):
        return parts.message(role, [{"type": "data", "content": said}])
    if isinstance(said.get("parts"), (list, str)):
        return _of_parts(said, role)
    if isinstance(said.get("message"), dict):  # a choice
        made = message(said["message"], role)
        reason = text(said.get("finish_reason"))
        return {**made, "finish_reason": reason} if reason else made
    if _CHAT & said.keys():
        return _of_chat(said, role)
    if isinstance(said.get("type"), str):
        found: list[Message] = responses.asked({"input": [said]})[semconv.INPUT_MESSAGES]
        if found:
            return {**found[0], "role": found[0]["role"] or role}
    return parts.message(role, [{"type": "data", "content": said}])


def instructions(value: Any) -> list[Part]:
    """Return system instructions as parts: of parts, messages, or text."""
    made: list[Part] = []
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, str):
            made += parts.text(one)
        elif isinstance(one, dict) and ("parts" in one or "role" in one):
            made += message(one, "system")["parts"]
        elif isinstance(one, dict):
            made.append(_part(one))
    return made


def tools(value: Any) -> list[dict[str, Any]]:
    """Return definitions of tools: the conventions' own, OpenAI's and Anthropic's."""
    return [_tool(tool) for tool in items([value] if isinstance(value, dict) else value)]


def _of_parts(said: dict[str, Any], role: str) -> Message:
    """Return a message of the conventions, or of Gemini, with its parts in today's words."""
    given = said["parts"]
    role = text(said.get("role")) or role
    made = [_part(part) for part in ([given] if isinstance(given, str) else given)]
    return {**said, "role": _ROLES.get(role, role), "parts": made}


def _part(part: Any) -> Part:
    if isinstance(part, str):
        return {"type": "text", "content": part}
    if not isinstance(part, dict):
        return {"type": "data", "content": part}
    kind = part.get("type")
    if kind == "tool_call":
        arguments = parsed(part.get("arguments"))
        return part if arguments is part.get("arguments") else {**part, "arguments": arguments}
    if kind == "tool_call_response" and "response" not in part and "result" in part:
        rest = {name: value for name, value in part.items() if name != "result"}
        return {**rest, "response": part["result"]}
    return part if isinstance(kind, str) else gemini.part(part)


def _of_chat(said: dict[str, Any], role: str) -> Message:
    """Return a message of OpenAI's or Anthropic's, also as libraries flatten them."""
    said = {**said, "role": text(said.get("role")) or role}
    said["role"] = _ROLES.get(said["role"], said["role"])
    content = said.get("content")
    if isinstance(content, str) and content[:2] in ("[{", "[ ", "[\n"):
        blocks = parsed(content)
        if isinstance(blocks, list) and all(_is_block(block) for block in blocks):
            content = said["content"] = blocks
    elif isinstance(content, dict) and said["role"] != "tool":
        content = said["content"] = [content]
    if isinstance(said.get("tool_calls"), list):
        said["tool_calls"] = [_call(call) for call in items(said["tool_calls"])]
    elif isinstance(said.get("function_call"), dict):
        said["tool_calls"] = [_call(said["function_call"])]
    foreign = any(text(block.get("type")) in _ANTHROPIC_BLOCKS for block in items(content))
    wire: Any = anthropic if foreign else openai
    made: Message = wire.asked({"messages": [said]})[semconv.INPUT_MESSAGES][0]
    if foreign and said.get("tool_calls"):
        made["parts"] += openai.asked({"messages": [{**said, "content": None}]})[
            semconv.INPUT_MESSAGES
        ][0]["parts"]
    reason = text(said.get("finish_reason"))
    return {**made, "finish_reason": reason} if reason else made


def _is_block(block: Any) -> bool:
    return isinstance(block, dict) and isinstance(block.get("type"), str)


def _call(call: dict[str, Any]) -> dict[str, Any]:
    """Return a tool call with its function inside, where libraries leave that level out."""
    if isinstance(call.get("function"), dict) or isinstance(call.get("custom"), dict):
        return call
    arguments = call.get("arguments", call.get("args"))
    return {"id": call.get("id"), "function": {"name": call.get("name"), "arguments": arguments}}


def _tool(tool: Mapping[str, Any]) -> dict[str, Any]:
    named = fields(tool.get("function")) or tool
    if "input_schema" in named or "inputSchema" in named:
        schema = parsed(named.get("input_schema", named.get("inputSchema")))
    elif "parameters" in named:
        schema = parsed(named["parameters"])
    elif tool.get("type", "function") == "function" and isinstance(named.get("name"), str):
        schema = None
    else:
        return dict(tool)
    return parts.function(named.get("name"), named.get("description"), schema)
