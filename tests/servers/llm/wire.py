"""A wire: one provider's HTTP format, from the server's side."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Protocol

from otel_helisession.demo.script import Prompt, Reply

Body = Mapping[str, Any]


class Wire(Protocol):
    """What a wire offers. *path* is the request's, without its query; *key* 64 hex digits."""

    name: str

    def speaks(self, path: str) -> bool:
        """Tell whether a request to *path* is in this format."""

    def model(self, path: str, body: Body) -> str:
        """Return the model asked for."""

    def streams(self, path: str, body: Body) -> bool:
        """Tell whether the answer shall be a stream."""

    def prompt(self, path: str, body: Body) -> Prompt:
        """Return what is asked."""

    def answer(self, path: str, body: Body, reply: Reply, key: str) -> dict[str, Any]:
        """Return the answer in one piece."""

    def events(self, path: str, body: Body, reply: Reply, key: str) -> Iterator[str]:
        """Yield the server-sent events of a streamed answer, each a text with its blank line."""

    def counted(self, answer: Body) -> tuple[str, int | None, int | None]:
        """Return which model an answer says it is of, and its input and output tokens."""

    def error(self, status: int, message: str) -> dict[str, Any]:
        """Return the body of an error."""


def data(events: Iterable[Any]) -> Iterator[str]:
    """Yield server-sent events without a name; texts as they are, the rest as JSON."""
    for event in events:
        yield f"data: {event if isinstance(event, str) else json.dumps(event)}\n\n"


def named(events: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Yield server-sent events that are named by their ``type``."""
    for event in events:
        yield f"event: {event['type']}\ndata: {json.dumps(event)}\n\n"
