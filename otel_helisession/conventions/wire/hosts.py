"""Who answers at a host: providers in the words of ``gen_ai.provider.name``, and databases."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_PROVIDERS: Final = {
    "api.openai.com": "openai",
    "api.anthropic.com": "anthropic",
    "api.mistral.ai": "mistral_ai",
    "codestral.mistral.ai": "mistral_ai",
    "api.groq.com": "groq",
    "api.deepseek.com": "deepseek",
    "api.x.ai": "x_ai",
    "api.perplexity.ai": "perplexity",
    "api.cohere.com": "cohere",
    "api.cohere.ai": "cohere",
    "api.together.xyz": "together_ai",
    "api.fireworks.ai": "fireworks_ai",
    "api.cerebras.ai": "cerebras",
    "api.moonshot.ai": "moonshot_ai",
    "openrouter.ai": "openrouter",
    "generativelanguage.googleapis.com": "gcp.gemini",
    "aiplatform.googleapis.com": "gcp.vertex_ai",
    # Helicone's gateways, one a provider.
    "oai.helicone.ai": "openai",
    "oai.hconeai.com": "openai",
    "anthropic.helicone.ai": "anthropic",
    "groq.helicone.ai": "groq",
    "deepseek.helicone.ai": "deepseek",
    "openrouter.helicone.ai": "openrouter",
}
_PROVIDERS_BELOW: Final = {
    ".openai.azure.com": "azure.ai.openai",
    ".cognitiveservices.azure.com": "azure.ai.openai",
    ".services.ai.azure.com": "azure.ai.inference",
    ".api.openai.com": "openai",
    "-aiplatform.googleapis.com": "gcp.vertex_ai",
}
_BEDROCK: Final = ("bedrock-runtime.", "bedrock-runtime-fips.", "bedrock-mantle.")
_DATABASES_BELOW: Final = {
    ".pinecone.io": "pinecone",
    ".qdrant.io": "qdrant",
    ".qdrant.tech": "qdrant",
    ".weaviate.network": "weaviate",
    ".weaviate.cloud": "weaviate",
    ".weaviate.io": "weaviate",
    ".trychroma.com": "chroma",
}


def provider(host: str) -> str | None:
    """Return the LLM provider at *host*, given in lower case; None for one we do not know."""
    if host.startswith(_BEDROCK) or (host.startswith("vpce-") and ".bedrock-runtime." in host):
        return "aws.bedrock"
    return _PROVIDERS.get(host) or _below(host, _PROVIDERS_BELOW)


def database(host: str) -> str | None:
    """Return the vector database at *host*, given in lower case; None for one we do not know."""
    return _below(host, _DATABASES_BELOW)


def _below(host: str, known: Mapping[str, str]) -> str | None:
    return next((name for suffix, name in known.items() if host.endswith(suffix)), None)
