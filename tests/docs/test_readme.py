"""What the README shows runs as it stands."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from otel_helisession.demo.server import ScriptedLLM
from tests.servers.otlp import HttpSink

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md"]


def _snippets(page: Path) -> list[str]:
    return re.findall(r"^```python\n(.*?)^```", page.read_text("utf-8"), re.DOTALL | re.MULTILINE)


CASES = [
    pytest.param(source, id=f"{page.name}-{number}")
    for page in PAGES
    for number, source in enumerate(_snippets(page), 1)
]


@pytest.mark.parametrize("source", CASES)
def test_a_snippet_runs(source: str, run_python, otlp_http: HttpSink) -> None:
    """Each Python block is a program; real SDKs are answered on loopback."""
    with ScriptedLLM() as llm:
        done = run_python(
            source,
            OPENAI_BASE_URL=llm.openai_url,
            OPENAI_API_KEY="sk-not-a-key",
            OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=otlp_http.endpoint if "OTLP" in source else "",
        )
    assert (done.returncode, done.stderr) == (0, "")


def test_every_link_leads_somewhere() -> None:
    """Relative links of the pages name files that are there."""
    missing = [
        f"{page.name}: {target}"
        for page in (*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"))
        for target in re.findall(r"\]\((?!https?://|#)([^)#]+)", page.read_text("utf-8"))
        if not (page.parent / target).exists()
    ]
    assert missing == []
