"""Request parameters: one short name for each, from what a library calls it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

_NAMES: Final = {
    **{
        name: name
        for name in (
            *("temperature", "top_p", "top_k", "max_tokens", "seed", "stop", "n", "dimensions"),
            *("frequency_penalty", "presence_penalty", "tool_choice", "response_format"),
            *("reasoning_effort", "parallel_tool_calls", "service_tier", "logprobs"),
            *("encoding_format", "verbosity", "thinking", "modalities"),
        )
    },
    "max_completion_tokens": "max_tokens",
    "max_output_tokens": "max_tokens",
    "maxTokens": "max_tokens",
    "maxOutputTokens": "max_tokens",
    "frequencyPenalty": "frequency_penalty",
    "presencePenalty": "presence_penalty",
    "stop_sequences": "stop",
    "stopSequences": "stop",
    "topP": "top_p",
    "topK": "top_k",
}

_NOTHING: Final[tuple[Any, ...]] = (None, "", "Infinity", [], {})
"""What stands for a parameter that was not given; ``Infinity`` is Langfuse's."""


def parameters(said: Any) -> dict[str, Any]:
    """Return the parameters of a request among the entries of *said*; empty for no mapping.

    What a library adds of its own (clients, context windows, class names) is not a parameter.
    """
    if not isinstance(said, Mapping):
        return {}
    made: dict[str, Any] = {}
    for name, value in said.items():
        short = _NAMES.get(name)
        if short is not None and value not in _NOTHING:
            made.setdefault(short, value)
    return made
