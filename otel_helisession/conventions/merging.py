"""Several conventions on one span: the first says what it is, the others fill what it left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from typing import Any, Final

from otel_helisession.conventions.operation import (
    Conversation,
    Operation,
    ToolCall,
    Usage,
    VectorQuery,
    changed,
)

_WHOLE: Final = (
    "provider",
    "request_model",
    "response_model",
    "response_id",
    "finish_reasons",
    "service_tier",
    "streaming",
    "time_to_first_token_ms",
    "parameters",
    "tool",
    "vector",
    "data",
)
"""Fields that are taken as they are from the first that has them."""

_FIELDS: Final[Mapping[type[Any], tuple[str, ...]]] = {
    of: tuple(field.name for field in fields(of))
    for of in (Usage, Conversation, ToolCall, VectorQuery)
}
_USUAL: Final = frozenset({str, tuple, list, dict})
_NUMBERS: Final = frozenset({bool, int, float})

_PARTED: Final = ("usage", "conversation", "tool", "vector")
"""Fields whose own fields are filled one by one."""


def merged(operations: Sequence[Operation]) -> Operation:
    """Return one Operation of what several conventions say of one span.

    Args:
        operations: In the order of precedence, at least one.

    Returns:
        The first, with each field that it leaves empty taken from the next that has it and
        noted in ``provenance``. Kind, name and segment are the first's alone: half of one
        convention's view of a path and half of another's would be nobody's. What belongs to
        another kind (a tool on an ``llm`` span) is not taken.
    """
    first = operations[0]
    changes: dict[str, Any] = {}
    provenance: dict[str, str] = {}
    for other in operations[1:]:
        if other.kind != first.kind and "structure" not in (other.kind, first.kind):
            continue
        for name in _WHOLE:
            mine, theirs = changes.get(name, getattr(first, name)), getattr(other, name)
            if _says_nothing(mine) and not _says_nothing(theirs) and _belongs(name, first):
                changes[name] = theirs
                provenance[name] = other.convention
        for name in _PARTED:
            mine, theirs = changes.get(name, getattr(first, name)), getattr(other, name)
            known = mine is not None and theirs is not None and provenance.get(name) is None
            if known and _belongs(name, first):
                filled = _filled(mine, theirs)
                if filled:
                    changes[name] = replace(mine, **filled)
                    provenance.update({f"{name}.{part}": other.convention for part in filled})
    return changed(first, **changes, provenance=provenance) if changes else first


def _belongs(name: str, first: Operation) -> bool:
    """Tell whether a field that not every kind has belongs to *first*'s kind."""
    if name == "conversation":
        return first.kind in ("llm", "structure")
    kind = {"tool": "tool", "vector": "vector_db", "data": "data"}.get(name)
    return kind is None or kind == first.kind


def _filled(mine: Any, theirs: Any) -> Mapping[str, Any]:
    return {
        name: value
        for name in _FIELDS[type(mine)]
        if not _says_nothing(value := getattr(theirs, name)) and _says_nothing(getattr(mine, name))
    }


def _says_nothing(value: Any) -> bool:
    """Tell whether *value* is unknown: None or empty, but not False and not zero.

    Called some sixty times a span: an ABC is asked only about what is nobody's usual type.
    """
    kind = type(value)
    if kind in _USUAL:
        return not value
    if value is None:
        return True
    if kind in _NUMBERS:
        return False
    return isinstance(value, (Sequence, Mapping)) and len(value) == 0
