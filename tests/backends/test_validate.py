"""What a real Collector says of our configurations, and of a wrong one."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.backends import collector
from tests.backends.programs import COLLECTOR


@pytest.fixture(autouse=True)
def _program() -> None:
    if COLLECTOR.find() is None:
        pytest.skip(COLLECTOR.missing)


@pytest.mark.parametrize("name", collector.names())
def test_the_collector_accepts_each_file(name: str, tmp_path: Path) -> None:
    """``validate`` has nothing to say."""
    if collector.lacking(name):
        pytest.skip(collector.lacking(name))
    assert collector.validate(collector.path_of(name), tmp_path) == ""


def test_the_readme_shows_what_people_see_of_a_typo(tmp_path: Path) -> None:
    """The message in README.md is the Collector's own."""
    text = collector.path_of("gateway").read_text()
    wrong = tmp_path / "gateway.yaml"
    wrong.write_text(text.replace("blocked_key_patterns", "blocked_keys_patterns"))
    said = collector.validate(wrong, tmp_path)
    readme = (collector.CONFIGURATIONS / "README.md").read_text()
    assert "blocked_keys_patterns" in said
    assert said in readme


def test_a_component_that_is_not_built_in_is_named(tmp_path: Path) -> None:
    """The message of a misspelt component says which are known."""
    text = collector.path_of("gateway").read_text()
    wrong = tmp_path / "gateway.yaml"
    wrong.write_text(text.replace("  redaction:\n", "  redactoin:\n"))
    assert '"redactoin"' in collector.validate(wrong, tmp_path)
