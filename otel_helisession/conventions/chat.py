"""What an LLM was asked and answered, as people hold it, as attributes of the GenAI conventions.

Reads OpenAI's chat completions and responses, Anthropic's messages, the conventions' own
messages and plain text; dicts and SDK objects alike. Nothing here raises on what it reads.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeGuard

from otel_helisession import semconv
from otel_helisession.conventions.chat_message import message, messages, part, parts, plain
from otel_helisession.conventions.json_text import cut, json_text
from otel_helisession.conventions.operation import Usage
from otel_helisession.conventions.values import decimal, integer

Attributes = dict[str, Any]


def asked(value: Any) -> Attributes:
    """Return the attributes of what was said to the model: a text, or messages."""
    said = [] if value is None else messages(value)
    return {semconv.INPUT_MESSAGES: json_text(said)} if said else {}


def answered(value: Any) -> Attributes:
    """Return the attributes of an answer: a text, a message, or the answer of an API."""
    value = plain(value)
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        return {semconv.OUTPUT_MESSAGES: json_text(_said(value))}
    return {
        semconv.RESPONSE_MODEL: _text(value.get("model")),
        semconv.RESPONSE_ID: _text(value.get("id")),
        semconv.FINISH_REASONS: _finish_reasons(value),
        semconv.OUTPUT_MESSAGES: json_text(_said(value)),
        **used(value.get("usage")),
    }


def used(value: Any) -> Attributes:
    """Return the attributes of a usage: a Usage, a mapping or an SDK's object.

    Anthropic's input tokens leave cached ones out; the conventions' count them in.
    """
    if value is None:
        return {}
    usage = value if isinstance(value, Usage) else _usage(plain(value))
    found = {
        semconv.INPUT_TOKENS: usage.input_tokens,
        semconv.OUTPUT_TOKENS: usage.output_tokens,
        semconv.CACHE_READ_TOKENS: usage.cache_read_tokens or None,
        semconv.CACHE_WRITE_TOKENS: usage.cache_write_tokens or None,
        semconv.REASONING_TOKENS: usage.reasoning_tokens or None,
        semconv.USAGE_COST: usage.cost_usd,
    }
    return {key: number for key, number in found.items() if number is not None}


def _usage(value: Any) -> Usage:
    def count(*names: str) -> int | None:
        return next((n for name in names if (n := integer(_get(value, name))) is not None), None)

    input_details = _get(value, "prompt_tokens_details") or _get(value, "input_tokens_details")
    output_details = _get(value, "completion_tokens_details") or _get(
        value, "output_tokens_details"
    )
    read, written = count("cache_read_input_tokens"), count("cache_creation_input_tokens")
    counted = count("prompt_tokens", "input_tokens")
    if counted is not None:
        counted += (read or 0) + (written or 0)  # Anthropic's, which are beside them
    return Usage(
        input_tokens=counted,
        output_tokens=count("completion_tokens", "output_tokens"),
        cache_read_tokens=read
        or integer(_get(input_details, "cached_tokens"))
        or count("cache_read_tokens"),
        cache_write_tokens=written or count("cache_write_tokens"),
        reasoning_tokens=integer(_get(output_details, "reasoning_tokens"))
        or count("reasoning_tokens"),
        cost_usd=decimal(_get(value, "cost_usd")),
    )


def _said(value: Any) -> list[dict[str, Any]]:
    """Return the messages of an answer, each with its finish reason where it has one."""
    if not isinstance(value, Mapping):
        return [message(value, "assistant")]
    choices, output = value.get("choices"), value.get("output")
    if _is_list(choices):
        return [_choice(plain(choice)) for choice in choices]
    if _is_list(output):
        found = [piece for item in output for piece in _item(plain(item))]
        return [{"role": "assistant", "parts": found}]
    said = message(value, "assistant")
    if value.get("stop_reason"):
        said["finish_reason"] = value["stop_reason"]
    if not said["parts"] and "content" not in value:
        said["parts"] = [{"type": "data", "content": value}]  # of nobody's format: as it is
    return [said]


def _choice(choice: Any) -> dict[str, Any]:
    if not isinstance(choice, Mapping):
        return message(choice, "assistant")
    said = message(choice.get("message", choice.get("text")), "assistant")
    if choice.get("finish_reason"):
        said["finish_reason"] = choice["finish_reason"]
    return said


def _item(item: Any) -> Sequence[Mapping[str, Any]]:
    """Return the parts of one item of the Responses API."""
    if not isinstance(item, Mapping):
        return parts(item)
    kind = item.get("type")
    if kind == "message":
        return parts(item.get("content"))
    if kind == "function_call":
        called = {"id": item.get("call_id"), "function": item}
        return message({"tool_calls": [called]})["parts"]  # type: ignore[no-any-return]
    return [part(item)]


def _finish_reasons(value: Mapping[str, Any]) -> list[str] | None:
    if value.get("stop_reason"):
        return [cut(str(value["stop_reason"]), 200)]
    choices = value.get("choices")
    if not _is_list(choices):
        return None
    reasons = (_get(plain(choice), "finish_reason") for choice in choices)
    return [cut(str(reason), 200) for reason in reasons if reason] or None


def _get(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, Mapping) else getattr(value, name, None)


def _is_list(value: Any) -> TypeGuard[Sequence[Any]]:
    return isinstance(value, Sequence) and not isinstance(value, (str, bytes))


def _text(value: Any) -> str | None:
    return cut(value, 1_000) if isinstance(value, str) and value else None
