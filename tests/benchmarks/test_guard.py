"""The guard of the hot paths judges by ratio and tolerance, and says what it cannot do."""

from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

BENCHMARKS = Path(__file__).resolve().parent.parent.parent / "benchmarks"

pytestmark = pytest.mark.skipif(not BENCHMARKS.exists(), reason="a source distribution has none")


@pytest.fixture
def guard(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    return importlib.import_module("guard")


@pytest.mark.parametrize(
    ("ratio", "slower", "sign"),
    [(1.03, True, "SLOWER"), (1.02, False, ""), (1.0, False, ""), (0.9, False, "faster")],
)
def test_more_than_the_tolerance_is_slower(
    guard: Any, ratio: float, slower: bool, sign: str
) -> None:
    """What is within the tolerance is neither; what is below it is told, too."""
    verdict = guard.Verdict("stamping", "100", "103", ratio, 0.02)
    assert verdict.slower is slower
    assert verdict.row().endswith(sign or "0.020")


def test_a_span_case_is_compared_with_the_bare_span_of_its_shape(guard: Any) -> None:
    """What the SDK itself costs is taken off; what makes no spans is counted whole."""
    found = [guard._bare(name) for name in ("stamping", "no session, 8 attributes", "session()")]
    assert found == ["bare span", "bare span, 8 attributes", None]


def test_an_unknown_base_is_refused() -> None:
    """A commit that was asked for and is not there ends the run with a sentence."""
    done = subprocess.run(
        [sys.executable, str(BENCHMARKS / "guard.py"), "--base", "no-such-commit"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr == (
        "there is no commit 'no-such-commit' here; give one that `git log` shows\n"
    )


def test_a_table_stands_between_its_markers(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """What was there is replaced; what stands around it stays; no other section is touched."""
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    page = importlib.import_module("page")
    monkeypatch.setattr(page, "PAGE", tmp_path / "performance.md")
    page.PAGE.write_text("a\n<!-- peers: begin -->\nold\n<!-- peers: end -->\nb\n")
    page.write("peers", "| new |\n")
    assert page.PAGE.read_text() == (
        "a\n<!-- peers: begin -->\n\n| new |\n\n<!-- peers: end -->\nb\n"
    )
    with pytest.raises(ValueError, match="add them where the table shall stand"):
        page.write("others", "| new |")
