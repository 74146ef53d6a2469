"""An LLM call: whose prices and which shape Helicone shall apply to it."""

from __future__ import annotations

from otel_helisession.conventions.operation import Operation
from otel_helisession.exporters.helicone.endpoint import Provider
from otel_helisession.exporters.helicone.exchanges import anthropic, chat, embeddings
from otel_helisession.exporters.helicone.exchanges.exchange import Exchange


def provider_of(operation: Operation) -> Provider:
    """Return under which provider Helicone counts *operation* right.

    OPENAI and ANTHROPIC have prices and lose no tokens. Everything else is CUSTOM, in
    chat-completions shape: the other shapes lose tokens, and some prices are wrong. So is an
    Anthropic call whose cost we know, because ANTHROPIC would ignore it.
    """
    if operation.kind != "llm":
        return "CUSTOM"
    if operation.provider == "openai":
        return "OPENAI"
    if operation.provider == "anthropic" and not operation.usage.cost_usd:
        return "ANTHROPIC"
    return "CUSTOM"


def exchange(operation: Operation, provider: Provider) -> Exchange:
    """Return the log of an LLM call under *provider*."""
    if operation.name == "embeddings":
        return embeddings.exchange(operation, provider)
    if provider == "ANTHROPIC":
        return anthropic.exchange(operation)
    return chat.exchange(operation, provider)
