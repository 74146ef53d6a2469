"""Where programs are looked for, and that versions agree wherever they are written."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.backends import manifest, programs
from tests.backends.collector import CONFIGURATIONS
from tests.backends.programs import Program

PROGRAM = Program(
    "Thing", "HELISESSION_TEST_THING", "1.2.3", ("thing", "other-thing"), "ask for it"
)


@pytest.fixture(autouse=True)
def _elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(programs.FOLDER, str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path / "path"))


def made(path: Path) -> Path:
    """Make a program."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o700)
    return path


def test_a_variable_beats_the_cache_and_the_cache_the_path(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Nowhere, on the PATH under its second name, in the cache, in the variable."""
    assert PROGRAM.find() is None
    assert PROGRAM.missing == "no Thing here: HELISESSION_TEST_THING can name one; ask for it"
    assert made(tmp_path / "path" / "other-thing") == PROGRAM.find()
    assert made(tmp_path / "thing-1.2.3" / "thing") == PROGRAM.find()
    monkeypatch.setenv(PROGRAM.variable, str(made(tmp_path / "mine")))
    assert PROGRAM.find() == tmp_path / "mine"


def test_a_variable_that_names_no_file_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test must not skip because of a slip."""
    monkeypatch.setenv(PROGRAM.variable, "/nowhere/thing")
    with pytest.raises(FileNotFoundError, match="HELISESSION_TEST_THING says /nowhere/thing"):
        PROGRAM.find()


def test_versions_agree() -> None:
    """What is built, what the manifest says, and what the compose files and README run."""
    version = programs.COLLECTOR.version
    told = manifest.read()
    assert told["dist"]["version"] == version
    assert {one.version for one in manifest.components(told)} == {f"v{version}", "v1.61.0"}
    for file in CONFIGURATIONS.glob("compose.*.yaml"):
        assert f"opentelemetry-collector-contrib:{version}" in file.read_text()
    assert f"cmd/builder@v{version}" in (CONFIGURATIONS / "README.md").read_text()


def test_what_cannot_be_downloaded_is_left_out() -> None:
    """A manifest without a module keeps all others."""
    whole = manifest.read()
    every = list(manifest.components(whole))
    short = list(manifest.components(manifest.without(whole, {every[3].module})))
    assert short == [one for one in every if one != every[3]]
