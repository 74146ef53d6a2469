"""What to type next is what works here."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from otel_helisession.cli.invocation import invocation


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A command in an environment that is not on PATH, called from beside it."""
    path = tmp_path / ".venv" / "bin" / "helisession"
    path.parent.mkdir(parents=True)
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", [str(path), "demo"])
    monkeypatch.setenv("PATH", str(tmp_path / "elsewhere"))
    return path


def test_a_path_where_the_shell_would_not_find_it(command: Path) -> None:
    """Relative to here, as it was typed."""
    assert invocation() == ".venv/bin/helisession"


def test_the_whole_path_from_elsewhere(
    command: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Never a chain of dots."""
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert invocation() == str(command)


def test_the_name_where_it_is_on_the_path(command: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The usual case of an activated environment."""
    monkeypatch.setenv("PATH", str(command.parent))
    assert invocation() == "helisession"
