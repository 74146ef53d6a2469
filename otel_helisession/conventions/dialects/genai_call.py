"""What the GenAI conventions have on a call: model, answer, usage, parameters, times.

For every convention that writes ``gen_ai.*``; what differs between them is how a span says
what it is. Each value has its newest name first, then what it was called before.
"""

from __future__ import annotations

from typing import Any, Final

from opentelemetry.sdk.trace import ReadableSpan

from otel_helisession import semconv
from otel_helisession.conventions.attributes.first_token import first_event_ms, first_token_ms
from otel_helisession.conventions.attributes.provider import provider
from otel_helisession.conventions.dialects.genai_content import conversation
from otel_helisession.conventions.operation import (
    Conversation,
    Kind,
    Operation,
    ToolCall,
    Usage,
    VectorQuery,
)
from otel_helisession.conventions.reading import Reading

_PARAMETERS: Final = {
    semconv.REQUEST_TEMPERATURE: "temperature",
    semconv.REQUEST_TOP_P: "top_p",
    semconv.REQUEST_TOP_K: "top_k",
    "llm.top_k": "top_k",
    semconv.REQUEST_MAX_TOKENS: "max_tokens",
    "gen_ai.request.max_completion_tokens": "max_tokens",
    semconv.REQUEST_SEED: "seed",
    "gen_ai.openai.request.seed": "seed",
    semconv.REQUEST_FREQUENCY_PENALTY: "frequency_penalty",
    "llm.frequency_penalty": "frequency_penalty",
    semconv.REQUEST_PRESENCE_PENALTY: "presence_penalty",
    "llm.presence_penalty": "presence_penalty",
    semconv.REQUEST_STOP: "stop",
    "llm.chat.stop_sequences": "stop",
    semconv.REQUEST_CHOICE_COUNT: "n",
    "gen_ai.request.n": "n",
    semconv.REQUEST_REASONING_LEVEL: "reasoning_effort",
    "gen_ai.request.reasoning_effort": "reasoning_effort",
    "gen_ai.embeddings.dimension.count": "dimensions",
    "gen_ai.request.embedding_dimension": "dimensions",
    "gen_ai.request.encoding_formats": "encoding_format",
}
_REASONS: Final = (
    semconv.FINISH_REASONS,
    "gen_ai.response.finish_reason",
    "gen_ai.response.stop_reason",
    "llm.response.finish_reason",
    "llm.response.stop_reason",
    "anthropic.message.stop_reason",  # Anthropic's SDK, which makes spans of its own
)
_TIERS: Final = (
    "openai.response.service_tier",
    "gen_ai.openai.response.service_tier",
    "anthropic.response.service_tier",
)
_FIRST_CHUNK: Final = (
    semconv.TIME_TO_FIRST_CHUNK,
    "gen_ai.client.operation.time_to_first_chunk",  # pydantic-ai's and the AI SDK's
)
"""Only of streams."""
_CHUNKS: Final = frozenset({"gen_ai.content.completion.chunk", "llm.content.completion.chunk"})


def call(
    span: ReadableSpan,
    said: Reading,
    *,
    kind: Kind,
    convention: str,
    name: str = "",
    segment: str = "",
    tool: ToolCall | None = None,
    vector: VectorQuery | None = None,
) -> Operation:
    """Return all that ``gen_ai.*`` says of *span*, which the caller knows to be of *kind*."""
    said.called = True
    talk = conversation(said, span.events)
    streaming = said.flag(semconv.REQUEST_STREAM, "gen_ai.is_streaming", "llm.is_streaming")
    if streaming is None and said.has(*_FIRST_CHUNK):
        streaming = True
    return Operation(
        kind=kind,
        convention=convention,
        name=name,
        segment=segment,
        provider=provider(said.text(semconv.PROVIDER_NAME, semconv.SYSTEM, "llm.vendor")),
        request_model=said.text(semconv.REQUEST_MODEL, "llm.request.model"),
        response_model=said.text(semconv.RESPONSE_MODEL, "llm.response.model"),
        response_id=said.text(semconv.RESPONSE_ID),
        finish_reasons=said.texts(*_REASONS) or _reasons(talk),
        service_tier=said.text(*_TIERS),
        streaming=streaming,
        time_to_first_token_ms=None if streaming is False else _first_token_ms(span, said),
        usage=_usage(said),
        conversation=talk,
        parameters=_parameters(said),
        tool=tool,
        vector=vector,
    )


def _first_token_ms(span: ReadableSpan, said: Reading) -> float | None:
    """Return when the first piece of a stream came. OpenLIT tells a time of whole answers, too."""
    seconds = said.decimal(*_FIRST_CHUNK, "gen_ai.server.time_to_first_token")
    found = first_token_ms(span, seconds)
    return first_event_ms(span, _CHUNKS) if found is None else found


def _usage(said: Reading) -> Usage:
    return Usage(
        input_tokens=said.integer(
            semconv.INPUT_TOKENS, "gen_ai.usage.prompt_tokens", "llm.usage.prompt_tokens"
        ),
        output_tokens=said.integer(
            semconv.OUTPUT_TOKENS, "gen_ai.usage.completion_tokens", "llm.usage.completion_tokens"
        ),
        cache_read_tokens=said.integer(
            semconv.CACHE_READ_TOKENS, "gen_ai.usage.cache_read_input_tokens"
        ),
        cache_write_tokens=said.integer(
            semconv.CACHE_WRITE_TOKENS,
            semconv.CACHE_CREATION_TOKENS,
            "gen_ai.usage.cache_creation_input_tokens",
        ),
        reasoning_tokens=said.integer(
            semconv.REASONING_TOKENS, "gen_ai.usage.reasoning_tokens", "llm.usage.reasoning_tokens"
        ),
        input_audio_tokens=said.integer("gen_ai.usage.audio.input_tokens"),
        output_audio_tokens=said.integer("gen_ai.usage.audio.output_tokens"),
        cost_usd=said.decimal(semconv.USAGE_COST),
    )


def _parameters(said: Reading) -> dict[str, Any]:
    """Return the request's parameters by their short names; the newest name of each counts."""
    found: dict[str, Any] = {}
    for key, short in _PARAMETERS.items():
        if key in said.attributes:
            found.setdefault(short, said.attributes[key])
    return found


def _reasons(talk: Conversation) -> tuple[str, ...]:
    """Return why the model stopped where only its messages say so, as they once did."""
    reasons = (message.get("finish_reason") for message in talk.output)
    return tuple(reason for reason in reasons if isinstance(reason, str) and reason)
