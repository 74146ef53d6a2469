"""Figures as people read them, the same in the terminal and on the viewer's pages."""

from __future__ import annotations

import json
from pathlib import Path

from otel_helisession.cli import figures

MONEY = Path(__file__).parent.parent / "money.json"
"""Dollars, and how they are written; the viewer's pages are tested with the same."""


def test_money_is_written_as_the_table_says() -> None:
    """From nothing to millions; the browser's tests read the same table."""
    table = json.loads(MONEY.read_text())
    assert [[dollars, figures.money(dollars)] for dollars, _ in table] == table
