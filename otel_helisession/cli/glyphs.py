"""The characters that trees are drawn with: boxes and arrows, or ASCII where those cannot show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Glyphs:
    """One set of characters.

    Attributes:
        fork: Before a child that others follow.
        last: Before the last child.
        bar: Below a child that others follow.
        blank: Below the last child; as wide as the three above.
        done: A request that went well.
        failed: One that did not.
        arrow: Between tokens in and out.
        dot: Between facts.
        dash: Where a fact is unknown.
        more: Where something has been left out.
        waiting: A cell of the timeline before the first token, or of a folder.
        running: A cell of the timeline.
    """

    fork: str
    last: str
    bar: str
    blank: str
    done: str
    failed: str
    arrow: str
    dot: str
    dash: str
    more: str
    waiting: str
    running: str


UNICODE: Final = Glyphs("├─ ", "└─ ", "│  ", "   ", "✓", "✗", "→", "·", "–", "…", "─", "━")
ASCII: Final = Glyphs("|- ", "`- ", "|  ", "   ", "+", "x", "->", "-", "-", "...", "-", "=")
