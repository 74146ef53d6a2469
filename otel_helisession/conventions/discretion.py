"""Discretion: what is left of a span, and of an Operation, when content is taken away.

Conventions declare what carries content. What nobody declares goes, too, when its name sounds
like it, when it is JSON or structured, or when it is longer than a name: an attribute of a
library that nobody here knows must not give away what the others keep. Error text is no content.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any, Final, Literal

from opentelemetry.sdk.trace import Event

from otel_helisession import semconv
from otel_helisession.conventions.attributes.values import Attributes, parsed
from otel_helisession.conventions.operation import Conversation, Operation
from otel_helisession.conventions.reader import CONVENTIONS

MAX_CHARS: Final = 256
"""Longest text of a name that nobody declares: model names, ids and paths are shorter."""

_MAX_PARAMETER_CHARS: Final = 64
_MAX_ITEMS: Final = 32

_Rule = Literal["gone", "plain", "parameters", "address", "open"]
"""``address``: loses its query. ``open``: depends on the value."""

_DECLARED: Final = tuple(convention.CONTENT for convention in CONVENTIONS)
_GONE: Final = frozenset().union(*(one.names for one in _DECLARED))
_GONE_PREFIXES: Final = tuple(prefix for one in _DECLARED for prefix in one.prefixes)
_PARAMETERS: Final = frozenset().union(*(one.parameters for one in _DECLARED))
_PLAIN: Final = frozenset().union(*(one.plain for one in _DECLARED))
_PLAIN_PREFIXES: Final = (
    *(prefix for one in _DECLARED for prefix in one.plain_prefixes),
    *("error.", "exception.", "helicone.session.", semconv.PROPERTY_PREFIX),
)
_EVENTS: Final = tuple(prefix for one in _DECLARED for prefix in one.events)
_ADDRESSES: Final = frozenset(
    {semconv.URL_FULL, semconv.HTTP_URL_OLD, "http.target", "url.original"}
)

_SOUNDS: Final = frozenset(
    {
        *("prompt", "prompts", "completion", "completions", "message", "messages", "content"),
        *("contents", "input", "inputs", "output", "outputs", "query", "queries", "question"),
        *("answer", "argument", "arguments", "args", "kwargs", "parameters", "result", "results"),
        *("request", "response", "body", "payload", "document", "documents", "text", "texts"),
        *("embedding", "embeddings", "vector", "vectors", "instruction", "instructions"),
        *("transcript", "summary", "data", "statement", "filter", "filters", "where", "expr"),
        *("schema", "tools", "context", "history", "template", "msg", "description", "value"),
    }
)
"""Last words of names that say that this is what somebody said, asked, found or handed over."""

_WORDS: Final = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[0-9]+")


def without_content(operation: Operation) -> Operation:
    """Return *operation* without messages, arguments, results, queries and data.

    Names, models, tokens, times and error text stay, and of the parameters numbers and words.
    """
    tool, vector, data = operation.tool, operation.vector, operation.data
    parameters = operation.parameters
    return replace(
        operation,
        conversation=Conversation(),
        parameters=parameters and _parameters(parameters),
        tool=tool and replace(tool, arguments=None, result=None),
        vector=vector and replace(vector, query=None, filter=None, matches=None),
        data=data and replace(data, value=None, result=None),
    )


def plain_attributes(attributes: Attributes) -> dict[str, Any]:
    """Return those of the *attributes* that carry no content. About 0.3 µs each."""
    made: dict[str, Any] = {}
    for name, value in attributes.items():
        if isinstance(value, (bool, int, float)):
            made[name] = value
            continue
        rule = _rule(name)
        if rule == "plain" or (rule == "open" and _is_short(value)):
            made[name] = value
        elif rule == "address" and isinstance(value, str):
            made[name] = re.split(r"[?#]", value, maxsplit=1)[0]
        elif rule == "parameters":
            kept = _parameters(parsed(value))
            if kept:
                made[name] = (
                    kept if isinstance(value, Mapping) else json.dumps(kept, separators=(",", ":"))
                )
    return made


def plain_events(events: Sequence[Event]) -> list[Event]:
    """Return the *events* without content; their names and times stay."""
    return [_event(event) for event in events]


def _event(event: Event) -> Event:
    attributes = event.attributes or {}
    if event.name == semconv.EXCEPTION_EVENT or not attributes:
        return event
    kept = {} if event.name.startswith(_EVENTS) else plain_attributes(attributes)
    return Event(event.name, kept, event.timestamp)


@lru_cache(maxsize=8_192)
def _rule(name: str) -> _Rule:
    if name in _PLAIN:
        return "plain"
    if name in _PARAMETERS:
        return "parameters"
    if name in _GONE or name.startswith(_GONE_PREFIXES):
        return "gone"
    if name.startswith(_PLAIN_PREFIXES):
        return "plain"
    if name in _ADDRESSES:
        return "address"
    words = _WORDS.findall(name.rpartition(".")[2])
    return "gone" if words and words[-1].lower() in _SOUNDS else "open"


def _is_short(value: Any) -> bool:
    """Tell whether *value* is a name, an id, or a few of them, and no JSON."""
    if isinstance(value, str):
        return len(value) <= MAX_CHARS and value.lstrip()[:1] not in ("{", "[")
    if isinstance(value, Sequence) and not isinstance(value, (bytes, bytearray)):
        return len(value) <= _MAX_ITEMS and all(
            isinstance(one, (bool, int, float)) or (isinstance(one, str) and _is_short(one))
            for one in value
        )
    return value is None


def _parameters(said: Any) -> dict[str, Any]:
    """Return the numbers and words among the entries of *said*."""
    if not isinstance(said, Mapping):
        return {}
    return {
        name: value
        for name, value in said.items()
        if value is None
        or isinstance(value, (bool, int, float))
        or (
            isinstance(value, str)
            and len(value) <= _MAX_PARAMETER_CHARS
            and " " not in value
            and isinstance(name, str)
            and _rule(name) == "open"
            and _is_short(value)
        )
    }
