"""What an LLM was asked and answered, as people hold it, as attributes of the GenAI conventions.

Takes what :mod:`otel_helisession.record` is handed: OpenAI's chat completions and
responses, Anthropic's messages, answers of Gemini, Cohere and Bedrock's Converse, the
conventions' own messages and plain text; dicts and SDK objects alike. Nothing here raises on
what it reads; what is in nobody's format is written as it is.
"""

from __future__ import annotations

from typing import Any, Final

from otel_helisession import semconv
from otel_helisession.conventions.attributes.json_text import json_text, plain
from otel_helisession.conventions.attributes.values import decimal, integer
from otel_helisession.conventions.conversation.messages import message
from otel_helisession.conventions.operation import Usage
from otel_helisession.conventions.wire import anthropic, bedrock, cohere, gemini, openai, responses

Attributes = dict[str, Any]

_ANTHROPIC_USAGE: Final = frozenset({"cache_read_input_tokens", "cache_creation_input_tokens"})

_MAX_ANSWER_CHARS: Final = 1_000_000
"""How much of an answer is read: its usage may stand behind a long text, which is then cut."""


def asked(value: Any) -> Attributes:
    """Return the attributes of what was said to the model: a text, a message, or messages."""
    said = plain(value)
    if said is None:
        return {}
    messages = [message(one, "user") for one in (said if isinstance(said, list) else [said])]
    return {semconv.INPUT_MESSAGES: json_text(messages)} if messages else {}


def answered(value: Any) -> Attributes:
    """Return the attributes of an answer: a text, a message, or the answer of an API."""
    said = plain(value, max_value_chars=_MAX_ANSWER_CHARS)
    if said is None:
        return {}
    if not isinstance(said, dict):
        return {semconv.OUTPUT_MESSAGES: json_text([message(said, "assistant")])}
    wire = _format(said)
    found = {} if wire is None else wire.response(said)
    messages = [] if wire is None else wire.answered(said)
    messages = messages or [message(said, "assistant")]
    return {**found, semconv.OUTPUT_MESSAGES: json_text(messages)}


def _format(said: dict[str, Any]) -> Any:
    """Return the format of an API's answer; None when *said* is none that is known."""
    if isinstance(said.get("choices"), list):
        return openai
    if isinstance(said.get("output"), list):
        return responses
    if "stop_reason" in said or said.get("type") == "message":
        return anthropic
    if isinstance(said.get("candidates"), list):
        return gemini
    if "stopReason" in said and isinstance(said.get("output"), dict):
        return bedrock
    return cohere if isinstance(said.get("message"), dict) and "finish_reason" in said else None


def used(value: Any) -> Attributes:
    """Return the attributes of a usage: a Usage, a mapping or an SDK's object.

    Anthropic's input tokens leave cached ones out; the conventions' count them in.
    """
    if isinstance(value, Usage):
        said = _plain_usage(value)
    else:
        given = plain(value)
        if not isinstance(given, dict):
            return {}
        if given.keys() & _ANTHROPIC_USAGE:
            said = anthropic.response({"usage": given})
        else:
            said = openai.usage(given)
        said = {**_plain_usage(given), **{k: v for k, v in said.items() if v is not None}}
    return {key: number for key, number in said.items() if number is not None}


def _plain_usage(value: Any) -> Attributes:
    """Read the fields of a Usage, from one or from a dict that has some of them."""

    def get(name: str) -> Any:
        return value.get(name) if isinstance(value, dict) else getattr(value, name)

    return {
        semconv.INPUT_TOKENS: integer(get("input_tokens")),
        semconv.OUTPUT_TOKENS: integer(get("output_tokens")),
        semconv.CACHE_READ_TOKENS: integer(get("cache_read_tokens")),
        semconv.CACHE_WRITE_TOKENS: integer(get("cache_write_tokens")),
        semconv.REASONING_TOKENS: integer(get("reasoning_tokens")),
        semconv.USAGE_COST: decimal(get("cost_usd")),
    }
