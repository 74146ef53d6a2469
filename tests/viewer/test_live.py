"""Live: the stream that tells a page that the store has changed, and how the viewer ends."""

from __future__ import annotations

import json
import time

import httpx

from tests.recorded import Recorder, store
from tests.viewer.conftest import serving, until


def next_version(lines: object) -> int:
    for line in lines:  # type: ignore[attr-defined]
        if line.startswith("data: "):
            return int(json.loads(line[6:])["version"])
    raise AssertionError("the stream has ended")


def test_a_change_is_told_at_once(viewer: httpx.Client) -> None:
    """Also the first one, which makes the file."""
    with viewer.stream("GET", "/api/events") as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        lines = answer.iter_lines()
        seen = [next_version(lines)]
        for _ in range(2):
            recorder = Recorder()
            recorder.llm()
            store(recorder.take())
            seen.append(next_version(lines))
    assert seen == sorted(set(seen))


def test_nothing_is_told_while_nothing_changes(viewer: httpx.Client) -> None:
    """Reading is no change."""
    recorder = Recorder()
    recorder.llm()
    store(recorder.take())
    until(lambda: viewer.get("/api/sessions").json()["version"] > 0)
    before = viewer.get("/api/sessions").json()["version"]
    viewer.get("/api/sessions/s-1")
    time.sleep(0.7)
    assert viewer.get("/api/sessions").json()["version"] == before


def test_open_streams_do_not_hold_up_the_end() -> None:
    """Ctrl-C ends a viewer within a second though a page is open."""
    with serving() as client, client.stream("GET", "/api/events") as answer:
        next_version(answer.iter_lines())
        begun = time.monotonic()
        # Leaving serving() stops the server while the stream is open.
        client.__dict__["ending"] = begun
    assert time.monotonic() - begun < 3
