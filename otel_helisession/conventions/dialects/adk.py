"""Google's Agent Development Kit, as it wrote before schema 2: https://google.github.io/adk-docs/.

``gcp.vertex.agent.*``: the request to a model and its answer as JSON, nearly in Gemini's
shape whatever the model, and the arguments and results of tools. Since schema 2 its spans
are :mod:`.genai`'s.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from opentelemetry.sdk.trace import ReadableSpan

from otel_helisession import semconv
from otel_helisession.conventions import parts
from otel_helisession.conventions.attributes import tokens
from otel_helisession.conventions.attributes.parameters import parameters
from otel_helisession.conventions.attributes.values import Attributes, text
from otel_helisession.conventions.content import Content
from otel_helisession.conventions.conversation.messages import instructions, message, messages
from otel_helisession.conventions.dialects.genai_call import call
from otel_helisession.conventions.operation import (
    Conversation,
    Kind,
    Operation,
    ToolCall,
    Usage,
)
from otel_helisession.conventions.parts import Message, fields, items
from otel_helisession.conventions.reading import Reading
from otel_helisession.conventions.segment import stable

NAME: Final = "adk"
FAMILIES: Final = frozenset({"gcp"})

_REQUEST: Final = "gcp.vertex.agent.llm_request"
_RESPONSE: Final = "gcp.vertex.agent.llm_response"
_ARGUMENTS: Final = "gcp.vertex.agent.tool_call_args"
_RESULT: Final = "gcp.vertex.agent.tool_response"

CONTENT: Final = Content(
    names=frozenset({_REQUEST, _RESPONSE, _ARGUMENTS, _RESULT}), prefixes=("gcp.vertex.agent.data",)
)


def kind(attributes: Attributes) -> Kind | None:
    """Return what the span is; None when it only says which run it belongs to.

    Spans of tools have a request and an answer, too, both empty.
    """
    if _ARGUMENTS in attributes or _RESULT in attributes:
        return "tool"
    return "llm" if _REQUEST in attributes else None


def segment(name: str, attributes: Attributes) -> str:
    """Return the name of a tool; calls of models add nothing."""
    return stable(_tool_name(name, attributes)) if kind(attributes) == "tool" else ""


def read(span: ReadableSpan, said: Reading) -> Operation | None:
    """Return what *span* says; None when it only says which run it belongs to."""
    found = kind(said.attributes)
    if found == "tool":
        return Operation(
            kind="tool",
            convention=NAME,
            name="execute_tool",
            segment=segment(span.name, said.attributes),
            tool=_tool(said, span.name),
        )
    if found is None:
        return None
    request, response = fields(said.json(_REQUEST)), fields(said.json(_RESPONSE))
    config = fields(request.get("config"))
    made = call(span, said, kind="llm", convention=NAME, name="generate_content")
    model = made.request_model or text(request.get("model"))
    return replace(
        made,
        provider=_provider(model),
        request_model=model,
        response_model=made.response_model or text(response.get("model_version")),
        usage=_filled(made.usage, tokens.usage(response.get("usage_metadata"))),
        conversation=Conversation(
            input=tuple(messages(request.get("contents"), "user")),
            output=tuple(_answered(response, made.finish_reasons)),
            instructions=tuple(_instructions(config.get("system_instruction"))),
            tools=tuple(_tools(config)),
        ),
        parameters={**parameters(config), **(made.parameters or {})},
    )


def _provider(model: str | None) -> str | None:
    """Return who answered: ADK names itself. Models of others are ``provider/model``."""
    if model is None:
        return None
    owner, slash, _ = model.partition("/")
    if slash and owner not in ("projects", "models"):
        return owner
    return "gcp.gemini" if "gemini" in model else None


def _filled(said: Usage, beside: Usage) -> Usage:
    """Return *said* with what only the answer tells, as before ADK wrote token counts."""
    if said.input_tokens is None and said.output_tokens is None:
        return beside
    return said


def _instructions(given: Any) -> list[Message]:
    return instructions(given) if given else []


def _tools(config: dict[str, Any]) -> list[dict[str, Any]]:
    declared = (items(tool.get("function_declarations")) for tool in items(config.get("tools")))
    return [
        parts.function(
            one.get("name"),
            one.get("description"),
            one.get("parameters_json_schema", one.get("parameters")),
        )
        for some in declared
        for one in some
    ]


def _answered(response: dict[str, Any], reasons: Any) -> list[Message]:
    content = response.get("content")
    if not isinstance(content, dict):
        return []
    made = message(content, "assistant")
    return [{**made, "finish_reason": reasons[0]} if reasons else made]


def _tool_name(span_name: str, attributes: Attributes) -> str:
    named = text(attributes.get(semconv.TOOL_NAME))
    return named or span_name.removeprefix("execute_tool ")


def _tool(said: Reading, span_name: str) -> ToolCall:
    result = said.json(_RESULT)
    if isinstance(result, dict) and result.get("result") == "<not specified>":
        result = None
    return ToolCall(
        name=_tool_name(span_name, said.attributes),
        call_id=said.text(semconv.TOOL_CALL_ID),
        arguments=said.json(_ARGUMENTS),
        result=result,
    )
