"""What stands above the tree: which session, when, and its totals."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rich.cells import cell_len
from rich.text import Text

from otel_helisession.cli import figures
from otel_helisession.cli.glyphs import ASCII, Glyphs
from otel_helisession.cli.terminal import cut, printable
from otel_helisession.conventions.operation import Usage
from otel_helisession.store.summary import SessionSummary

_Fact = tuple[str, str]
"""A piece of text, and its style."""


def heading(summary: SessionSummary, glyphs: Glyphs, width: int) -> Iterator[Text]:
    """Yield the lines above the tree, none wider than *width*."""
    plain = glyphs is ASCII
    name = printable(summary.name) or "(no name)"
    identity = printable(summary.id)
    both = cell_len(name) + 2 + cell_len(identity) <= width
    first = Text(cut(name, width, ascii_only=plain), style="bold")
    if both:
        first = Text().append(first).append(f"  {identity}", style="cyan")
    yield first
    if not both:
        yield Text(cut(identity, width, ascii_only=plain), style="cyan")
    yield from _filled(_facts(summary, glyphs), glyphs, width)


def _facts(summary: SessionSummary, glyphs: Glyphs) -> Iterator[_Fact]:
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
        yield _tokens(summary.usage, glyphs), ""
    if summary.requests["llm"]:
        yield _cost(summary), ""
    if summary.user_id:
        yield f"user {printable(summary.user_id)}", "dim"
    for name, value in summary.properties.items():
        yield f"{printable(name)}={printable(value)}", "dim"


def _cost(summary: SessionSummary) -> str:
    if summary.usage.cost_usd is None:
        return "cost unknown"
    cost = f"cost {figures.money(summary.usage.cost_usd)}"
    if not summary.unpriced:
        return cost
    return f"{cost} ({summary.unpriced:,} of {summary.requests['llm']:,} llm calls unpriced)"


def _tokens(usage: Usage, glyphs: Glyphs) -> str:
    sides = [
        glyphs.dash if side is None else f"{side:,}"
        for side in (usage.input_tokens, usage.output_tokens)
    ]
    parts = ((usage.cache_read_tokens, "cached"), (usage.reasoning_tokens, "reasoning"))
    within = ", ".join(f"{number:,} {word}" for number, word in parts if number)
    said = f"{sides[0]} {glyphs.arrow} {sides[1]} tokens"
    return f"{said} ({within})" if within else said


def _filled(facts: Iterable[_Fact], glyphs: Glyphs, width: int) -> Iterator[Text]:
    """Yield the facts on as few lines as they need, none broken where it fits one."""
    between = f" {glyphs.dot} "
    line = Text()
    for said, style in facts:
        said = cut(said, width, ascii_only=glyphs is ASCII)
        if line and line.cell_len + len(between) + cell_len(said) > width:
            yield line
            line = Text()
        if line:
            line.append(between, style="dim")
        line.append(said, style=style)
    yield line
