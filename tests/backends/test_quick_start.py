"""The first commands of docs/session_trace.md, against a real Jaeger."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.backends.jaeger import Jaeger


def helisession(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(Path(sys.executable).with_name("helisession")), *arguments],
        env=os.environ | variables,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
    )


def test_the_demo_shows_in_jaeger(jaeger: Jaeger, tmp_path: Path) -> None:
    """As one trace, whose root has the session's name; and in the terminal, as from the store."""
    store = {"HELISESSION_STORE": str(tmp_path / "sessions.db")}
    there = {
        "HELISESSION_EXPORTERS": "otlp,session_trace",
        "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://{jaeger.otlp}",
    }
    done = helisession("demo", "--sessions", "1", **store, **there)
    assert (done.returncode, done.stdout.count("\nSent: ")) == (0, 2), done.stderr

    stored = json.loads(helisession("show", "--last", "--json", **store).stdout)["session"]
    tags = {"session.id": stored["id"], "helicone.session.trace.role": "session"}
    (trace,) = jaeger.traces("trip-planner", tags)
    roots = [span["operationName"] for span in trace["spans"] if not _parents(span)]
    assert roots == ["Trip planner"]

    shown = helisession("show", stored["id"], "--json", "--from", "jaeger", jaeger.url)
    assert shown.returncode == 0, shown.stderr
    found = json.loads(shown.stdout)["session"]
    assert (found["requests"], found["errors"]) == (stored["requests"], stored["errors"])


def _parents(span: dict[str, Any]) -> list[Any]:
    return [one for one in span["references"] if one["refType"] == "CHILD_OF"]
