"""docs/delivery.md runs as it is printed, and its figures are those of the code."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

from otel_helisession.cli.resend import resend
from otel_helisession.delivery.settings import DeliverySettings
from otel_helisession.spool import dead_letters, spool
from tests.documentation import DOCS, blocks

Run = Callable[..., "CompletedProcess[str]"]

PAGE = (DOCS / "delivery.md").read_text()


def test_each_block_of_python_runs(run_python: Run, tmp_path: Path) -> None:
    """In a program of its own, without a collector."""
    fast, first, second = (run_python(block) for block in blocks("delivery.md"))
    assert (fast.returncode, fast.stderr) == (0, "")
    assert (first.returncode, first.stderr) == (0, "")
    assert (second.stdout, second.stderr) == ("True\nTrue\n", "")
    assert not (tmp_path / "data" / "helisession" / "spool").exists()


def test_the_figures_are_those_of_the_code() -> None:
    """Bounds of memory and disk."""
    settings = DeliverySettings()
    assert f"| {settings.max_queue_size:,} |" in PAGE
    assert f"| {settings.max_queue_bytes // 10**6} MB |" in PAGE
    assert f"| {settings.schedule_delay_millis // 1_000:.0f} s |" in PAGE
    assert f"| {settings.max_export_batch_size} |" in PAGE
    assert f"After {settings.retry_for_seconds / 60:.0f} minutes" in PAGE
    assert f"| {spool.DEFAULT_MAX_BYTES // 2**20} MB, all processes together |" in PAGE
    assert f"| {spool.DEFAULT_MAX_AGE_SECONDS // 86_400} days |" in PAGE
    assert dead_letters.NEWER in PAGE


def test_the_options_are_those_of_the_command() -> None:
    """None is printed that is not there."""
    options = {name for parameter in resend.params for name in parameter.opts}
    printed = {
        word
        for line in PAGE.splitlines()
        if "helisession resend" in line and line.startswith("$")
        for word in line.partition("#")[0].split()
        if word.startswith("--")
    }
    assert printed == {"--dry-run", "--dead-letters", "--drop"}
    assert printed <= options
