"""Payloads: all that went into a call, or came out of it, in one attribute.

Frameworks write what they were handed: a request body of OpenAI's, Anthropic's or Gemini's, a
list of messages, a prompt, an answer, LangChain's or LlamaIndex's objects as JSON. Values are
what JSON gave; nothing here raises, and what is in nobody's shape becomes a part of type
``data`` in one message.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any, Final

from otel_helisession import semconv
from otel_helisession.conventions.attributes.parameters import parameters
from otel_helisession.conventions.attributes.tokens import usage
from otel_helisession.conventions.attributes.values import flag, text, texts
from otel_helisession.conventions.conversation import langchain, messages
from otel_helisession.conventions.conversation.function_call import is_call
from otel_helisession.conventions.operation import Conversation, Usage
from otel_helisession.conventions.parts import Message, fields, items
from otel_helisession.conventions.wire import anthropic, cohere, gemini, openai, responses

_WRAPPERS: Final = ("output", "outputs", "result", "response")
"""Keys under which a framework puts the whole answer, when there is nothing beside it."""
_USAGES: Final = ("usage", "usage_metadata", "usageMetadata")
_NO_ID: Final = frozenset({"__fake_id__"})
"""What stands for an id that the provider did not give (OpenAI's Agents SDK): not one's own."""
_UNKNOWN: Final = Usage()


@dataclass(frozen=True, slots=True)
class Asked:
    """What a payload says of a request. *input*, *instructions* and *tools* are GenAI's."""

    input: Sequence[Message] = ()
    instructions: Sequence[Mapping[str, Any]] = ()
    tools: Sequence[Mapping[str, Any]] = ()
    model: str | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)
    streaming: bool | None = None


@dataclass(frozen=True, slots=True)
class Answered:
    """What a payload says of an answer. *messages* are GenAI's."""

    messages: Sequence[Message] = ()
    id: str | None = None
    model: str | None = None
    finish_reasons: tuple[str, ...] = ()
    service_tier: str | None = None
    usage: Usage = _UNKNOWN


def conversation(asked: Asked, answered: Answered) -> Conversation:
    """Return both sides as one conversation."""
    return Conversation(
        input=asked.input,
        output=answered.messages,
        instructions=asked.instructions,
        tools=asked.tools,
    )


def asked(value: Any) -> Asked:
    """Return what *value* says of a request; it is one's body, messages, or a prompt."""
    if isinstance(value, list):
        said, tools = _without_tools(value)
        return Asked(input=_messages(said, "user"), tools=messages.tools(tools))
    if not isinstance(value, dict):
        return Asked(input=_messages(value, "user"))
    if is_call(value):
        return asked({**fields(value.get("kwargs")), **_bound(value.get("args"))})
    return Asked(
        input=_input(value),
        instructions=messages.instructions(value.get("system") or value.get("instructions") or []),
        tools=messages.tools(value.get("tools") or value.get("functions") or []),
        model=text(value.get("model")) or text(value.get("model_name")),
        parameters=parameters(value),
        streaming=flag(value.get("stream")),
    )


def answered(value: Any, *, content: bool = True, counts: bool = True) -> Answered:
    """Return what *value* says of an answer; it is one's body, a message, messages, or text.

    Args:
        value: What JSON gave.
        content: Whether messages are wanted; where they are known already, reading them again
            costs most of the time.
        counts: Whether usage is wanted.
    """
    if isinstance(value, list) and len(value) == 1 and _format(value[0]) is not None:
        value = value[0]
    if not isinstance(value, dict) or not value:
        return Answered(messages=_messages(value or None, "assistant"))
    wire = _format(value)
    if wire is not None:
        return _of_body(wire, value, content, counts)
    if isinstance(value.get("generations"), list):
        made, said = langchain.answer(value)
        return _described([messages.message(one, "assistant") for one in made], said)
    if len(value) == 1:
        (name,) = value
        if name in _WRAPPERS:
            return answered(value[name], content=content, counts=counts)
    return _described(_messages(value, "assistant"), langchain.metadata(value))


def _without_tools(value: list[Any]) -> tuple[list[Any], list[Any]]:
    """Return messages, and the tools that Langfuse appends to LangChain's as further messages."""
    tools: list[Any] = []
    end = len(value)
    while end and isinstance(value[end - 1], dict):
        content = value[end - 1].get("content")
        given = items([content] if isinstance(content, dict) else content)
        is_tool = value[end - 1].keys() == {"role", "content"} and value[end - 1]["role"] == "tool"
        if not is_tool or not given or any(one.get("type") != "function" for one in given):
            break
        tools[:0] = given
        end -= 1
    return value[:end], tools


def _bound(arguments: Any) -> dict[str, Any]:
    """Return positional arguments as messages, which is what a function around a call takes."""
    return {"messages": arguments} if isinstance(arguments, list) and arguments else {}


def _input(value: Mapping[str, Any]) -> list[Message]:
    for name in ("messages", "contents", "input", "prompt", "prompts", "query", "question"):
        given = value.get(name)
        if given:
            if name == "prompts":
                return [messages.message(one, "user") for one in texts(given)]
            return _messages(given, "user")
    return [] if not value or "model" in value else _messages(value, "user")


def _messages(value: Any, role: str) -> list[Message]:
    """Return messages of any shape; LangChain's also in one list a prompt."""
    if isinstance(value, dict) and isinstance(value.get("messages"), list):
        value = value["messages"]
    if langchain.message(value) is None and isinstance(value, list):
        while (
            len(value) == 1 and isinstance(value[0], list) and langchain.message(value[0]) is None
        ):
            value = value[0]
        return [message for one in value for message in _messages_of(one, role)]
    return _messages_of(value, role)


def _messages_of(value: Any, role: str) -> list[Message]:
    return messages.messages(langchain.message(value) or value, role)


def _format(value: Any) -> ModuleType | None:
    """Return whose answer *value* is."""
    if not isinstance(value, dict):
        return None
    if isinstance(value.get("choices"), list):
        return openai
    if isinstance(value.get("candidates"), list):
        return gemini
    if isinstance(value.get("message"), dict) and "finish_reason" in value and "id" in value:
        return cohere
    if isinstance(value.get("output"), list) and items(value["output"]) and "model" in value:
        return responses
    if "content" in value and ("stop_reason" in value or value.get("type") == "message"):
        return anthropic if "model" in value or "stop_reason" in value else None
    return None


def _of_body(wire: Any, value: dict[str, Any], content: bool, counts: bool) -> Answered:
    found = wire.response(value)
    counted = next((value[name] for name in _USAGES if value.get(name)), None) if counts else None
    return Answered(
        messages=wire.answered(value) if content else (),
        id=_id(found.get(semconv.RESPONSE_ID) or value.get("response_id")),
        model=found.get(semconv.RESPONSE_MODEL) or text(value.get("model_version")),
        finish_reasons=found.get(semconv.FINISH_REASONS, ()),
        service_tier=text(value.get("service_tier")),
        usage=usage(counted),
    )


def _described(made: Sequence[Message], said: Mapping[str, Any]) -> Answered:
    reasons = tuple(one["finish_reason"] for one in made if text(one.get("finish_reason")))
    reason = text(said.get("finish_reason"))
    return Answered(
        messages=made,
        id=_id(said.get("id")),
        model=text(said.get("model")),
        finish_reasons=reasons or ((reason,) if reason else ()),
        service_tier=text(said.get("service_tier")),
        usage=usage(said.get("usage")),
    )


def _id(said: Any) -> str | None:
    return None if said in _NO_ID else text(said)
