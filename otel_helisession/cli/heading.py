"""What stands above the tree: which session, when, and its totals."""

from __future__ import annotations

from collections.abc import Iterator

from rich.cells import cell_len
from rich.text import Text

from otel_helisession.cli import facts, figures
from otel_helisession.cli.glyphs import ASCII, Glyphs
from otel_helisession.cli.terminal import cut, printable
from otel_helisession.store.summary import SessionSummary


def heading(
    summary: SessionSummary, glyphs: Glyphs, width: int, beginning: str | None = None
) -> Iterator[Text]:
    """Yield the lines above the tree, none wider than *width*.

    Args:
        beginning: The name of the session's first span, by which it is known without a name.
    """
    plain = glyphs is ASCII
    name = facts.title(summary.name, beginning)
    identity = printable(summary.id)
    both = cell_len(name) + 2 + cell_len(identity) <= width
    first = Text(cut(name, width, ascii_only=plain), style="bold")
    if both:
        first = Text().append(first).append(f"  {identity}", style="cyan")
    yield first
    if not both:
        yield Text(cut(identity, width, ascii_only=plain), style="cyan")
    yield from facts.filled(_facts(summary, glyphs), glyphs, width)


def _facts(summary: SessionSummary, glyphs: Glyphs) -> Iterator[facts.Fact]:
    yield figures.local(summary.start_unix_nano), "dim"
    yield figures.duration(summary.duration_ms), ""
    kinds = figures.requests(summary.requests)
    total = figures.count(summary.request_count, "request")
    yield f"{total} ({kinds})" if kinds else total, ""
    if summary.errors:
        yield f"{glyphs.failed} {figures.count(summary.errors, 'error')}", "bold red"
    else:
        yield "no errors", "green"
    if summary.usage.total_tokens is not None:
        yield facts.tokens(summary.usage, glyphs), ""
    if summary.requests["llm"]:
        yield facts.cost(summary), ""
    yield from facts.whose(summary)
    yield from facts.properties(summary)
