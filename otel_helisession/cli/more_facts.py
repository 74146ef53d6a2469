"""What a long list says below each session: what the table has no column for, or no room."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from otel_helisession.cli import figures
from otel_helisession.cli.facts import Fact, cost, properties, tokens, whose
from otel_helisession.cli.glyphs import Glyphs
from otel_helisession.cli.terminal import printable
from otel_helisession.store.summary import SessionSummary


def more_facts(
    summary: SessionSummary, short_id: str, shown: Collection[str], glyphs: Glyphs
) -> Iterator[Fact]:
    """Yield what is known of the session, besides the columns *shown*; most telling first.

    Args:
        summary: The session.
        short_id: What the table calls it.
        shown: Titles of the columns that the table has in full.
        glyphs: The characters to use.
    """
    for said in _figures(summary, shown, glyphs):
        yield said, "dim"
    if "user" not in shown:
        yield from whose(summary)
    yield from properties(summary)
    for model in summary.models:
        yield printable(model), "dim"
    if summary.id != short_id:
        yield printable(summary.id), "cyan"


def _figures(summary: SessionSummary, shown: Collection[str], glyphs: Glyphs) -> Iterator[str]:
    if "requests" not in shown and summary.request_count:
        yield figures.requests(summary.requests)
    if summary.mean_ms is not None:
        yield f"mean request {figures.duration(summary.mean_ms)}"
    if summary.p95_ms is not None:
        yield f"p95 {figures.duration(summary.p95_ms)}"
    if summary.usage.total_tokens is not None:
        yield tokens(summary.usage, glyphs)
    if "cost" not in shown and summary.requests["llm"]:
        yield cost(summary)
    yield f"{figures.count(summary.spans, 'span')}, the last {figures.ago(summary.end_unix_nano)}"
