"""What the log of a model's call says, in whatever provider's format its bodies are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from otel_helisession import semconv
from otel_helisession.conventions.conversation import chat
from otel_helisession.conventions.wire import framing, hosts
from otel_helisession.conventions.wire.call import Wire
from otel_helisession.conventions.wire.endpoints import Found, find
from otel_helisession.intake.helicone_log import HeliconeLog
from otel_helisession.sessions.text import decode

_PROVIDERS: Final = {
    "OPENAI": "openai",
    "ANTHROPIC": "anthropic",
    "AZURE": "azure.ai.openai",
    "GOOGLE": "gcp.gemini",
    "AWS": "aws.bedrock",
    "BEDROCK": "aws.bedrock",
    "GROQ": "groq",
    "MISTRAL": "mistral_ai",
    "COHERE": "cohere",
    "DEEPSEEK": "deepseek",
    "X": "x_ai",
    "TOGETHER": "together_ai",
    "FIREWORKS": "fireworks_ai",
    "PERPLEXITY": "perplexity",
    "OPENROUTER": "openrouter",
    "CEREBRAS": "cerebras",
}
"""Helicone's words for providers, and the GenAI conventions'."""

_NATIVE: Final = frozenset({"anthropic", "gcp.gemini", "aws.bedrock", "cohere"})
"""Formats that only their owners' models answer in."""

_ADDRESSES: Final = (
    ("contents", "generativelanguage.googleapis.com", "/v1beta/models/unknown:generateContent"),
    ("messages", "api.openai.com", "/v1/chat/completions"),
    ("prompt", "api.openai.com", "/v1/completions"),
    ("input", "api.openai.com", "/v1/embeddings"),
)
"""Where a request that names no address would go, by what stands in it."""


def describe(log: HeliconeLog) -> tuple[str, dict[str, Any]]:
    """Return the name and the attributes of the span of *log*."""
    found = _found(log)
    attributes = _loose(log) if found is None else _strict(log, found)
    provider = _PROVIDERS.get(log.provider) or hosts.provider(_address(log.url)[0])
    if provider is not None:
        attributes[semconv.PROVIDER_NAME] = provider
    elif attributes.get(semconv.PROVIDER_NAME) not in _NATIVE:
        attributes.pop(semconv.PROVIDER_NAME, None)  # a format that everybody speaks
    model = decode(log.header(semconv.MODEL_OVERRIDE_HEADER))
    if model:
        attributes[semconv.RESPONSE_MODEL] = model
        attributes.setdefault(semconv.REQUEST_MODEL, model)
    if attributes.get(semconv.REQUEST_MODEL) == "unknown":
        del attributes[semconv.REQUEST_MODEL]
    shown = attributes.get(semconv.REQUEST_MODEL) or attributes.get(semconv.RESPONSE_MODEL, "")
    return f"{attributes[semconv.OPERATION_NAME]} {shown}".rstrip(), attributes


def _found(log: HeliconeLog) -> Found | None:
    """Return in which format the bodies are; None when it is none that is known."""
    places = [_address(log.url)]
    if log.provider == "ANTHROPIC" or log.response.get("type") == "message":
        places.append(("api.anthropic.com", "/v1/messages"))
    places += [(host, path) for name, host, path in _ADDRESSES if name in log.request]
    for host, path in places:
        found = find("POST", host, path, {})
        if found is not None and found.wire.kind == "llm" and found.wire.speaks(dict(log.request)):
            return found
    return None


def _strict(log: HeliconeLog, found: Found) -> dict[str, Any]:
    wire, request = found.wire, dict(log.request)
    answer = _answer(log, wire)
    made = {**wire.describe(request, found.place), **wire.asked_content(request)}
    made.update(wire.answered(answer))
    content = wire.answered_content(answer)
    if log.text and not content:
        content = chat.answered(log.text)
    made.update(content)
    return made


def _answer(log: HeliconeLog, wire: Wire) -> dict[str, Any]:
    """Return the answer; a stream that was logged as text is put together."""
    if not log.text:
        return dict(log.response)
    content = log.text.encode("utf-8", "replace")
    if framing.is_stream("", content[:64], True):
        return wire.whole(framing.events("", content, None))
    return {}


def _loose(log: HeliconeLog) -> dict[str, Any]:
    """Return what can be made out of bodies in nobody's format."""
    request, response = log.request, log.response
    said = next(
        (request[name] for name in ("messages", "prompt", "input") if name in request), None
    )
    made: dict[str, Any] = {
        semconv.OPERATION_NAME: "chat",
        semconv.REQUEST_MODEL: _model(request),
        semconv.RESPONSE_MODEL: _model(response),
        **chat.asked(said if said is not None else _rest(request)),
    }
    made.update(chat.answered(log.text or _rest(response)))
    return {name: value for name, value in made.items() if value is not None}


def _rest(body: Mapping[str, Any]) -> Any:
    return dict(body) or None


def _model(body: Mapping[str, Any]) -> str | None:
    model = body.get("model")
    return model if isinstance(model, str) and model else None


def _address(url: str) -> tuple[str, str]:
    """Return host and path; both empty where *url* is another text, which it may be."""
    try:
        parts = urlsplit(url if "://" in url else "")
        return parts.hostname or "", parts.path.rstrip("/")
    except ValueError:
        return "", ""
