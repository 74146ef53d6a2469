"""Line: one row of the drawn tree, before widths and characters are known."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from otel_helisession.cli import figures
from otel_helisession.cli.outline import Folder, total_usage
from otel_helisession.cli.terminal import printable
from otel_helisession.conventions.operation import Usage
from otel_helisession.store.row import SpanRow

_BADGES: Final = {
    "llm": ("LLM", "bright_blue"),
    "tool": ("TOOL", "yellow"),
    "vector_db": ("VECTOR", "cyan"),
    "data": ("DATA", "green"),
    "structure": ("SPAN", "dim"),
}

Branch = tuple[bool, ...]
"""For each level from the top: whether this line, or what it is below, is the last child."""


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the tree. Text is safe for a terminal.

    Attributes:
        branch: Its place below its ancestors; empty for the top.
        badge: What kind of request; empty for a folder.
        colour: The kind's colour.
        name: The folder, model, tool or operation.
        note: What else is worth knowing of it.
        failures: How many errors a folder holds; 1 for a failed request.
        failed: Whether it failed itself.
        error: Type and message of its own failure; empty without.
        usage: Its tokens and cost.
        first_ms: Milliseconds to the first token.
        busy_ms: How long it took.
        start_unix_nano: When it started.
        end_unix_nano: When it ended.
    """

    branch: Branch
    badge: str
    colour: str
    name: str
    note: str
    failures: int
    failed: bool
    error: str
    usage: Usage
    first_ms: float | None
    busy_ms: float
    start_unix_nano: int
    end_unix_nano: int


def lines(root: Folder) -> Iterator[Line]:
    """Yield the rows of the tree, top to bottom.

    A root that only leads to one folder is left out.
    """
    top: Folder | SpanRow = root
    children = root.children()
    if len(children) == 1 and isinstance(children[0], Folder) and not root.failures:
        top = children[0]
    yield from _lines(top, ())


def _lines(node: Folder | SpanRow, branch: Branch) -> Iterator[Line]:
    if isinstance(node, SpanRow):
        yield _call(node, branch)
        return
    yield _folder(node, branch)
    children = node.children()
    for place, child in enumerate(children):
        yield from _lines(child, (*branch, place == len(children) - 1))


def _folder(folder: Folder, branch: Branch) -> Line:
    requests = folder.requests()
    own = [row for row in folder.failures if row.fault]
    return Line(
        branch=branch,
        badge="",
        colour="",
        name="/" + printable(folder.segment),
        note=figures.count(len(requests), "request") if requests else "",
        failures=folder.faults(),
        failed=bool(folder.failures),
        error=_error(own[-1]) if own else "",
        usage=total_usage(requests),
        first_ms=None,
        busy_ms=folder.busy_ms,
        start_unix_nano=folder.start_unix_nano,
        end_unix_nano=max((end for _, end in folder.spans), default=0),
    )


def _call(row: SpanRow, branch: Branch) -> Line:
    badge, colour = _BADGES.get(row.kind, _BADGES["structure"])
    name, note = _what(row)
    return Line(
        branch=branch,
        badge=badge,
        colour=colour,
        name=printable(name) or "unnamed",
        note=printable(note),
        failures=int(row.fault),
        failed=row.failed,
        error=_error(row) if row.failed else "",
        usage=row.usage,
        first_ms=row.time_to_first_token_ms,
        busy_ms=row.duration_ms,
        start_unix_nano=row.start_unix_nano,
        end_unix_nano=row.end_unix_nano,
    )


def _what(row: SpanRow) -> tuple[str, str]:
    """Return what was called, and what else tells it from its like."""
    if row.kind == "llm":
        usual = row.operation in ("", "chat", "response", "generate_content")
        return row.model or row.name, (row.provider or "") if usual else row.operation
    if row.kind == "vector_db":
        named = " ".join(part for part in (row.operation, row.target) if part)
        return named or row.name, row.provider or ""
    return row.target or row.name, ""


def _error(row: SpanRow) -> str:
    kind, message = printable(row.error_type), printable(row.error_message)
    if message.startswith(f"{kind}:"):
        return message
    return ": ".join(part for part in (kind, message) if part) or "failed"
