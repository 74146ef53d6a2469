"""Providers: one word for each, the GenAI conventions', whatever a library wrote."""

from __future__ import annotations

from typing import Any, Final

from otel_helisession.conventions.attributes.values import text

_TODAY: Final = {
    "aws": "aws.bedrock",
    "bedrock": "aws.bedrock",
    "az.ai.inference": "azure.ai.inference",
    "az.ai.openai": "azure.ai.openai",
    "azure": "azure.ai.openai",
    "azure_openai": "azure.ai.openai",
    "gemini": "gcp.gemini",
    "google": "gcp.gen_ai",
    "mistral": "mistral_ai",
    "mistralai": "mistral_ai",
    "vertex_ai": "gcp.vertex_ai",
    "vertexai": "gcp.vertex_ai",
    "watsonx": "ibm.watsonx.ai",
    "xai": "x_ai",
}
"""Former names in ``gen_ai.system``, and what libraries wrote there in their own spelling."""


_FRAMEWORKS: Final = frozenset({"strands-agents", "gcp.vertex.agent"})
"""What writes its own name where the provider's belongs."""


def provider(*said: Any) -> str | None:
    """Return the first of *said* that names a provider, as today's conventions spell it."""
    for one in said:
        name = text(one)
        if name is not None and name not in _FRAMEWORKS:
            word = name.lower()
            return _TODAY.get(word, word)
    return None
