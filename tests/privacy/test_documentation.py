"""docs/threat_model.md promises nothing that no test holds."""

from __future__ import annotations

import re
from pathlib import Path

from tests.documentation import DOCS

TESTS = Path(__file__).parents[1]
NAMED = re.compile(r"`([\w/]+\.py)(?:::(test_\w+))?`")


def test_every_test_it_names_is_there() -> None:
    """File and function."""
    named = NAMED.findall((DOCS / "threat_model.md").read_text())
    missing = [
        f"{file}::{test}"
        for file, test in named
        if not (TESTS / file).exists()
        or (test and f"def {test}(" not in (TESTS / file).read_text())
    ]
    assert len(named) > 25
    assert missing == []


def test_every_promise_names_one() -> None:
    """Each paragraph of what we do."""
    page = (DOCS / "threat_model.md").read_text()
    promises = page.split("## What we do\n")[1].split("\n## ")[0].strip().split("\n\n")
    assert [promise[:40] for promise in promises if not NAMED.search(promise)] == []


def test_every_attack_is_named() -> None:
    """A test of an attack that the page does not know is a promise that nobody reads."""
    page = (DOCS / "threat_model.md").read_text()
    attacks = {
        test
        for file in (TESTS / "privacy").glob("test_*.py")
        if file.name != Path(__file__).name
        for test in re.findall(r"^def (test_\w+)", file.read_text(), re.MULTILINE)
    }
    assert sorted(attack for attack in attacks if f"::{attack}`" not in page) == []
