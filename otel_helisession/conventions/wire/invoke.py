"""Bodies of Bedrock's InvokeModel: each model family's own, told apart by their look.

Anthropic's and Nova's are read whole. Of other families' the model is known, which stands in
the URL, and what Titan's embeddings and Llama say of tokens.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import Any, Final

from otel_helisession import semconv
from otel_helisession.conventions.attributes.values import integer
from otel_helisession.conventions.parts import Message
from otel_helisession.conventions.wire import anthropic, bedrock

PROVIDER: Final = bedrock.PROVIDER
TELLING: Final = bedrock.TELLING

_INPUT: Final = ("inputTextTokenCount", "prompt_token_count")
_OUTPUT: Final = "generation_token_count"


def request(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters of a request."""
    return {**anthropic.request(body), **bedrock.request(body)}


def response(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return model, id, finish reason and usage of a response, as far as its family says."""
    counted = {
        semconv.INPUT_TOKENS: next((n for k in _INPUT if (n := integer(body.get(k)))), None),
        semconv.OUTPUT_TOKENS: integer(body.get(_OUTPUT)),
    }
    known = {key: count for key, count in counted.items() if count is not None}
    return {**known, **_family(body).response(body)}


def whole(events: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Return the response that the events of a stream add up to."""
    rest: Iterator[dict[str, Any]] = iter(events)
    first = next(rest, None)
    if first is None:
        return {}
    family: Any = anthropic if "type" in first or "error" in first else bedrock
    body: dict[str, Any] = family.whole(chain([first], rest))
    return body


def asked(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return the content of a request."""
    family: Any = bedrock if "inferenceConfig" in body else anthropic
    said: dict[str, Any] = family.asked(body)
    return said


def answered(body: Mapping[str, Any]) -> list[Message]:
    """Return what the model said as one message."""
    said: list[Message] = _family(body).answered(body)
    return said


def _family(body: Mapping[str, Any]) -> Any:
    return bedrock if "output" in body or "stopReason" in body else anthropic
