"""Who answers at a host, in the words of ``gen_ai.provider.name``."""

from __future__ import annotations

from typing import Final

_HOSTS: Final = {
    "api.openai.com": "openai",
    "api.anthropic.com": "anthropic",
    "api.mistral.ai": "mistral_ai",
    "api.groq.com": "groq",
    "api.deepseek.com": "deepseek",
    "api.x.ai": "x_ai",
    "api.perplexity.ai": "perplexity",
    "api.cohere.com": "cohere",
    "api.cohere.ai": "cohere",
    "api.together.xyz": "together_ai",
    "api.fireworks.ai": "fireworks_ai",
    "api.cerebras.ai": "cerebras",
    "openrouter.ai": "openrouter",
    "generativelanguage.googleapis.com": "gcp.gemini",
    # Helicone's gateways, one a provider.
    "oai.helicone.ai": "openai",
    "oai.hconeai.com": "openai",
    "anthropic.helicone.ai": "anthropic",
    "groq.helicone.ai": "groq",
    "deepseek.helicone.ai": "deepseek",
    "openrouter.helicone.ai": "openrouter",
}
_SUFFIXES: Final = {
    ".openai.azure.com": "azure.ai.openai",
    ".cognitiveservices.azure.com": "azure.ai.openai",
    ".services.ai.azure.com": "azure.ai.inference",
    ".api.openai.com": "openai",
    "-aiplatform.googleapis.com": "gcp.vertex_ai",
    ".amazonaws.com": "aws.bedrock",
}


def provider(host: str) -> str | None:
    """Return the provider at *host*, given in lower case; None for one we do not know."""
    known = _HOSTS.get(host)
    if known is not None:
        return known
    return next((name for suffix, name in _SUFFIXES.items() if host.endswith(suffix)), None)
