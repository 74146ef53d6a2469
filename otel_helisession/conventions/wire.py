"""The wire formats of LLM calls: which one a request speaks, and what its bodies say.

For calls that no instrumentation covers. A wire turns JSON bodies into span attributes of
the GenAI conventions; it trusts no type, because servers and proxies vary.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from re import Pattern
from typing import Any, Final

from otel_helisession import semconv
from otel_helisession.conventions import wire_anthropic, wire_openai, wire_responses
from otel_helisession.conventions.json_text import cut, json_text

Body = dict[str, Any]

MAX_ERROR_CHARS: Final = 2_000
"""Longest error message that is kept: it is read by people, in a list."""


@dataclass(frozen=True, slots=True)
class Wire:
    """One kind of call in one wire format.

    Attributes:
        name: Whose format: ``openai``, ``anthropic``.
        operation: The operation in GenAI's word: ``chat``.
        speaks: Whether a request body is of this kind.
        request: Request body to attributes, without content.
        response: Response body to attributes, without content.
        whole: The events of a stream to the response body that they add up to.
        telling: Finds the events that say more than content.
        asked: Request body to content attributes, not yet JSON text.
        answered: Response body to output messages.
    """

    name: str
    operation: str
    speaks: Callable[[Body], bool]
    request: Callable[[Body], dict[str, Any]]
    response: Callable[[Body], dict[str, Any]]
    whole: Callable[[Iterable[Body]], Body]
    telling: Pattern[bytes]
    asked: Callable[[Body], dict[str, Any]]
    answered: Callable[[Body], list[dict[str, Any]]]

    def input_content(self, body: Body) -> dict[str, str]:
        """Return the content attributes of a request: messages, instructions, tools."""
        return {name: json_text(value) for name, value in self.asked(body).items() if value}

    def output_content(self, body: Body) -> dict[str, str]:
        """Return the content attributes of a response: messages."""
        messages = self.answered(body)
        return {semconv.OUTPUT_MESSAGES: json_text(messages)} if messages else {}


_CHAT: Final = Wire(
    "openai",
    "chat",
    lambda body: "messages" in body,
    wire_openai.request,
    wire_openai.response,
    wire_openai.whole,
    wire_openai.TELLING,
    wire_openai.asked,
    wire_openai.answered,
)
_COMPLETION: Final = Wire(
    "openai",
    "text_completion",
    lambda body: "prompt" in body,
    wire_openai.request,
    wire_openai.response,
    wire_openai.whole,
    wire_openai.TELLING,
    wire_openai.asked,
    wire_openai.answered,
)
_EMBEDDINGS: Final = Wire(
    "openai",
    "embeddings",
    lambda body: "input" in body,
    wire_openai.request,
    wire_openai.response,
    wire_openai.whole,
    wire_openai.TELLING,
    wire_openai.asked_embeddings,
    lambda body: [],
)
_RESPONSES: Final = Wire(
    "openai",
    "chat",
    lambda body: "model" in body and ("input" in body or "prompt" in body),
    wire_responses.request,
    wire_responses.response,
    wire_responses.whole,
    wire_responses.TELLING,
    wire_responses.asked,
    wire_responses.answered,
)
_MESSAGES: Final = Wire(
    "anthropic",
    "chat",
    lambda body: "messages" in body and "model" in body,
    wire_anthropic.request,
    wire_anthropic.response,
    wire_anthropic.whole,
    wire_anthropic.TELLING,
    wire_anthropic.asked,
    wire_anthropic.answered,
)

_WIRES: Final = {
    "/chat/completions": _CHAT,
    "/completions": _COMPLETION,
    "/embeddings": _EMBEDDINGS,
    "/responses": _RESPONSES,
    "/messages": _MESSAGES,
}
ENDINGS: Final = tuple(_WIRES)
"""How the paths of LLM calls end."""


def find(path: str, headers: Mapping[str, str]) -> Wire | None:
    """Return the wire that a POST to *path* may speak; its body decides (``Wire.speaks``).

    Args:
        path: The URL's path, without a trailing slash.
        headers: The request's, with names in any case if the mapping does not mind.
    """
    found = next((wire for ending, wire in _WIRES.items() if path.endswith(ending)), None)
    if found is not _MESSAGES or path.endswith("/v1/messages") or "anthropic-version" in headers:
        return found
    return None


def error_of(body: Mapping[str, Any], failed: bool) -> tuple[str, str] | None:
    """Return type and message of the error that a response body reports; None without one.

    Understands OpenAI's and Anthropic's ``{"error": {"type", "message"}}``, and what proxies
    say: ``{"error": "..."}``, ``{"detail": ...}``, ``{"message": ...}``.

    Args:
        body: The body, parsed.
        failed: Whether its status says so too; only then is just any message an error's.
    """
    error = body.get("error")
    if not error and failed:
        error = body.get("detail") or body.get("message")
    if not error:
        return None
    kind, message = "error", error
    if isinstance(error, dict):
        named = error.get("type") or error.get("code")
        kind = named if isinstance(named, str) else kind
        message = error.get("message") or error
    return kind, cut(message if isinstance(message, str) else json_text(message), MAX_ERROR_CHARS)
