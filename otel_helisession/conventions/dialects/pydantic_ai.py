"""pydantic-ai's own attributes, in versions 1 to 6 of its format: https://ai.pydantic.dev/logfire/.

Most of what it writes is :mod:`.genai`'s. Its own are the messages of version 1 (``events``,
``all_messages_events``), those of a whole run (``pydantic_ai.all_messages``), the arguments
and results of tools before version 3, tools offered, cost, and what a run used in all.
"""

from __future__ import annotations

from typing import Any, Final

from opentelemetry.sdk.trace import ReadableSpan

from otel_helisession import semconv
from otel_helisession.conventions import parts
from otel_helisession.conventions.attributes.values import Attributes, text
from otel_helisession.conventions.content import Content
from otel_helisession.conventions.conversation.messages import messages
from otel_helisession.conventions.dialects.event_list import conversation
from otel_helisession.conventions.operation import (
    Conversation,
    Kind,
    Operation,
    ToolCall,
    Usage,
)
from otel_helisession.conventions.parts import Message, fields, items
from otel_helisession.conventions.plumbing import worker
from otel_helisession.conventions.reading import Reading
from otel_helisession.conventions.segment import stable

NAME: Final = "pydantic_ai"

_AGENT: Final = "agent_name"
_REQUEST: Final = "model_request_parameters"
_ARGUMENTS: Final = "tool_arguments"
_RESULT: Final = "tool_response"
_EVENTS: Final = "events"
_EMBEDDED: Final = "inputs_count"
_RUN_EVENTS: Final = "all_messages_events"
_RUN: Final = "pydantic_ai.all_messages"
_COST: Final = "operation.cost"
_DETAILS: Final = "gen_ai.usage.details."
_WHOLE_RUN: Final = "gen_ai.aggregated_usage."

FAMILIES: Final = frozenset(
    {_AGENT, _REQUEST, _ARGUMENTS, _RESULT, _EMBEDDED, _RUN_EVENTS, "pydantic_ai"}
)

CONTENT: Final = Content(
    names=frozenset(
        {_ARGUMENTS, _RESULT, _EVENTS, _RUN_EVENTS, _RUN, "final_result", "instructions", "inputs"}
    ),
    parameters=frozenset({_REQUEST}),
    plain_prefixes=(_DETAILS,),
)


def kind(attributes: Attributes) -> Kind | None:
    """Return what the span is; None when it has nothing of pydantic-ai's own."""
    if _REQUEST in attributes or _EMBEDDED in attributes:
        return "llm"
    if _ARGUMENTS in attributes or _RESULT in attributes:
        return "tool"
    if _AGENT in attributes or _RUN in attributes or _RUN_EVENTS in attributes:
        return "structure"
    return None


def segment(name: str, attributes: Attributes) -> str:
    """Return the name of an agent or a tool; calls of models add nothing."""
    found = kind(attributes)
    if found == "tool":
        return stable(_tool_name(name, attributes))
    named = text(attributes.get(_AGENT)) or text(attributes.get(semconv.AGENT_NAME))
    return worker(named or "") if found == "structure" else ""


def read(span: ReadableSpan, said: Reading) -> Operation | None:
    """Return what *span* says in words of pydantic-ai's own; None when it has none."""
    found = kind(said.attributes)
    if found is None:
        return None
    return Operation(
        kind=found,
        convention=NAME,
        segment=segment(span.name, said.attributes),
        usage=_usage(said, _DETAILS if found == "llm" else _WHOLE_RUN),
        conversation=_asked(said) if found == "llm" else _run(said),
        tool=_tool(said, span.name) if found == "tool" else None,
    )


def _tool_name(span_name: str, attributes: Attributes) -> str:
    named = text(attributes.get(semconv.TOOL_NAME))
    return named or span_name.removeprefix("running tool: ")


def _tool(said: Reading, span_name: str) -> ToolCall:
    return ToolCall(
        name=_tool_name(span_name, said.attributes),
        call_id=said.text(semconv.TOOL_CALL_ID),
        arguments=said.json(_ARGUMENTS),
        result=said.json(_RESULT),
    )


def _usage(said: Reading, prefix: str) -> Usage:
    """Return cost and the tokens under *prefix*: details of a call, or the sums of a run."""
    return Usage(
        input_tokens=said.integer(f"{prefix}input_tokens"),
        output_tokens=said.integer(f"{prefix}output_tokens"),
        cache_read_tokens=said.integer(f"{prefix}cache_read.input_tokens"),
        cache_write_tokens=said.integer(f"{prefix}cache_creation.input_tokens"),
        reasoning_tokens=said.integer(
            f"{prefix}reasoning_tokens", f"{prefix}details.reasoning_tokens"
        ),
        cost_usd=said.decimal(_COST),
    )


def _asked(said: Reading) -> Conversation:
    """Return what a model was asked: version 1's messages, tools, or texts to embed."""
    talk = conversation(said.json(_EVENTS))
    texts = said.texts("inputs") if _EMBEDDED in said.attributes else ()
    embedded = tuple(parts.message("user", parts.text(one)) for one in texts)
    return Conversation(
        input=talk.input or embedded, output=talk.output, tools=_tools(said.json(_REQUEST))
    )


def _tools(request: Any) -> tuple[dict[str, Any], ...]:
    offered = fields(request)
    return tuple(
        parts.function(
            tool.get("name"), tool.get("description"), tool.get("parameters_json_schema")
        )
        for tool in (*items(offered.get("function_tools")), *items(offered.get("output_tools")))
    )


def _run(said: Reading) -> Conversation:
    """Return the messages of a whole run: the last words of the model are its answer."""
    if _RUN not in said.attributes:
        return conversation(said.json(_RUN_EVENTS))
    found = said.json(_RUN)
    told: list[Message] = messages(found, "user") if isinstance(found, list) else []
    answered = bool(told) and told[-1]["role"] == "assistant"
    return Conversation(
        input=tuple(told[:-1] if answered else told), output=tuple(told[-1:] if answered else ())
    )
