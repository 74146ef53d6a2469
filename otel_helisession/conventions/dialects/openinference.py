"""OpenInference, Arize's convention: https://github.com/Arize-ai/openinference/tree/main/spec.

Structures are flattened into numbered names. Most of its instrumentations write the kind of a
span when it ends, and the whole of what went in and came out beside the messages.
"""

from __future__ import annotations

from typing import Final

from opentelemetry.sdk.trace import ReadableSpan

from otel_helisession.conventions.attributes.first_token import first_event_ms
from otel_helisession.conventions.attributes.flattened import flattened
from otel_helisession.conventions.attributes.parameters import parameters
from otel_helisession.conventions.attributes.provider import provider
from otel_helisession.conventions.attributes.values import Attributes, flag, text
from otel_helisession.conventions.content import Content
from otel_helisession.conventions.conversation import payload
from otel_helisession.conventions.conversation.payload import Answered, Asked
from otel_helisession.conventions.dialects import openinference_work as work
from otel_helisession.conventions.dialects.openinference_messages import grouped, messages, tools
from otel_helisession.conventions.operation import (
    Conversation,
    Kind,
    Operation,
    Usage,
)
from otel_helisession.conventions.parts import fields
from otel_helisession.conventions.plumbing import unit
from otel_helisession.conventions.reading import Reading

NAME: Final = "openinference"
FAMILIES: Final = frozenset({"openinference"})

_KIND: Final = "openinference.span.kind"
_PARAMETERS: Final = "llm.invocation_parameters"
_MESSAGES: Final = "llm.input_messages"
_PROMPTS: Final = "llm.prompts"
_EMBEDDINGS: Final = "embedding.embeddings"
_FIRST_TOKEN: Final = frozenset({"First Token Stream Event"})

_PROVIDERS: Final = ("llm.provider", "llm.system", "decision.provider", "decision.system")

_KINDS: Final[dict[str, Kind]] = {
    "LLM": "llm",
    "EMBEDDING": "llm",
    "DECISION": "llm",  # a model that answers typed questions; it counts tokens like the others
    "TOOL": "tool",
    "RETRIEVER": "vector_db",
    "RERANKER": "vector_db",
    "CHAIN": "structure",
    "AGENT": "structure",
    "WORKFLOW": "structure",
    "GUARDRAIL": "structure",
    "EVALUATOR": "structure",
    "PROMPT": "structure",
}
_OPERATIONS: Final = {"LLM": "chat", "EMBEDDING": "embeddings", "TOOL": "execute_tool"}
_UNITS: Final = _KINDS.keys() - {"LLM", "EMBEDDING", "DECISION", "PROMPT"}

CONTENT: Final = Content(
    names=frozenset(
        {
            *("input.value", "output.value", "reranker.query", "llm.function_call"),
            *("tool.parameters", "tool.description", "tool.json_schema"),
        }
    ),
    prefixes=(
        *("llm.input_messages", "llm.output_messages", "llm.prompts", "llm.choices", "llm.tools"),
        *("llm.prompt_template.template", "llm.prompt_template.variables", "retrieval.documents"),
        *("embedding.embeddings", "embedding.text", "embedding.vector"),
        *("reranker.input_documents", "reranker.output_documents", "decision.input"),
        *("decision.output", "message.", "message_content.", "document.", "image.", "audio."),
    ),
    parameters=frozenset({_PARAMETERS, "embedding.invocation_parameters", "metadata"}),
)


def kind(attributes: Attributes) -> Kind | None:
    """Return what the span is; None for ``UNKNOWN``, and while its kind is not written."""
    said = _word(attributes)
    found = _KINDS.get(said)
    return "structure" if found is not None and _wraps(said, attributes) else found


def segment(name: str, attributes: Attributes) -> str:
    """Return the function of a unit of work: the agent's or the tool's name, or the span's."""
    said = _word(attributes)
    if said not in _UNITS or _wraps(said, attributes):
        return ""
    if said == "AGENT":
        named = text(attributes.get("agent.name")) or text(attributes.get("graph.node.name"))
        named = named or text(attributes.get("graph.node.id"))
    else:
        named = text(attributes.get(work.TOOL_NAME)) if said == "TOOL" else None
    return unit(named or name)


def read(span: ReadableSpan, said: Reading) -> Operation | None:
    """Return what *span* says; None when it does not speak this convention."""
    found = kind(said.attributes)
    if found is None:
        return None
    word = _word(said.attributes)
    if found == "llm":
        return _llm(word, span, said)
    return Operation(
        kind=found,
        convention=NAME,
        name=_OPERATIONS.get(word, word.lower()),
        segment=segment(span.name, said.attributes),
        tool=work.tool(span.name, said) if found == "tool" else None,
        vector=work.vector(word, said) if found == "vector_db" else None,
    )


def _word(attributes: Attributes) -> str:
    said = attributes.get(_KIND)
    return said.upper() if isinstance(said, str) else ""


def _wraps(word: str, attributes: Attributes) -> bool:
    """Tell whether a span of LlamaIndex's only wraps, or prepares, the call below it.

    It writes ``predict`` around ``chat``, ``get_text_embedding`` around ``_get_text_embedding``
    and ``retrieve`` around ``_retrieve``, all of one kind; one of each pair has the content.
    """
    if word == "LLM":
        given = attributes.get(_PARAMETERS)
        return (
            isinstance(given, str)
            and '"is_function_calling_model"' in given
            and _MESSAGES + ".0.message.role" not in attributes
            and _PROMPTS + ".0.prompt.text" not in attributes
            and _PROMPTS not in attributes
            and "llm.token_count.prompt" not in attributes
        )
    if word == "EMBEDDING":
        given = attributes.get(work.INPUT)
        return (
            isinstance(given, str)
            and given.startswith(('{"text": ', '{"texts": ', '{"query": '))
            and _EMBEDDINGS + ".0.embedding.text" not in attributes
        )
    if word == "RETRIEVER":
        given = attributes.get(work.INPUT)
        return isinstance(given, str) and given.startswith('{"query_bundle": ')
    return False


def _llm(word: str, span: ReadableSpan, said: Reading) -> Operation:
    given = fields(said.structure(_PARAMETERS, "embedding.invocation_parameters"))
    told = _told(word, said.attributes)
    counted = _usage(said)
    answer = _answer(word, said, bool(told.output), counted is not None)
    fallback = Asked() if told.input else payload.asked(work.asked(said))
    named = said.text("llm.model_name", "embedding.model_name", "decision.model_name")
    requested = said.text("llm.request.model_name", "decision.request.model_name")
    responded = said.text("llm.response.model_name", "decision.response.model_name")
    reason = said.text("llm.finish_reason")
    first = first_event_ms(span, _FIRST_TOKEN)
    return Operation(
        kind="llm",
        convention=NAME,
        name=_OPERATIONS.get(word, word.lower()),
        provider=provider(*(said.attributes.get(name) for name in _PROVIDERS)),
        request_model=requested or text(given.get("model") or given.get("model_name")) or named,
        response_model=responded or answer.model or named,
        response_id=answer.id,
        finish_reasons=(reason,) if reason else answer.finish_reasons,
        service_tier=answer.service_tier,
        streaming=flag(given.get("stream")) if first is None else True,
        time_to_first_token_ms=first,
        usage=counted or answer.usage,
        conversation=Conversation(
            input=told.input or fallback.input,
            output=told.output or answer.messages,
            instructions=fallback.instructions,
            tools=told.tools or fallback.tools,
        ),
        parameters=parameters(given) or None,
    )


def _told(word: str, attributes: Attributes) -> Conversation:
    """Return the messages as they stand in numbered names."""
    if word == "EMBEDDING":
        embedded = (one.get("embedding") for one in flattened(attributes, _EMBEDDINGS))
        texts = [text(fields(one).get("text")) for one in embedded]
        return Conversation(input=payload.asked([one for one in texts if one]).input)
    said = grouped(attributes)
    return Conversation(
        input=messages(said("input_messages")) or messages(said("prompts"), "user"),
        output=messages(said("output_messages"), "assistant")
        or messages(said("choices"), "assistant"),
        tools=tools(said("tools")),
    )


def _answer(word: str, said: Reading, told: bool, counted: bool) -> Answered:
    """Return what only the whole of the answer says; its messages and counts where nobody else
    does. The vectors of an embedding are no answer."""
    if word == "EMBEDDING":
        return Answered()
    return payload.answered(work.answered(said), content=not told, counts=not counted)


def _usage(said: Reading) -> Usage | None:
    prompt, completion = "llm.token_count.prompt", "llm.token_count.completion"
    details, more = prompt + "_details.", completion + "_details."
    first = said.integer(prompt, "decision.token_count.input")
    second = said.integer(completion, "decision.token_count.output")
    if first is None and second is None:
        return None
    return Usage(
        input_tokens=first,
        output_tokens=second,
        cache_read_tokens=said.integer(details + "cache_read", details + "cache_input"),
        cache_write_tokens=said.integer(details + "cache_write"),
        reasoning_tokens=said.integer(more + "reasoning"),
        cost_usd=_cost(said),
        input_audio_tokens=said.integer(details + "audio"),
        output_audio_tokens=said.integer(more + "audio"),
    )


def _cost(said: Reading) -> float | None:
    total = said.decimal("llm.cost.total")
    if total is not None:
        return total
    both = (said.decimal("llm.cost.prompt"), said.decimal("llm.cost.completion"))
    known = [one for one in both if one is not None]
    return sum(known) if known else None
