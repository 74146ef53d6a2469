"""The front end works totals out for itself; they are the same as the terminal's and the API's."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
from pathlib import Path
from typing import Any

import httpx
import pytest
from opentelemetry.trace import Span

from otel_helisession.analysis.critical_path import critical_path
from otel_helisession.analysis.path_totals import busy, path_totals
from otel_helisession.store.reader import SessionReader
from otel_helisession.store.row import SpanRow
from otel_helisession.viewer.pages import ASSETS
from tests.recorded import Recorder, store

PROGRAM = Path(__file__).with_name("agreement.mjs")
PATHS = ("/trip", "/trip/research", "/trip/research/web", "/trip/book")
SPANS = 300


def record(seed: int) -> list[SpanRow]:
    """Store a session of SPANS spans that overlap, fail, tie and hang below one another."""
    dice, recorder, parents = random.Random(seed), Recorder(), list[Span | None]([None])
    for _ in range(SPANS):
        start = dice.randrange(2_000)
        given: dict[str, Any] = {
            "path": dice.choice(PATHS),
            "times": (start, start + dice.choice((0, 5, 10, 100, dice.randrange(900)))),
            "parent": dice.choice(parents[-20:]),
            "error": ("500", "late") if dice.random() < 0.1 else None,
        }
        kind = dice.randrange(3)
        if kind == 0:
            parents.append(recorder.span("step", **given))
        elif kind == 1:
            recorder.tool("search", **given)
        else:
            cost = {"gen_ai.usage.cost": 0.25} if dice.random() < 0.5 else {}
            recorder.llm(tokens=(dice.randrange(90), 5), **given, **cost)
    store(recorder.take())
    with SessionReader() as reader:
        return list(reader.spans("s-1"))


@pytest.fixture
def node() -> str:
    found = shutil.which("node")
    if found is None:
        pytest.skip("there is no Node.js to run the front end's modules in")
    return found


def told(node: str, viewer: httpx.Client) -> Any:
    """Return what the front end makes of the session."""
    answer = viewer.get("/api/sessions/s-1").content
    command = [node, str(PROGRAM), str(ASSETS)]
    done = subprocess.run(command, input=answer, capture_output=True, timeout=60)
    assert done.returncode == 0, done.stderr.decode()
    return json.loads(done.stdout)


@pytest.mark.parametrize("seed", range(3))
def test_the_front_end_adds_up_as_the_terminal_does(
    node: str, viewer: httpx.Client, seed: int
) -> None:
    """Requests, errors, percentiles, tokens, cost and times of each path; what was waited for."""
    rows = record(seed)
    said, start = told(node, viewer), rows[0].start_unix_nano
    assert said["waited"] == [
        [one.place, (one.start_unix_nano - start) / 1e6, (one.end_unix_nano - start) / 1e6]
        for one in critical_path(rows)
    ]
    assert said["totals"] == {
        one.path: [
            *(one.requests, one.errors, one.p50_ms, one.p95_ms),
            *(one.usage.total_tokens, one.usage.cost_usd),
        ]
        for one in path_totals(rows)
    }
    assert said["busy"] == {path: open_ms(rows, path) for path in said["busy"]}
    assert set(said["busy"]) >= set(PATHS)


def open_ms(rows: list[SpanRow], path: str) -> float:
    """Return for how long some span at *path* or below it was open."""
    below = f"{path.rstrip('/')}/"
    inside = [row for row in rows if row.path == path or row.path.startswith(below)]
    return busy((row.start_unix_nano, row.end_unix_nano) for row in inside) / 1e6
