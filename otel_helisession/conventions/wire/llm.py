"""A call of a model over HTTP: what its two bodies say, in one provider's format."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from re import Pattern
from typing import Any, Final, Protocol

from otel_helisession import semconv
from otel_helisession.conventions.attributes.json_text import json_text
from otel_helisession.conventions.operation import Kind
from otel_helisession.conventions.wire.call import Body, Place
from otel_helisession.conventions.wire.hosts import provider

MAX_REQUEST_BYTES: Final = 32 * 1024 * 1024
"""Longest request that is parsed: the most that a provider accepts (Anthropic, 32 MB)."""


class Format(Protocol):
    """What a module of an LLM format offers.

    Attributes:
        PROVIDER: Whose format it is, in the word of ``gen_ai.provider.name``.
        TELLING: Finds the events of a stream that say more than content.
    """

    @property
    def PROVIDER(self) -> str: ...

    @property
    def TELLING(self) -> Pattern[bytes]: ...

    def request(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """Return the attributes of a request body, without content."""

    def response(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """Return the attributes of a response body, without content."""

    def whole(self, events: Iterable[Body]) -> Body:
        """Return the response body that the events of a stream add up to."""

    def asked(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """Return the content of a request body by attribute, not yet as JSON text."""

    def answered(self, body: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Return the messages of a response body."""


@dataclass(frozen=True, slots=True)
class LLMWire:
    """One kind of call in one format.

    Attributes:
        format: Reads its bodies.
        operation: What is asked for, in GenAI's word: ``chat``.
        is_spoken: Whether a request body is of this kind.
        streams: Whether its path alone says that the answer is a stream.
    """

    format: Format
    operation: str
    is_spoken: Callable[[Body], bool]
    streams: bool = False

    @property
    def kind(self) -> Kind:
        return "llm"

    @property
    def name(self) -> str:
        return self.format.PROVIDER

    def longest_request(self, place: Place) -> int:
        return MAX_REQUEST_BYTES

    def speaks(self, body: Body) -> bool:
        return self.is_spoken(body)

    def describe(self, body: Body, place: Place) -> dict[str, Any]:
        """Operation, provider, model and parameters; a model in the path fills in."""
        found = {
            semconv.OPERATION_NAME: self.operation,
            semconv.PROVIDER_NAME: provider(place.host) or self.name,
            **self.format.request(body),
        }
        if self.streams:
            found[semconv.REQUEST_STREAM] = True
        if semconv.REQUEST_MODEL not in found and place.words.get("model"):
            found[semconv.REQUEST_MODEL] = place.words["model"]
        return found

    def span_name(self, attributes: Mapping[str, Any]) -> str:
        return f"{self.operation} {attributes.get(semconv.REQUEST_MODEL, '')}".rstrip()

    def asked_content(self, body: Body) -> dict[str, str]:
        said = self.format.asked(body)
        return {name: json_text(value) for name, value in said.items() if value}

    def telling(self, capture_content: bool) -> Pattern[bytes] | None:
        return None if capture_content else self.format.TELLING

    def whole(self, events: Iterable[Body]) -> Body:
        return self.format.whole(events)

    def answered(self, body: Body) -> dict[str, Any]:
        return self.format.response(body)

    def answered_content(self, body: Body) -> dict[str, str]:
        messages = self.format.answered(body)
        return {semconv.OUTPUT_MESSAGES: json_text(messages)} if messages else {}
