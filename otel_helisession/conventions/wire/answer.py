"""What the answers of all formats say beside their content: model, usage, and what went wrong."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from otel_helisession import semconv
from otel_helisession.conventions.attributes.json_text import cut, json_text
from otel_helisession.conventions.attributes.values import text

MAX_ERROR_CHARS: Final = 2_000
"""Longest error message that is kept: it is read by people, in a list."""


def described(
    identifier: Any, model: Any, reasons: Iterable[str | None], usage: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the attributes of an answer: id, model, finish reasons and usage, where known."""
    found: dict[str, Any] = {
        semconv.RESPONSE_ID: text(identifier),
        semconv.RESPONSE_MODEL: text(model),
        semconv.FINISH_REASONS: tuple(reason for reason in reasons if reason) or None,
        **usage,
    }
    return {key: value for key, value in found.items() if value is not None}


def error_of(body: Mapping[str, Any], failed: bool) -> tuple[str, str] | None:
    """Return type and message of the error that a response body reports; None without one.

    Understands ``{"error": {"type", "message"}}`` (OpenAI, Anthropic, and with ``status`` or
    ``code`` for the type Google), Qdrant's ``{"status": {"error"}}``, GraphQL's
    ``{"errors": [{"message"}]}``, and what proxies say: ``{"error": "..."}``,
    ``{"detail": ...}``, ``{"message": ...}``.

    Args:
        body: The body, parsed.
        failed: Whether its status says so too; only then is just any message an error's.
    """
    status = body.get("status")
    error = body.get("error") or (status.get("error") if isinstance(status, dict) else None)
    errors = body.get("errors")
    if not error and isinstance(errors, list) and errors:
        error = errors[0]
    if isinstance(error, list) and error:
        error = error[0]
    if failed and (not error or (isinstance(error, str) and text(body.get("message")))):
        named = error  # Chroma says {"error": type, "message"}
        error = body.get("detail") or body.get("message") or body.get("Message")
        if isinstance(named, str):
            return named, _message(error)
    if not error:
        return None
    if not isinstance(error, dict):
        return "error", _message(error)
    kinds = (error.get("type"), error.get("status"), error.get("code"))
    kind = next((kind for kind in kinds if isinstance(kind, str) and kind), "error")
    return kind, _message(error.get("message") or error)


def _message(said: Any) -> str:
    return cut(said if isinstance(said, str) else json_text(said), MAX_ERROR_CHARS)
