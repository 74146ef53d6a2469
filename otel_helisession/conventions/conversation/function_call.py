"""Calls of functions, as decorators and frameworks write them: what went in, what came out.

Values are what JSON gave; nothing here raises, and what has no shape that is known is returned
as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from otel_helisession.conventions.attributes.values import text
from otel_helisession.conventions.conversation import langchain
from otel_helisession.conventions.parts import fields

_LISTS: Final = ("documents", "matches", "results", "output", "outputs", "result", "response")
"""Keys under which a retrieval's answer has its documents."""


def is_call(value: Mapping[str, Any]) -> bool:
    """Tell whether *value* is how decorators write the call of a function: args and kwargs."""
    return bool(value) and value.keys() <= {"args", "kwargs"}


def arguments(value: Any) -> Any:
    """Return the arguments of a tool, of what a decorator wrote of its call; else *value*."""
    if isinstance(value, dict) and is_call(value):
        given, named = value.get("args"), fields(value.get("kwargs"))
        return named if not given else given if not named else value
    return value


def result(value: Any) -> Any:
    """Return what a tool answered, of the object that a framework makes of it; else *value*."""
    if isinstance(value, dict) and "raw_output" in value and "tool_name" in value:  # LlamaIndex
        return value["raw_output"]
    return langchain.tool_result(value)


def query(value: Any) -> str | None:
    """Return the text that a retrieval looked for, of its arguments, whatever they are called."""
    value = arguments(value)
    if isinstance(value, list) and value:
        value = value[0]
    if isinstance(value, dict):
        inner = (value.get(name) for name in ("query_bundle", "query", "query_str", "question"))
        found = next((one for one in inner if one), None)
        if found is None and len(value) == 1:
            (found,) = value.values()
        return query(found) if isinstance(found, (str, dict)) else None
    return text(value)


def documents(value: Any) -> list[Any] | None:
    """Return the matches of a retrieval, with ``id``, ``score``, ``content`` and ``metadata``
    where a document says them; None when *value* is no list of documents."""
    if isinstance(value, dict):
        inner = (value.get(name) for name in _LISTS)
        value = next((one for one in inner if isinstance(one, list)), None)
    return None if not isinstance(value, list) else [_document(one) for one in value]


def _document(said: Any) -> Any:
    if isinstance(said, list) and len(said) == 2 and isinstance(said[0], dict):
        return {**_document(said[0]), "score": said[1]}  # LangChain's pair with a score
    if not isinstance(said, dict):
        return said
    said = fields(said.get("kwargs")) if said.get("type") == "constructor" else said
    if "page_content" not in said:
        return said
    extra = fields(said.get("metadata"))
    made = {
        "id": said.get("id"),
        "score": said.get("score", extra.get("score")),
        "content": said["page_content"],
        "metadata": extra or None,
    }
    return {name: one for name, one in made.items() if one is not None}
