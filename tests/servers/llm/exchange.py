"""One request and what it was answered: what a span of it should say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Exchange:
    """What one call of a model was asked and answered.

    Attributes:
        wire: ``chat``, ``embeddings``, ``messages``, ``responses``, ``gemini``, ``cohere``.
        request_model: The model asked for.
        response_model: The model that answered; empty when it failed.
        question: The last thing that the user said, or the first text to embed.
        text: What the model said.
        tools: The names of the tools that it called.
        input_tokens: As the answer counts them; None when it does not.
        output_tokens: Likewise.
        streamed: Whether the answer was a stream.
        status: The HTTP status.
    """

    wire: str
    request_model: str
    response_model: str = ""
    question: str = ""
    text: str = ""
    tools: tuple[str, ...] = ()
    input_tokens: int | None = None
    output_tokens: int | None = None
    streamed: bool = False
    status: int = 200

    @property
    def embeds(self) -> bool:
        """Whether it made embeddings and said nothing."""
        return self.wire.endswith("embeddings")

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Exchange:
        """Return the exchange that ``dataclasses.asdict`` made *value* of."""
        return cls(**{**value, "tools": tuple(value["tools"])})
