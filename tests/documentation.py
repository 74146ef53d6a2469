"""The code in docs/, for the tests that run it."""

from __future__ import annotations

import re
from pathlib import Path

DOCS = Path(__file__).parents[1] / "docs"

_BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(name: str) -> list[str]:
    """Return the Python blocks of a page, in order."""
    return _BLOCK.findall((DOCS / name).read_text())
