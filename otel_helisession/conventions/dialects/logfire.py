"""Logfire's integrations of OpenAI and Anthropic: https://logfire.pydantic.dev/docs/integrations/.

In format 1, and before it had ``gen_ai.*``, the request and the answer stand in
``request_data`` and ``response_data``, nearly as the provider's API has them. A streamed call
is told by two records; :mod:`.doubles` knows which counts.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from opentelemetry.sdk.trace import ReadableSpan

from otel_helisession.conventions import parts
from otel_helisession.conventions.attributes import tokens
from otel_helisession.conventions.attributes.parameters import parameters
from otel_helisession.conventions.attributes.values import Attributes, flag, text, texts
from otel_helisession.conventions.content import Content
from otel_helisession.conventions.conversation.messages import (
    instructions,
    message,
    messages,
    tools,
)
from otel_helisession.conventions.dialects.event_list import conversation
from otel_helisession.conventions.operation import Conversation, Kind, Operation
from otel_helisession.conventions.parts import Message, fields
from otel_helisession.conventions.reading import Reading

NAME: Final = "logfire"
FAMILIES: Final = frozenset({"request_data"})

_REQUEST: Final = "request_data"
_RESPONSE: Final = "response_data"
_EVENTS: Final = "events"
_TAGS: Final = "logfire.tags"
_TEMPLATE: Final = "logfire.msg_template"
_COST: Final = "operation.cost"
_STREAMED: Final = "streaming response"
_SCOPE: Final = "logfire."

CONTENT: Final = Content(
    names=frozenset({_RESPONSE, _EVENTS, "logfire.msg"}),
    parameters=frozenset({_REQUEST}),
    plain=frozenset({_TEMPLATE, "logfire.json_schema"}),
)


def kind(attributes: Attributes) -> Kind | None:
    """Return ``llm`` for a call of a model; None for anything else."""
    if _REQUEST not in attributes:
        return None
    return "llm" if "LLM" in texts(attributes.get(_TAGS)) else None


def segment(name: str, attributes: Attributes) -> str:
    """Return nothing: calls of models add no segment."""
    return ""


def read(span: ReadableSpan, said: Reading) -> Operation | None:
    """Return what *span* says; None when it is no call of a model."""
    if kind(said.attributes) is None:
        return None
    request, response = fields(said.json(_REQUEST)), fields(said.json(_RESPONSE))
    template = said.text(_TEMPLATE) or span.name
    streaming = True if template.startswith(_STREAMED) else flag(request.get("stream"))
    talk = Conversation() if said.talked else conversation(said.json(_EVENTS))
    usage = tokens.usage(response.get("usage"))
    scope = span.instrumentation_scope
    return Operation(
        kind="llm",
        convention=NAME,
        name="embeddings" if template.startswith("Embedding") else "chat",
        provider=scope.name.removeprefix(_SCOPE) if scope else None,
        request_model=text(request.get("model")),
        streaming=streaming,
        usage=replace(usage, cost_usd=said.decimal(_COST)),
        conversation=Conversation(
            input=talk.input or (() if said.talked else tuple(_asked(request))),
            output=talk.output or (() if said.talked else tuple(_answered(response))),
            instructions=tuple(instructions(request.get("system") or request.get("instructions"))),
            tools=tuple(tools(request.get("tools"))),
        ),
        parameters=parameters(request),
    )


def _asked(request: dict[str, Any]) -> list[Message]:
    if "messages" in request:
        return messages(request["messages"], "user")
    given = texts(request.get("prompt")) or texts(request.get("input"))
    return [parts.message("user", parts.text(one)) for one in given]


def _answered(response: dict[str, Any]) -> list[Message]:
    """Return the answer: a message, or the text that a completion or a stream adds up to."""
    said = response.get("message")
    if isinstance(said, dict):
        return [_unwrapped(message(said, "assistant"))]
    words = text(response.get("text")) or text(response.get("combined_chunk_content"))
    return [parts.message("assistant", parts.text(words))] if words else []


def _unwrapped(made: Message) -> Message:
    """Return a message with the arguments of calls as they were: Anthropic's are wrapped."""
    for part in made["parts"]:
        arguments = part.get("arguments")
        if isinstance(arguments, dict) and arguments.keys() == {"input"}:
            part["arguments"] = arguments["input"]
    return made
