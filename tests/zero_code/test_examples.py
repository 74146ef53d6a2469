"""examples/zero_code and docs/zero_code.md, run as they are printed."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from otel_helisession.instrumentor import OPTIONS
from tests.zero_code.conftest import Start, Stored

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "zero_code"
PAGE = (ROOT / "docs" / "zero_code.md").read_text()
PATHS = ["/pack/research", "/pack/research", "/pack/answer", "/pack/answer"]

UNSET = {"OPENAI_API_KEY": "", "OPENAI_BASE_URL": ""}  # the program answers itself


def commands() -> Iterator[tuple[dict[str, str], list[str]]]:
    """Yield each command of the README that runs the program: its variables, its words."""
    said: dict[str, str] = {}
    for block in re.findall(r"```sh\n(.*?)```", (EXAMPLE / "README.md").read_text(), re.DOTALL):
        for line in block.splitlines():
            words = shlex.split(line)
            if words[0] == "export":
                said.update(word.split("=", 1) for word in words[1:])
                continue
            own = dict(word.split("=", 1) for word in words if re.match(r"[A-Z_]+=", word))
            if "app.py" in words:
                yield {**said, **own}, words[len(own) :]


@pytest.mark.parametrize(
    ("variables", "words"), list(commands()), ids=lambda value: " ".join(value)
)
def test_the_readmes_commands(
    start: Start,
    stored: Stored,
    monkeypatch: pytest.MonkeyPatch,
    variables: dict[str, str],
    words: list[str],
) -> None:
    """Each one stores the same session."""
    monkeypatch.chdir(EXAMPLE)
    words = [str(EXAMPLE / word) if word == "app.py" else word for word in words]
    if "OTEL_CONFIG_FILE" in variables:
        pytest.importorskip("opentelemetry.configuration")
        variables["OTEL_CONFIG_FILE"] = str(EXAMPLE / variables["OTEL_CONFIG_FILE"])
    done = start(*words, **UNSET, **variables)
    assert done.returncode == 0, done.stderr
    assert [line.split("  ")[0] for line in stored()["Packing list"]] == PATHS


def test_the_program_alone(start: Start, stored: Stored) -> None:
    """It runs as if sessions were not there."""
    done = start("python", str(EXAMPLE / "app.py"), **UNSET)
    assert (done.returncode, done.stderr, stored()) == (0, "", {})


def test_the_files_own_pipeline_has_stamped_spans(start: Start) -> None:
    """The console exporter of the configuration file prints spans with their session."""
    pytest.importorskip("opentelemetry.configuration")
    done = start(
        *("opentelemetry-instrument", "python", str(EXAMPLE / "app.py")),
        **UNSET,
        OTEL_CONFIG_FILE=str(EXAMPLE / "otel-config.yaml"),
    )
    spans = [json.loads(text) for text in re.findall(r"^\{$.*?^\}$", done.stdout, re.M | re.S)]
    assert {span["attributes"]["helicone.session.name"] for span in spans} == {"Packing list"}
    assert len(spans) == 4


def test_the_pages_file_is_one(start: Start, tmp_path: Path, agent: str) -> None:
    """The configuration in docs/zero_code.md is valid, and stores where it says."""
    pytest.importorskip("opentelemetry.configuration")
    (block,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    (tmp_path / "otel.yaml").write_text(block)
    done = start("opentelemetry-instrument", "python", agent, OTEL_CONFIG_FILE="otel.yaml")
    assert done.returncode == 0
    assert "is off" not in done.stderr
    assert "are off" not in done.stderr
    assert (tmp_path / "sessions.db").exists()


def test_the_page_names_every_option() -> None:
    """Those of the instrumentor, in its order."""
    assert ", ".join(f"`{option}`" for option in OPTIONS) in PAGE
