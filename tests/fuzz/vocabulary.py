"""The words of all conventions: which attributes libraries write, with which values."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from opentelemetry.sdk.trace import ReadableSpan

from otel_helisession.conventions.reader import CONVENTIONS
from tests import recordings


@cache
def rows() -> tuple[str, ...]:
    """Return the names of all recordings."""
    return tuple(sorted(path.stem for path in recordings.FOLDER.glob("*.json")))


@cache
def spans() -> tuple[ReadableSpan, ...]:
    """Return one recorded span of each row and set of attributes: a few hundred."""
    found: dict[tuple[str, frozenset[str]], ReadableSpan] = {}
    for row in rows():
        for span in recordings.load(row):
            found.setdefault((row, frozenset(span.attributes or {})), span)
    return tuple(found.values())


@cache
def names() -> tuple[str, ...]:
    """Return every attribute that a recording has, and that a convention declares."""
    known = {name for span in spans() for name in (span.attributes or {})}
    for convention in CONVENTIONS:
        said = convention.CONTENT
        known |= {*said.names, *said.parameters, *said.plain}
        known |= {f"{prefix}.0.content" for prefix in said.prefixes}
        known |= {f"{family}.anything" for family in convention.FAMILIES}
    return tuple(sorted(known))


@cache
def values() -> Mapping[str, tuple[Any, ...]]:
    """Return some values that each attribute has in the recordings."""
    found: dict[str, list[Any]] = {}
    for span in spans():
        for name, value in (span.attributes or {}).items():
            known = found.setdefault(name, [])
            if len(known) < 4 and value not in known:
                known.append(value)
    return {name: tuple(known) for name, known in found.items()}
