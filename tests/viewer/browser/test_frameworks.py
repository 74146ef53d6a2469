"""Sessions of recorded frameworks: what real libraries wrote, as it is shown."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from otel_helisession import LocalSpanExporter
from tests import recordings
from tests.viewer.browser.conftest import OpenPage
from tests.viewer.browser.running import running

expect = pytest.importorskip("playwright.sync_api").expect

ROWS = sorted(path.stem for path in recordings.FOLDER.glob("*.json"))[::4]
"""Every fourth, so that the browser is done within a minute."""


@pytest.fixture(scope="module")
def frameworks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A viewer on these recordings, each one session that is named for it."""
    store: Path = tmp_path_factory.mktemp("frameworks") / "sessions.db"
    exporter = LocalSpanExporter(store)
    for row in ROWS:
        scenes = recordings.recording(row)["scenes"].values()
        spans = [_as_session(said, row) for scene in scenes for said in scene["spans"]]
        exporter.export([recordings.load_span(said) for said in spans])
    exporter.shutdown()
    with running(store) as address:
        yield address


def test_every_recorded_session_opens_in_every_view(open_page: OpenPage, frameworks: str) -> None:
    """No session of any framework breaks a view, or the pane of one of its spans."""
    page = open_page(address=frameworks)
    for row in ROWS:
        page.goto(f"{frameworks}/sessions/{quote(row, safe='')}?view=spans")
        page.locator(".tree-row[data-index='0']").click()
        page.locator(".detail-rest:not([aria-busy])").wait_for()
        expect(page.locator(".session-id-text")).to_have_text(row)
        for key in "134":
            page.keyboard.press(key)
        expect(page.locator(".totals")).to_be_visible()


def _as_session(said: dict[str, Any], row: str) -> dict[str, Any]:
    """Return a recorded span with *row* as its session, and a trace that no other row has."""
    trace = hashlib.md5(f"{row} {said['trace_id']}".encode()).hexdigest()
    attributes = {**said.get("attributes", {}), "helicone.session.id": row}
    made = {**said, "trace_id": trace, "attributes": attributes}
    if "parent" in said:
        made["parent"] = {**said["parent"], "trace_id": trace}
    return made
