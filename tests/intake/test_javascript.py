"""The JavaScript SDK sends to us, in protobuf and in JSON.

Its packages are installed into a temporary folder, so this runs where HELISESSION_TEST_NPM=1 lets
it use the network, as it does in CI.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from otel_helisession.intake.http import HttpReceiver
from otel_helisession.store.reader import SessionReader
from otel_helisession.store.row import SpanRow

PROGRAM = Path(__file__).with_name("program.mjs")
PACKAGES = (
    "@opentelemetry/api@1",
    "@opentelemetry/sdk-trace-base@2",
    "@opentelemetry/exporter-trace-otlp-proto@0.223",
    "@opentelemetry/exporter-trace-otlp-http@0.223",
)
ALLOWED = os.environ.get("HELISESSION_TEST_NPM") == "1"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    npm = shutil.which("npm")
    if npm is None or not ALLOWED:
        pytest.skip("npm would install the JavaScript SDK: HELISESSION_TEST_NPM=1 lets it")
    made = tmp_path_factory.mktemp("javascript")
    (made / "package.json").write_text('{"private": true}')
    command = [npm, "install", "--no-audit", "--no-fund", *PACKAGES]
    subprocess.run(command, cwd=made, check=True, capture_output=True, timeout=180)
    shutil.copy(PROGRAM, made)
    return made


@pytest.mark.parametrize("encoding", ["proto", "http"])
def test_an_agent_in_javascript(
    folder: Path,
    http: HttpReceiver,
    stored: Callable[[], dict[str, SpanRow]],
    store: Any,
    encoding: str,
) -> None:
    """Its spans are a session, by the id that its library wrote, with the paths of its tree."""
    command = ["node", PROGRAM.name, http.url + "/v1/traces", encoding]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    found = stored()
    assert {name: (row.session_id, row.path, row.kind) for name, row in found.items()} == {
        "invoke_agent planner": ("chat-7", "/planner", "structure"),
        "execute_tool search": ("chat-7", "/planner/search", "tool"),
        "chat": ("chat-7", "/planner", "llm"),
    }
    tool = found["execute_tool search"]
    assert (tool.status, tool.error_message) == ("error", "no hotels ☂")
    assert (found["chat"].input_tokens, found["chat"].output_tokens) == (12, 3)
    with SessionReader(store) as reader:
        detail = reader.detail(tool)
    assert detail is not None
    assert detail.span["attributes"]["numbers"] == [1, 2.5]
    assert detail.span["events"][0]["attributes"] == {"attempt": 2}
