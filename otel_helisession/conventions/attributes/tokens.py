"""Tokens of a call under all the names that providers and libraries give them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from otel_helisession.conventions.attributes.values import integer
from otel_helisession.conventions.operation import Usage

_INPUT: Final = (
    *("input_tokens", "prompt_tokens", "input", "inputTokens", "promptTokens"),
    *("prompt_token_count", "promptTokenCount", "inputTokenCount", "input_token_count"),
)
_OUTPUT: Final = (
    *("output_tokens", "completion_tokens", "output", "outputTokens", "completionTokens"),
    *("outputTokenCount", "generated_token_count"),
)
_ANSWER: Final = ("candidates_token_count", "candidatesTokenCount")
"""Gemini's, which leaves reasoning out."""
_TOTAL: Final = ("total_tokens", "total", "totalTokens", "total_token_count", "totalTokenCount")
_INPUT_DETAILS: Final = ("prompt_tokens_details", "input_tokens_details", "input_token_details")
_OUTPUT_DETAILS: Final = (
    *("completion_tokens_details", "output_tokens_details", "output_token_details"),
)
_READ: Final = (
    *("cache_read_input_tokens", "cacheReadInputTokens", "cached_content_token_count"),
    *("cachedContentTokenCount", "cachedInputTokens", "input_cached_tokens", "input_cache_read"),
    *("input_cache_read_input_tokens", "cache_read", "cached_tokens"),
)
_WRITTEN: Final = (
    *("cache_creation_input_tokens", "cacheWriteInputTokens", "input_cache_creation"),
    *("input_cache_write_tokens", "cache_creation", "cache_write", "cache_write_tokens"),
)
_REASONING: Final = (
    *("reasoning_tokens", "reasoning", "thoughts_token_count", "thoughtsTokenCount"),
    *("output_reasoning", "output_reasoning_tokens", "reasoningTokens", "thinking_tokens"),
)
_AUDIO_IN: Final = ("input_audio_tokens", "input_audio", "audio_tokens", "audio")
_AUDIO_OUT: Final = ("output_audio_tokens", "output_audio", "audio_tokens", "audio")
_APART: Final = (
    *("cache_read_input_tokens", "cache_creation_input_tokens", "cacheReadInputTokens"),
    *("cacheWriteInputTokens",),
)
"""Anthropic's and Bedrock's, whose input leaves cached tokens out."""


def usage(said: Any) -> Usage:
    """Return the tokens that *said*, any mapping of names to numbers, tells; costs are not read.

    Input counts cached tokens in and output reasoning, as :class:`Usage` promises, where the
    names or the total show that the library counts them apart. What is no count is unknown.
    """
    if not isinstance(said, Mapping):
        return Usage()
    asked = {**_details(said, _INPUT_DETAILS), **said}
    answered = {**_details(said, _OUTPUT_DETAILS), **said}
    total = _first(said, _TOTAL)
    first, second = _first(said, _INPUT), _first(said, _OUTPUT)
    reasoning = _first(answered, _REASONING)
    if second is None and (second := _first(said, _ANSWER)) is not None:
        second += reasoning or 0
    if total is None or total > (first or 0) + (second or 0):
        first = _plus(first, _apart(said, "input", _APART))
        second = _plus(second, _apart(said, "output", ()))
    return Usage(
        input_tokens=first,
        output_tokens=second,
        cache_read_tokens=_first(asked, _READ),
        cache_write_tokens=_first(asked, _WRITTEN),
        reasoning_tokens=reasoning,
        input_audio_tokens=_first(asked, _AUDIO_IN),
        output_audio_tokens=_first(answered, _AUDIO_OUT),
    )


def _details(said: Mapping[str, Any], names: tuple[str, ...]) -> Mapping[str, Any]:
    for name in names:
        found = said.get(name)
        if isinstance(found, Mapping):
            return found
    return {}


def _first(said: Mapping[str, Any], names: tuple[str, ...]) -> int | None:
    for name in names:
        value = said.get(name)
        if value is not None and (found := integer(value)) is not None:
            return found
    return None


def _apart(said: Mapping[str, Any], whole: str, named: tuple[str, ...]) -> int:
    """Return what stands beside *whole* and belongs to it: Langfuse's ``input_cached_tokens``.

    Langfuse takes details off ``input`` and ``output``, so that all of its entries add up.
    """
    counts = [integer(said.get(name)) for name in named]
    if whole in said:
        start = whole + "_"
        counts += [
            integer(value)
            for name, value in said.items()
            if isinstance(name, str) and name.startswith(start) and "priority" not in name
        ]
    return sum(count for count in counts if count)


def _plus(count: int | None, more: int) -> int | None:
    return count if not more else (count or 0) + more
