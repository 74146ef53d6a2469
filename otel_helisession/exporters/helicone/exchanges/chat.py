"""An LLM call in chat-completions shape, which Helicone renders and counts for any provider."""

from __future__ import annotations

from typing import Any, Final

from otel_helisession.conventions.operation import Operation, Usage
from otel_helisession.exporters.helicone.endpoint import Provider
from otel_helisession.exporters.helicone.exchanges.exchange import NO_PATH, Exchange
from otel_helisession.exporters.helicone.exchanges.messages import (
    chat_messages,
    chat_tools,
    system_messages,
)
from otel_helisession.exporters.helicone.exchanges.outcome import error, is_cancelled

_NOT_PARAMETERS: Final = frozenset({"stream", "stream_options", "metadata", "messages", "model"})
"""``stream`` makes Helicone look for a stream in the answer, and lose the tokens of ours;
``metadata`` makes it see an assistant's run."""

_FINISH_REASONS: Final = {
    "tool_call": "tool_calls",
    "tool_use": "tool_calls",
    "end_turn": "stop",
    "stop_sequence": "stop",
    "max_tokens": "length",
}


def exchange(operation: Operation, provider: Provider) -> Exchange:
    """Return the log of an LLM call for *provider*'s mapper and prices."""
    url = "https://api.openai.com/v1/chat/completions" if provider == "OPENAI" else NO_PATH
    return Exchange(_request(operation), _response(operation, provider), url)


def parameters(operation: Operation) -> dict[str, Any]:
    """Return the request parameters that Helicone may see."""
    given = operation.parameters or {}
    return {name: value for name, value in given.items() if name not in _NOT_PARAMETERS}


def usage(tokens: Usage, provider: Provider) -> dict[str, Any]:
    """Return tokens and cost in chat-completions words; empty when nothing is known."""
    made: dict[str, Any] = {}
    if tokens.input_tokens is not None:
        made["prompt_tokens"] = tokens.input_tokens
    if tokens.output_tokens is not None:
        made["completion_tokens"] = tokens.output_tokens
    if tokens.total_tokens is not None:
        made["total_tokens"] = tokens.total_tokens
    cached = {
        "cached_tokens": tokens.cache_read_tokens,
        "cache_write_tokens": tokens.cache_write_tokens,
    }
    details = {name: count for name, count in cached.items() if count is not None}
    if details:
        made["prompt_tokens_details"] = details
    # Of CUSTOM requests Helicone subtracts these from the completion and shows them nowhere.
    if tokens.reasoning_tokens is not None and provider != "CUSTOM":
        made["completion_tokens_details"] = {"reasoning_tokens": tokens.reasoning_tokens}
    if tokens.cost_usd:
        made["cost"] = tokens.cost_usd
    return made


def _request(operation: Operation) -> dict[str, Any]:
    conversation = operation.conversation
    made: dict[str, Any] = {}
    model = operation.request_model or operation.response_model
    if model:
        made["model"] = model
    made["messages"] = system_messages(conversation.instructions) + chat_messages(
        conversation.input
    )
    if conversation.tools:
        made["tools"] = chat_tools(conversation.tools)
    made.update(parameters(operation))
    return made


def _response(operation: Operation, provider: Provider) -> dict[str, Any]:
    made: dict[str, Any] = {}
    if operation.response_id:
        made["id"] = operation.response_id
    made["object"] = "chat.completion"
    if operation.model:
        made["model"] = operation.model
    choices = _choices(operation)
    failure = operation.failure
    if choices or failure is None:
        made["choices"] = choices
    counted = usage(operation.usage, provider)
    if counted:
        made["usage"] = counted
    # With an error Helicone shows nothing else; of a cancelled call what had come is shown.
    if failure is not None and not (choices and is_cancelled(failure)):
        made["error"] = error(failure)
    return made


def _choices(operation: Operation) -> list[dict[str, Any]]:
    output, reasons = operation.conversation.output, operation.finish_reasons
    messages = chat_messages({"role": "assistant", **message} for message in output)
    if not messages and operation.failure is None:
        messages = [{"role": "assistant", "content": ""} for _ in reasons] or [
            {"role": "assistant", "content": ""}
        ]
    choices = []
    for index, message in enumerate(messages):
        reason = message.pop("finish_reason", None)
        if reason is None and index < len(output):
            reason = output[index].get("finish_reason")
        if reason is None and index < len(reasons):
            reason = reasons[index]
        choice: dict[str, Any] = {"index": index, "message": message}
        if reason:
            choice["finish_reason"] = _FINISH_REASONS.get(str(reason), str(reason))
        choices.append(choice)
    return choices
