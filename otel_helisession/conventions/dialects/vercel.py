"""Vercel's AI SDK, versions 4 to 6, and 7 with its legacy telemetry.

https://ai-sdk.dev/docs/ai-sdk-core/telemetry. Of the two spans of a call the outer
(``ai.generateText``) is structure, and the inner (``ai.generateText.doGenerate``), of which
there is one a step, is the call. Version 7 writes the GenAI conventions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from opentelemetry.sdk.trace import ReadableSpan

from otel_helisession.conventions.attributes import provider
from otel_helisession.conventions.attributes.parameters import parameters
from otel_helisession.conventions.attributes.values import Attributes, text
from otel_helisession.conventions.content import Content
from otel_helisession.conventions.dialects import vercel_messages
from otel_helisession.conventions.dialects.genai_call import call
from otel_helisession.conventions.operation import (
    Conversation,
    Kind,
    Operation,
    ToolCall,
    Usage,
)
from otel_helisession.conventions.reading import Reading
from otel_helisession.conventions.segment import stable

NAME: Final = "vercel"
FAMILIES: Final = frozenset({"ai"})

_OPERATION: Final = "ai.operationId"
_FUNCTION: Final = "ai.telemetry.functionId"
_TOOL: Final = "ai.toolCall"
_SETTINGS: Final = "ai.settings."
_FIRST_CHUNK_MS: Final = ("ai.response.msToFirstChunk", "ai.stream.msToFirstChunk")
_PROVIDERS: Final = {
    "amazon-bedrock": "bedrock",
    "google.vertex": "vertex_ai",
    "google.generative-ai": "gemini",
}
"""Names of packages that are no provider's; of others the first word is."""

CONTENT: Final = Content(
    names=frozenset(
        {
            *("ai.response.text", "ai.response.object", "ai.response.toolCalls"),
            *("ai.response.reasoning", "ai.response.files", "ai.response.providerMetadata"),
            *("ai.toolCall.args", "ai.toolCall.result", "ai.value", "ai.values"),
            *("ai.embedding", "ai.embeddings", "ai.documents", "ai.query"),
        }
    ),
    prefixes=("ai.prompt", "ai.result.", "ai.schema."),
)


def kind(attributes: Attributes) -> Kind | None:
    """Return what the span is; None when it does not name an operation of the SDK's."""
    operation = attributes.get(_OPERATION)
    if not isinstance(operation, str) or not operation.startswith("ai."):
        return None
    if operation == _TOOL:
        return "tool"
    return "llm" if operation.rpartition(".")[2].startswith("do") else "structure"


def segment(name: str, attributes: Attributes) -> str:
    """Return the name of a tool, or what the program calls the function that it runs."""
    found = kind(attributes)
    if found == "tool":
        return stable(text(attributes.get("ai.toolCall.name")) or "")
    return stable(text(attributes.get(_FUNCTION)) or "") if found == "structure" else ""


def read(span: ReadableSpan, said: Reading) -> Operation | None:
    """Return what *span* says; None when it does not name an operation of the SDK's."""
    found = kind(said.attributes)
    if found is None:
        return None
    made = call(
        span,
        said,
        kind=found,
        convention=NAME,
        name=_name(str(said.text(_OPERATION))),
        segment=segment(span.name, said.attributes),
        tool=_tool(said) if found == "tool" else None,
    )
    if found == "tool":
        return made
    reasons = made.finish_reasons or said.texts("ai.response.finishReason", "ai.finishReason")
    return replace(
        made,
        provider=_provider(said.text("ai.model.provider")) or made.provider,
        request_model=made.request_model or said.text("ai.model.id"),
        response_model=made.response_model or said.text("ai.response.model"),
        response_id=made.response_id or said.text("ai.response.id"),
        finish_reasons=reasons,
        streaming="stream" in str(said.text(_OPERATION)).lower(),
        time_to_first_token_ms=_first_chunk(said),
        usage=_usage(said, made.usage),
        conversation=_conversation(said, reasons),
        parameters={**_parameters(said.attributes), **(made.parameters or {})},
    )


def _name(operation: str) -> str:
    """Return the operation in the GenAI conventions' word; the SDK's for what is no call."""
    step = operation.rpartition(".")[2]
    named = {"doEmbed": "embeddings", "doRerank": "rerank", "toolCall": "execute_tool"}
    return named.get(step) or ("chat" if step.startswith("do") else step)


def _provider(package: str | None) -> str | None:
    """Return who answered: of ``openai.chat``, ``anthropic.messages`` the first word."""
    if package is None:
        return None
    for start, owner in _PROVIDERS.items():
        if package.startswith(start):
            return provider.provider(owner)
    return provider.provider(package.partition(".")[0])


def _first_chunk(said: Reading) -> float | None:
    found = said.decimal(*_FIRST_CHUNK_MS)
    return None if found is None or found < 0 else found


def _usage(said: Reading, known: Usage) -> Usage:
    counted = Usage(
        input_tokens=said.integer(
            "ai.usage.inputTokens", "ai.usage.promptTokens", "ai.usage.tokens"
        ),
        output_tokens=said.integer("ai.usage.outputTokens", "ai.usage.completionTokens"),
        cache_read_tokens=said.integer(
            "ai.usage.inputTokenDetails.cacheReadTokens", "ai.usage.cachedInputTokens"
        ),
        cache_write_tokens=said.integer("ai.usage.inputTokenDetails.cacheWriteTokens"),
        reasoning_tokens=said.integer(
            "ai.usage.outputTokenDetails.reasoningTokens", "ai.usage.reasoningTokens"
        ),
    )
    if counted.input_tokens is None and counted.output_tokens is None:
        return replace(counted, input_tokens=known.input_tokens, output_tokens=known.output_tokens)
    return counted


def _conversation(said: Reading, reasons: Sequence[str]) -> Conversation:
    asked = vercel_messages.asked(said.json("ai.prompt.messages"))
    asked = asked or vercel_messages.prompted(said.json("ai.prompt"))
    if not asked:
        given = said.attributes.get("ai.values", said.attributes.get("ai.value"))
        asked = vercel_messages.embedded(given)
    answered = vercel_messages.answered(
        said.text("ai.response.text", "ai.result.text")
        or said.text("ai.response.object", "ai.result.object"),
        said.json("ai.response.toolCalls", "ai.result.toolCalls"),
        said.text("ai.response.reasoning"),
        reasons,
    )
    return Conversation(
        input=tuple(asked),
        output=tuple(answered),
        tools=tuple(vercel_messages.tools(said.attributes.get("ai.prompt.tools"))),
    )


def _parameters(attributes: Attributes) -> dict[str, Any]:
    settings = {
        name.removeprefix(_SETTINGS): value
        for name, value in attributes.items()
        if name.startswith(_SETTINGS)
    }
    return parameters(settings) if settings else {}


def _tool(said: Reading) -> ToolCall:
    return ToolCall(
        name=said.text("ai.toolCall.name") or "",
        call_id=said.text("ai.toolCall.id"),
        arguments=said.json("ai.toolCall.args"),
        result=said.json("ai.toolCall.result"),
    )
