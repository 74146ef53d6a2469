"""How many spans of a session have values that could not be read, in a line below its tree."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from otel_helisession.cli import figures
from otel_helisession.cli.terminal import printable
from otel_helisession.store.reader import SessionReader
from otel_helisession.store.row import SpanRow

MOST: Final = 2_000
"""Spans that are looked at: each has to be unpacked, in about 50 µs."""

_NAMED: Final = 3


def unread(reader: SessionReader, rows: Sequence[SpanRow]) -> str:
    """Return the line; empty when all values of the first MOST spans were read."""
    spans = 0
    names: dict[str, None] = {}
    for row in [row for row in rows if row.convention != "none"][:MOST]:
        detail = reader.detail(row)
        found = [] if detail is None else detail.operation.get("unread", [])
        if found:
            spans += 1
            names.update(dict.fromkeys(map(str, found)))
    if not spans:
        return ""
    listed = ", ".join(list(names)[:_NAMED]) + (", …" if len(names) > _NAMED else "")
    have = "has" if spans == 1 else "have"
    return printable(
        f"{figures.count(spans, 'span')} {have} values that could not be read "
        f"({listed}); they are kept as they came: --json"
    )
