"""`helisession doctor` on the spool: what waits is a fact, what was refused is a finding."""

from __future__ import annotations

from pathlib import Path

import pytest

from otel_helisession.cli import main
from otel_helisession.diagnosis.spooled import describe
from otel_helisession.spool import moment
from otel_helisession.spool.moment import Moment
from otel_helisession.spool.spool import Spool
from tests.spool.spans import EPOCH, named


@pytest.fixture
def spool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Spool:
    monkeypatch.setenv("HELISESSION_SPOOL", str(tmp_path / "spool"))
    return Spool()


def test_without_a_spool_nothing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few have one."""
    assert describe() == ([], [])
    monkeypatch.setenv("HELISESSION_SPOOL", "false")
    assert describe() == ([], [])


def test_a_spool_that_is_set_and_not_there_yet(spool: Spool) -> None:
    """It is made when it is needed."""
    assert describe() == ([f"There is no spool yet; it would be {spool.directory}."], [])


def test_what_waits_is_a_fact(spool: Spool, capsys: pytest.CaptureFixture[str]) -> None:
    """With the command that sends it; no finding, for it is kept."""
    spool.keep("helicone", named("a", "b"))
    assert describe() == (
        [
            f"The spool {spool.directory} holds 2 spans for helicone, the oldest for 1 minute; a "
            "running program holds them, and sends them itself."
        ],
        [],
    )
    spool.close()
    assert describe()[0][0].endswith("for 1 minute; to send them: helisession resend")
    assert main(["doctor"]) == 0
    assert "holds 2 spans for helicone" in " ".join(capsys.readouterr().out.split())


def test_what_was_refused_is_a_finding(
    spool: Spool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """How many, why, where they are, and what to do."""
    monkeypatch.setattr(moment, "now", lambda: Moment(EPOCH, "", 0))
    spool.bury("helicone", named("a"), "refused the API key (401)")
    spool.bury("helicone", named("b"), "refused a log as too large (413)")
    assert describe(spool.directory) == (
        [],
        [
            "helicone has refused 2 spans for good, the last at 2026-01-01T00:00:00.000Z: refused "
            "a log as too large (413); refused the API key (401). They are in "
            f"{spool.dead_letters.path}. When the reason is gone, try them again: helisession "
            f"resend --dead-letters --spool {spool.directory} (or delete them: --dead-letters "
            "--drop)"
        ],
    )
    assert main(["doctor", "--spool", str(spool.directory)]) == 1
    assert "helicone has refused 2 spans" in capsys.readouterr().out


def test_an_empty_spool_is_told(spool: Spool) -> None:
    """So that one knows where it looked."""
    spool.directory.mkdir()
    assert describe() == ([f"The spool {spool.directory} is empty."], [])


def test_a_spool_that_cannot_be_used_is_a_finding(spool: Spool) -> None:
    """A file in its place; a file of a newer version in it."""
    spool.directory.write_text("mine")
    assert describe()[1] == [f"The spool {spool.directory} is no directory. Name another."]
    spool.directory.unlink()
    spool.keep("helicone", named("a"))
    spool.close()
    (path,) = spool.directory.iterdir()
    data = path.read_bytes()
    path.write_bytes(data[:8] + b"\x00\x09" + data[10:])
    (finding,) = describe()[1]
    assert "was written by a newer otel-helisession (spool version 9" in finding
