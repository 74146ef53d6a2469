"""Langfuse's SDKs: https://langfuse.com/integrations/native/opentelemetry.

Structures are JSON text in single attributes; what is asked and answered is whatever the
wrapped call was given and gave.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timezone
from typing import Any, Final

from opentelemetry.sdk.trace import ReadableSpan

from otel_helisession.conventions.attributes.parameters import parameters
from otel_helisession.conventions.attributes.provider import provider
from otel_helisession.conventions.attributes.tokens import usage
from otel_helisession.conventions.attributes.values import Attributes, decimal, parsed, text
from otel_helisession.conventions.content import Content
from otel_helisession.conventions.conversation import function_call, langchain, payload
from otel_helisession.conventions.operation import Kind, Operation, ToolCall, Usage, VectorQuery
from otel_helisession.conventions.parts import fields
from otel_helisession.conventions.plumbing import unit
from otel_helisession.conventions.reading import Reading

NAME: Final = "langfuse"
FAMILIES: Final = frozenset({"langfuse"})

_TYPE: Final = "langfuse.observation.type"
_INPUT: Final = "langfuse.observation.input"
_OUTPUT: Final = "langfuse.observation.output"
_MODEL: Final = "langfuse.observation.model.name"
_PARAMETERS: Final = "langfuse.observation.model.parameters"
_USAGE: Final = "langfuse.observation.usage_details"
_COST: Final = "langfuse.observation.cost_details"
_FIRST_TOKEN: Final = "langfuse.observation.completion_start_time"
_PROVIDER: Final = "langfuse.observation.metadata.ls_provider"
_STORE: Final = "langfuse.observation.metadata.ls_vector_store_provider"
_FINISH_REASON: Final = "langfuse.observation.metadata.finish_reason"

_KINDS: Final[dict[str, Kind]] = {
    "generation": "llm",
    "embedding": "llm",
    "tool": "tool",
    "retriever": "vector_db",
    "agent": "structure",
    "chain": "structure",
    "span": "structure",
    "evaluator": "structure",
    "guardrail": "structure",
    "event": "structure",
}
_OPERATIONS: Final = {"generation": "chat", "embedding": "embeddings", "tool": "execute_tool"}
_SILENT: Final = frozenset({"generation", "embedding", "event"})

CONTENT: Final = Content(
    names=frozenset({_INPUT, _OUTPUT, "langfuse.trace.input", "langfuse.trace.output"}),
    parameters=frozenset({_PARAMETERS}),
    plain=frozenset({_USAGE, _COST, "langfuse.observation.status_message"}),
)


def kind(attributes: Attributes) -> Kind | None:
    """Return what the observation is; None for a span that only carries Langfuse's session."""
    return _KINDS.get(_word(attributes))


def segment(name: str, attributes: Attributes) -> str:
    """Return the observation's name: the decorated function's, or the one that was given."""
    return "" if _word(attributes) in _SILENT else unit(name)


def read(span: ReadableSpan, said: Reading) -> Operation | None:
    """Return what *span* says; None when it is no observation."""
    word = _word(said.attributes)
    found = _KINDS.get(word)
    if found is None:
        return None
    asked, answered = said.structure(_INPUT), said.structure(_OUTPUT)
    name, part = _OPERATIONS.get(word, word), segment(span.name, said.attributes)
    if found == "llm":
        return _llm(name, span, said, asked, {} if word == "embedding" else answered)
    if found == "tool":
        called = ToolCall(
            name=span.name,
            call_id=langchain.tool_call_id(answered),
            arguments=function_call.arguments(asked),
            result=function_call.result(answered),
        )
        return Operation(kind="tool", convention=NAME, name=name, segment=part, tool=called)
    if found == "vector_db":
        query = VectorQuery(
            operation="search",
            database=text(parsed(said.text(_STORE))),
            query=function_call.query(asked),
            matches=function_call.documents(answered),
        )
        return Operation(kind="vector_db", convention=NAME, name=name, segment=part, vector=query)
    return Operation(kind=found, convention=NAME, name=name, segment=part)


def _word(attributes: Attributes) -> str:
    said = attributes.get(_TYPE)
    return said.lower() if isinstance(said, str) else ""


def _llm(name: str, span: ReadableSpan, said: Reading, given: Any, got: Any) -> Operation:
    asked, answered = payload.asked(given), payload.answered(got)
    first = _first_token_ms(span, said)
    reason = text(parsed(said.text(_FINISH_REASON)))
    return Operation(
        kind="llm",
        convention=NAME,
        name=name,
        provider=provider(parsed(said.text(_PROVIDER))),
        request_model=said.text(_MODEL) or asked.model,
        response_model=answered.model,
        response_id=answered.id,
        finish_reasons=(reason,) if reason else answered.finish_reasons,
        streaming=None if first is None else True,
        time_to_first_token_ms=first,
        usage=_usage(said),
        conversation=payload.conversation(asked, answered),
        parameters=parameters(said.structure(_PARAMETERS)) or None,
    )


def _usage(said: Reading) -> Usage:
    found = usage(said.structure(_USAGE))
    costs = fields(said.structure(_COST))
    total = decimal(costs.get("total"))
    if total is None:
        known = [cost for one in costs.values() if (cost := decimal(one)) is not None]
        total = sum(known) if known else None
    return replace(found, cost_usd=total)


def _first_token_ms(span: ReadableSpan, said: Reading) -> float | None:
    """Return when the first token came, from a time that is sometimes in quotes itself."""
    given = said.text(_FIRST_TOKEN)
    if given is None or span.start_time is None:
        return None
    try:
        at = datetime.fromisoformat(given.strip('" ').replace("Z", "+00:00"))
    except ValueError:
        said.unread[_FIRST_TOKEN] = None
        return None
    if at.tzinfo is None:
        at = at.replace(tzinfo=timezone.utc)
    waited = (at - _EPOCH).total_seconds() * 1_000 - span.start_time / 1e6
    return max(waited, 0.0) if waited > -1 else None


_EPOCH: Final = datetime(1970, 1, 1, tzinfo=timezone.utc)
