"""Figures as people read them: durations, counts, tokens, money, and how long ago."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Final

UNITS: Final[Mapping[str, str]] = {
    "llm": "llm",
    "tool": "tool",
    "vector_db": "vector",
    "data": "data",
}
"""What a kind of request is called in a line of text."""


def duration(milliseconds: float) -> str:
    """Return ``3.2 ms``, ``812 ms``, ``4.21 s``, ``2m 05s`` or ``1h 03m``."""
    if milliseconds < 9.95:
        return f"{milliseconds:.1f} ms"
    if milliseconds < 999.5:
        return f"{milliseconds:.0f} ms"
    seconds = milliseconds / 1_000
    if seconds < 59.995:
        return f"{seconds:.2f} s"
    minutes, seconds = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes}m {seconds:02.0f}s"
    return f"{minutes // 60:,}h {minutes % 60:02d}m"


def count(number: int, noun: str) -> str:
    """Return ``1 request``, ``2,000 requests``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def money(dollars: float) -> str:
    """Return ``$12.30``, ``$0.0041``, or ``<$0.0001`` for what is not nothing but less."""
    if dollars >= 1 or dollars <= 0:
        return f"${dollars:,.2f}"
    return f"${dollars:.4f}" if dollars >= 0.00005 else "<$0.0001"


def total_cost(dollars: float, unpriced: int) -> str:
    """Return the cost of several calls; ``$0.0041+`` when some of them did not say theirs."""
    return f"{money(dollars)}+" if unpriced else money(dollars)


def requests(by_kind: Mapping[str, int]) -> str:
    """Return ``5 llm, 3 tool`` for the kinds that there are."""
    return ", ".join(f"{by_kind[kind]:,} {unit}" for kind, unit in UNITS.items() if by_kind[kind])


def moment(unix_nano: int) -> datetime:
    """Return the time as a datetime in UTC."""
    return datetime.fromtimestamp(unix_nano / 1e9, timezone.utc)


def local(unix_nano: int) -> str:
    """Return the time where the reader is: ``2025-01-31 10:30:00``."""
    return moment(unix_nano).astimezone().strftime("%Y-%m-%d %H:%M:%S")


def ago(unix_nano: int) -> str:
    """Return ``12 s ago``, ``3 min ago``, ``5 h ago``; the date when that is days."""
    seconds = time.time() - unix_nano / 1e9
    if not 0 <= seconds < 86_400:
        return local(unix_nano)[:-3]
    if seconds < 60:
        return f"{seconds:.0f} s ago"
    return f"{seconds // 60:.0f} min ago" if seconds < 3_600 else f"{seconds // 3_600:.0f} h ago"
