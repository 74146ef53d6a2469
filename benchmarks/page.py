"""Writes what a benchmark has found into docs/performance.md, between its two markers."""

from __future__ import annotations

import platform
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

PAGE = Path(__file__).resolve().parent.parent / "docs" / "performance.md"
PICTURES = PAGE.parent / "pictures"


def conditions() -> str:
    """Return what a figure depends on, as one line."""
    return (
        f"{processor()}, {platform.system()}, Python {platform.python_version()}, "
        f"OpenTelemetry {version('opentelemetry-sdk')}"
    )


def processor() -> str:
    """Return what the processor calls itself, where the system says so."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return f"{names[0]}, {len(names)} cores" if names else platform.machine()


def draw(python: Path | str, kind: str, data: str) -> None:
    """Draw *data*, JSON, with the *python* that has matplotlib; a str says why there is none."""
    if isinstance(python, str):
        sys.exit(f"no picture: {python}")
    PICTURES.mkdir(exist_ok=True)
    file = PICTURES / f"performance-{kind}.svg"
    program = Path(__file__).parent / "peers" / "pictures.py"
    subprocess.run([python, program, kind, file], input=data, text=True, check=True)


def write(section: str, text: str) -> None:
    """Replace what stands in *section* of the page by *text*.

    Raises:
        ValueError: The page has no such section.
    """
    begin, end = f"<!-- {section}: begin -->", f"<!-- {section}: end -->"
    page = PAGE.read_text()
    if begin not in page or end not in page:
        raise ValueError(f"{PAGE} has no {begin} and {end}; add them where the table shall stand")
    before, after = page.split(begin)[0], page.split(end)[1]
    PAGE.write_text(f"{before}{begin}\n\n{text.strip()}\n\n{end}{after}")
