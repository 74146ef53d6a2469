"""Gemini's wire format, of the Gemini API and of Vertex AI: content, and embeddings.

https://ai.google.dev/api/generate-content. Pure functions from JSON bodies to attributes;
anything may be missing or of another type. The model stands in the URL.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, Final

from otel_helisession import semconv
from otel_helisession.conventions import parts
from otel_helisession.conventions.attributes.values import decimal, integer, text, texts
from otel_helisession.conventions.parts import Message, Part, fields, items
from otel_helisession.conventions.wire.answer import described

PROVIDER: Final = "gcp.gemini"
TELLING: Final = re.compile(rb'"finishReason"|"usageMetadata"|"error"|"promptFeedback"')

_REASONS: Final = {
    "STOP": "stop",
    "MAX_TOKENS": "length",
    "SAFETY": "content_filter",
    "RECITATION": "content_filter",
    "BLOCKLIST": "content_filter",
    "PROHIBITED_CONTENT": "content_filter",
    "SPII": "content_filter",
    "IMAGE_SAFETY": "content_filter",
    "MALFORMED_FUNCTION_CALL": "error",
}
"""GenAI's words for Gemini's; any other is kept in lower case."""

_NUMBERS: Final = {
    "temperature": semconv.REQUEST_TEMPERATURE,
    "topP": semconv.REQUEST_TOP_P,
    "presencePenalty": semconv.REQUEST_PRESENCE_PENALTY,
    "frequencyPenalty": semconv.REQUEST_FREQUENCY_PENALTY,
}
_COUNTS: Final = {
    "topK": semconv.REQUEST_TOP_K,
    "maxOutputTokens": semconv.REQUEST_MAX_TOKENS,
    "candidateCount": semconv.REQUEST_CHOICE_COUNT,
    "seed": semconv.REQUEST_SEED,
}


def _get(said: Mapping[str, Any], name: str) -> Any:
    """Return an entry, named ``likeThis`` or ``like_this``: Google takes both, and mixes them."""
    found = said.get(name)
    return said.get(_snake(name)) if found is None else found


@cache
def _snake(name: str) -> str:
    return re.sub(r"([A-Z])", r"_\1", name).lower()


def request(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters of a request."""
    given = fields(_get(body, "generationConfig"))
    found: dict[str, Any] = {}
    for names, read in ((_NUMBERS, decimal), (_COUNTS, integer)):
        for name, key in names.items():
            found[key] = read(_get(given, name))
    found[semconv.REQUEST_STOP] = texts(_get(given, "stopSequences")) or None
    thinking = _get(fields(_get(given, "thinkingConfig")), "thinkingLevel")
    found[semconv.REQUEST_REASONING_LEVEL] = (text(thinking) or "").lower() or None
    return {key: value for key, value in found.items() if value is not None}


def response(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return model, id, finish reasons and usage of a response."""
    reasons = [_reason(candidate) for candidate in items(body.get("candidates"))]
    if not reasons and _get(fields(_get(body, "promptFeedback")), "blockReason"):
        reasons = ["content_filter"]
    used = _usage(fields(_get(body, "usageMetadata")))
    return described(_get(body, "responseId"), _get(body, "modelVersion"), reasons, used)


def _reason(candidate: Mapping[str, Any]) -> str | None:
    reason = text(_get(candidate, "finishReason"))
    return _REASONS.get(reason, reason.lower()) if reason else None


def _usage(said: Mapping[str, Any]) -> dict[str, Any]:
    """Return tokens. Thoughts are counted apart from the answer, and both are output; what
    tools fetched for the prompt is counted apart from it, and both are input."""
    thoughts = integer(_get(said, "thoughtsTokenCount"))
    return {
        semconv.INPUT_TOKENS: _sum(said, "promptTokenCount", "toolUsePromptTokenCount"),
        semconv.OUTPUT_TOKENS: _sum(said, "candidatesTokenCount", "thoughtsTokenCount"),
        semconv.CACHE_READ_TOKENS: integer(_get(said, "cachedContentTokenCount")) or None,
        semconv.REASONING_TOKENS: thoughts or None,
    }


def _sum(said: Mapping[str, Any], *names: str) -> int | None:
    counted = [count for name in names if (count := integer(_get(said, name))) is not None]
    return sum(counted) if counted else None


def whole(events: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Return the response that the pieces of a stream add up to."""
    body: dict[str, Any] = {}
    candidates: dict[int, dict[str, Any]] = {}
    for event in events:
        for name in ("responseId", "modelVersion", "usageMetadata", "promptFeedback", "error"):
            if event.get(name):
                body[name] = event[name]
        for piece in items(event.get("candidates")):
            index = integer(piece.get("index")) or 0
            known = candidates.setdefault(index, {"content": {"role": "model", "parts": []}})
            if piece.get("finishReason"):
                known["finishReason"] = piece["finishReason"]
            for part in items(fields(piece.get("content")).get("parts")):
                _add(known["content"]["parts"], part)
    if candidates:
        body["candidates"] = [candidates[index] for index in sorted(candidates)]
    return body


def _add(known: list[dict[str, Any]], part: dict[str, Any]) -> None:
    """Add a piece; text continues the text before it, if both or neither are thoughts."""
    last = known[-1] if known else {}
    if (
        isinstance(part.get("text"), str)
        and isinstance(last.get("text"), list)
        and bool(last.get("thought")) == bool(part.get("thought"))
    ):
        last["text"].append(part["text"])
    elif isinstance(part.get("text"), str):
        known.append({**part, "text": [part["text"]]})
    else:
        known.append(part)


def asked(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return the content of a request."""
    contents = items(body.get("contents")) or items([body.get("content")])
    for one in items(body.get("requests")):  # batchEmbedContents
        contents += items([one.get("content")])
    system = fields(_get(body, "systemInstruction"))
    declared = [
        parts.function(
            one.get("name"),
            one.get("description"),
            one.get("parameters") or _get(one, "parametersJsonSchema"),
        )
        for tool in items(body.get("tools"))
        for one in items(_get(tool, "functionDeclarations"))
    ]
    return {
        semconv.INPUT_MESSAGES: [_message(content, "user") for content in contents],
        semconv.SYSTEM_INSTRUCTIONS: _parts(system),
        semconv.TOOL_DEFINITIONS: declared,
    }


def answered(body: Mapping[str, Any]) -> list[Message]:
    """Return the output messages of a response, one a candidate."""
    return [
        {**made, "finish_reason": reason} if (reason := _reason(candidate)) else made
        for candidate in items(body.get("candidates"))
        for made in [_message(fields(candidate.get("content")), "assistant")]
    ]


def _message(content: Mapping[str, Any], role: str) -> Message:
    said = text(content.get("role")) or role
    return parts.message("assistant" if said == "model" else said, _parts(content))


def _parts(content: Mapping[str, Any]) -> list[Part]:
    return [part(one) for one in items(content.get("parts"))]


def part(said: Mapping[str, Any]) -> Part:
    """Return one part, which says by its key what it is."""
    words = said.get("text")
    if isinstance(words, list):
        words = "".join(texts(words))
    if isinstance(words, str):
        return {"type": "reasoning" if said.get("thought") is True else "text", "content": words}
    call = fields(_get(said, "functionCall"))
    if call:
        return parts.tool_call(call.get("id"), call.get("name"), call.get("args"))
    result = fields(_get(said, "functionResponse"))
    if result:
        return parts.tool_result(result.get("id") or result.get("name"), result.get("response"))
    return _media(said)


def _media(said: Mapping[str, Any]) -> Part:
    inline = fields(_get(said, "inlineData"))
    mime = text(_get(inline, "mimeType"))
    made = parts.blob(mime, _modality(mime), inline.get("data"))
    file = fields(_get(said, "fileData"))
    if not made and file:
        mime = text(_get(file, "mimeType"))
        made = parts.media(_get(file, "fileUri"), _modality(mime))
    return made[0] if made else {"type": "data", "content": dict(said)}


def _modality(mime: str | None) -> str:
    return (mime or "").partition("/")[0]
