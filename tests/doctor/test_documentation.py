"""docs/doctor.md is true."""

from __future__ import annotations

from collections.abc import Callable
from subprocess import CompletedProcess

from otel_helisession.diagnosis import requests, spans
from tests.documentation import DOCS, blocks


def test_its_program_finds_what_it_says(run_python: Callable[..., CompletedProcess[str]]) -> None:
    """The comments of the last block are what is printed."""
    (block,) = blocks("doctor.md")
    done = run_python(block)
    assert done.stdout.startswith(
        "False\n1 span of scope shop had no session: it started outside session(). "
    )


def test_its_tables_have_every_cause() -> None:
    """A row for each: inbound and remote share one."""
    page = (DOCS / "doctor.md").read_text()
    rows = [line for line in page.splitlines() if line.startswith("| it")]
    assert len(rows) == len(spans.BECAUSE) - 1 + len(requests.BECAUSE)
