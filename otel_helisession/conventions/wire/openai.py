"""OpenAI's wire format of chat, completions and embeddings, which many servers speak.

https://platform.openai.com/docs/api-reference. Pure functions from JSON bodies to
attributes; anything may be missing or of another type.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from otel_helisession import semconv
from otel_helisession.conventions import parts
from otel_helisession.conventions.attributes.values import decimal, integer, text, texts
from otel_helisession.conventions.parts import Message, Part, fields, items
from otel_helisession.conventions.wire.answer import described

PROVIDER: Final = "openai"
TELLING: Final = re.compile(rb'"finish_reason"\s*:\s*"|"usage"\s*:\s*\{|"error"')

_NUMBERS: Final = {
    "temperature": semconv.REQUEST_TEMPERATURE,
    "top_p": semconv.REQUEST_TOP_P,
    "frequency_penalty": semconv.REQUEST_FREQUENCY_PENALTY,
    "presence_penalty": semconv.REQUEST_PRESENCE_PENALTY,
}
_COUNTS: Final = {
    "top_k": semconv.REQUEST_TOP_K,
    "max_tokens": semconv.REQUEST_MAX_TOKENS,
    "max_completion_tokens": semconv.REQUEST_MAX_TOKENS,
    "max_output_tokens": semconv.REQUEST_MAX_TOKENS,
    "seed": semconv.REQUEST_SEED,
    "n": semconv.REQUEST_CHOICE_COUNT,
}


def request(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return model and parameters of a request."""
    found: dict[str, Any] = {semconv.REQUEST_MODEL: text(body.get("model"))}
    for names, read in ((_NUMBERS, decimal), (_COUNTS, integer)):
        for name, key in names.items():
            value = read(body.get(name)) if name in body else None
            if value is not None:
                found[key] = value
    if isinstance(body.get("stream"), bool):
        found[semconv.REQUEST_STREAM] = body["stream"]
    found[semconv.REQUEST_STOP] = texts(body.get("stop")) or None
    found[semconv.REQUEST_REASONING_LEVEL] = text(
        body.get("reasoning_effort") or fields(body.get("reasoning")).get("effort")
    )
    return {key: value for key, value in found.items() if value is not None}


def response(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return model, id, finish reasons and usage of a response."""
    reasons = [text(choice.get("finish_reason")) for choice in items(body.get("choices"))]
    used = usage(fields(body.get("usage")))
    return described(body.get("id"), body.get("model"), reasons, used)


def usage(said: Mapping[str, Any]) -> dict[str, Any]:
    """Return tokens and cost; entries may be None. Input includes what was cached."""
    asked = fields(said.get("prompt_tokens_details") or said.get("input_tokens_details"))
    answered = fields(said.get("completion_tokens_details") or said.get("output_tokens_details"))
    first = said.get("prompt_tokens", said.get("input_tokens"))
    second = said.get("completion_tokens", said.get("output_tokens"))
    cost = decimal(said.get("cost"))
    return {
        semconv.INPUT_TOKENS: integer(first),
        semconv.OUTPUT_TOKENS: integer(second),
        semconv.CACHE_READ_TOKENS: integer(asked.get("cached_tokens")) or None,
        semconv.CACHE_WRITE_TOKENS: integer(asked.get("cache_write_tokens")) or None,
        semconv.REASONING_TOKENS: integer(answered.get("reasoning_tokens")) or None,
        semconv.USAGE_COST: cost,
    }


def whole(events: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Return the response body that the chunks of a stream add up to."""
    body: dict[str, Any] = {}
    choices: dict[int, dict[str, Any]] = {}
    for event in events:
        for name in ("id", "model", "usage", "error"):
            if event.get(name):
                body[name] = event[name]
        groq = fields(event.get("x_groq"))
        if groq.get("usage"):  # until it had stream_options, and still beside them
            body.setdefault("usage", groq["usage"])
        for piece in items(event.get("choices")):
            index = integer(piece.get("index")) or 0
            choice = choices.setdefault(index, {"message": {"role": "assistant"}, "text": ""})
            if piece.get("finish_reason"):
                choice["finish_reason"] = piece["finish_reason"]
            choice["text"] += text(piece.get("text")) or ""
            _add(choice["message"], fields(piece.get("delta")))
    if choices:
        body["choices"] = [choices[index] for index in sorted(choices)]
    return body


def _add(message: dict[str, Any], delta: Mapping[str, Any]) -> None:
    """Add one piece to a message."""
    for name in ("content", "refusal", "reasoning_content", "reasoning"):
        piece = delta.get(name)
        if isinstance(piece, str) and isinstance(message.get(name, ""), str):
            message[name] = message.get(name, "") + piece
        elif isinstance(piece, (str, list)):  # Mistral streams thoughts as lists of chunks
            message[name] = _chunks(message.get(name)) + _chunks(piece)
    for piece in items(delta.get("tool_calls")):
        calls = message.setdefault("tool_calls", [])
        index = integer(piece.get("index"))
        call = next((known for known in calls if known["index"] == index), None)
        if call is None:
            call = {"index": index, "id": None, "function": {"name": None, "arguments": ""}}
            calls.append(call)
        call["id"] = call["id"] or piece.get("id")
        function = fields(piece.get("function"))
        call["function"]["name"] = call["function"]["name"] or function.get("name")
        call["function"]["arguments"] += text(function.get("arguments")) or ""


def _chunks(content: Any) -> list[Any]:
    """Return content as a list of typed items, neighbouring texts joined."""
    if isinstance(content, str):
        return [{"type": "text", "text": content}] if content else []
    return content if isinstance(content, list) else []


def asked(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return the content of a request.

    Of one for embeddings or a completion a message for each text, none for tokens.
    """
    if "messages" in body:
        messages = [_message(message) for message in items(body.get("messages"))]
    else:
        said = texts(body.get("prompt")) or texts(body.get("input"))
        messages = [parts.message("user", parts.text(one)) for one in said]
    return {semconv.INPUT_MESSAGES: messages, semconv.TOOL_DEFINITIONS: tools(body)}


def answered(body: Mapping[str, Any]) -> list[Message]:
    """Return the output messages of a response, one a choice."""
    messages = []
    for choice in items(body.get("choices")):
        message = _message(fields(choice.get("message")), text(choice.get("finish_reason")))
        message["role"] = message["role"] or "assistant"
        message["parts"] += parts.text(choice.get("text"))
        messages.append(message)
    return messages


def _message(said: Mapping[str, Any], finish_reason: str | None = None) -> Message:
    content = said.get("content")
    if said.get("role") == "tool":
        made: list[Part] = [parts.tool_result(said.get("tool_call_id"), content)]
    else:
        made = [
            *parts.reasoning(said.get("reasoning_content") or said.get("reasoning")),
            *content_parts(content),
            *parts.text(said.get("refusal")),
        ]
    for call in items(said.get("tool_calls")):
        function = fields(call.get("function") or call.get("custom"))
        arguments = function.get("arguments", function.get("input"))
        made.append(parts.tool_call(call.get("id"), function.get("name"), arguments))
    return parts.message(
        said.get("role"), made, name=text(said.get("name")), finish_reason=finish_reason
    )


def content_parts(content: Any) -> list[Part]:
    """Return content, a text or a list of typed items, as parts."""
    if isinstance(content, str):
        return parts.text(content)
    return parts.flat(_part(item) for item in items(content))


def _part(item: Mapping[str, Any]) -> list[Part]:
    kind = item.get("type")
    if kind in ("text", "input_text", "output_text", "refusal"):
        return parts.text(item.get("text") or item.get("refusal"))
    if kind == "thinking":
        thoughts = item.get("thinking")
        said = [thoughts] if isinstance(thoughts, str) else [t.get("text") for t in items(thoughts)]
        return parts.flat(parts.reasoning(one) for one in said)
    if kind in ("image_url", "input_image"):
        url = item.get("image_url")
        url = url.get("url") if isinstance(url, dict) else url
        return parts.media(url, "image") or parts.file(item.get("file_id"), "image")
    if kind == "input_audio":
        audio = fields(item.get("input_audio"))
        return parts.blob(f"audio/{audio.get('format')}", "audio", audio.get("data"))
    if kind in ("file", "input_file"):
        file = fields(item.get("file")) or item
        url = file.get("file_data") or file.get("file_url")
        return parts.file(file.get("file_id"), "document") or parts.media(url, "document")
    return [dict(item)] if isinstance(kind, str) else []


def tools(body: Mapping[str, Any]) -> list[dict[str, Any]]:
    made = []
    for tool in items(body.get("tools")):
        named = fields(tool.get("function")) or tool
        if tool.get("type", "function") == "function":
            made.append(
                parts.function(named.get("name"), named.get("description"), named.get("parameters"))
            )
        else:
            made.append({"type": tool.get("type"), "name": tool.get("name") or tool.get("type")})
    return made
