"""Facts: what is said of a session besides its name, in pieces that lines are filled with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rich.cells import cell_len
from rich.text import Text

from otel_helisession.cli import figures
from otel_helisession.cli.glyphs import ASCII, Glyphs
from otel_helisession.cli.terminal import cut, printable
from otel_helisession.conventions.operation import Usage
from otel_helisession.store.summary import SessionSummary

Fact = tuple[str, str]
"""A piece of text, and its style."""


def title(name: str, beginning: str | None = None) -> str:
    """Return a session's *name*; of one without, the name of the span that it begins with."""
    begins = printable(beginning)
    return printable(name) or (f"unnamed ({begins})" if begins else "unnamed")


def tokens(usage: Usage, glyphs: Glyphs) -> str:
    """Return ``1,200 → 80 tokens (1,000 cached)``."""
    sides = [
        glyphs.dash if side is None else f"{side:,}"
        for side in (usage.input_tokens, usage.output_tokens)
    ]
    parts = ((usage.cache_read_tokens, "cached"), (usage.reasoning_tokens, "reasoning"))
    within = ", ".join(f"{number:,} {word}" for number, word in parts if number)
    said = f"{sides[0]} {glyphs.arrow} {sides[1]} tokens"
    return f"{said} ({within})" if within else said


def cost(summary: SessionSummary) -> str:
    """Return ``cost $0.0013``, and of how many calls nobody knows the price."""
    if summary.usage.cost_usd is None:
        return "cost unknown"
    said = f"cost {figures.money(summary.usage.cost_usd)}"
    if not summary.unpriced:
        return said
    return f"{said} ({summary.unpriced:,} of {summary.requests['llm']:,} llm calls unpriced)"


def whose(summary: SessionSummary) -> Iterator[Fact]:
    """Yield the user, if there is one."""
    if summary.user_id:
        yield f"user {printable(summary.user_id)}", "dim"


def properties(summary: SessionSummary) -> Iterator[Fact]:
    """Yield the custom properties."""
    for name, value in summary.properties.items():
        yield f"{printable(name)}={printable(value)}", "dim"


def filled(facts: Iterable[Fact], glyphs: Glyphs, width: int) -> Iterator[Text]:
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
