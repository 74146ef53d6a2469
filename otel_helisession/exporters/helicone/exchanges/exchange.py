"""What one log says: a request as Helicone's mappers read it, and what was answered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

NO_PATH: Final = "custom-model-nopath"
"""The URL of a request that went to no provider that Helicone knows."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request and its answer.

    Attributes:
        request: The request's JSON.
        response: The answer's JSON. Never with a ``metadata`` key, which Helicone takes for
            an assistant's run, and never with ``"error": null``, which it takes for an error.
        url: Where the provider would have been called; selects Helicone's mapper.
        model: What Helicone shall take for the model in any case; None where the bodies say.
    """

    request: dict[str, Any]
    response: dict[str, Any]
    url: str = NO_PATH
    model: str | None = None
