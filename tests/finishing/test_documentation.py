"""docs/content.md is true."""

from __future__ import annotations

from collections.abc import Callable
from subprocess import CompletedProcess

import pytest

from otel_helisession.conventions.attributes.json_text import MAX_VALUE_CHARS as RECORDED
from otel_helisession.conventions.discretion import MAX_CHARS
from otel_helisession.finishing import MAX_VALUE_CHARS
from tests.documentation import DOCS, blocks

PAGE = (DOCS / "content.md").read_text()


@pytest.mark.parametrize("number", [0, 1], ids=["content", "redact"])
def test_its_programs_print_what_it_says(
    number: int, run_python: Callable[..., CompletedProcess[str]]
) -> None:
    """The comments behind each print()."""
    block = blocks("content.md")[number]
    said = [
        line.split("  # ", 1)[1].strip() for line in block.splitlines() if line.startswith("print(")
    ]
    done = run_python(block)
    assert (done.stdout.splitlines(), done.stderr) == (said, "")


def test_its_figures_are_the_codes() -> None:
    """As people write them."""
    for figure in (MAX_VALUE_CHARS, MAX_CHARS, RECORDED):
        assert f"{figure:,} characters" in PAGE or f"({figure:,};" in PAGE
