"""Sessions of recorded frameworks: what real libraries wrote, as it is shown."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from otel_helisession import LocalSpanExporter
from tests import recordings
from tests.viewer.browser.conftest import OpenPage
from tests.viewer.browser.running import running

expect = pytest.importorskip("playwright.sync_api").expect

ROWS = sorted(path.stem for path in recordings.FOLDER.glob("*.json"))


@pytest.fixture(scope="module")
def frameworks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A viewer on every recording."""
    store: Path = tmp_path_factory.mktemp("frameworks") / "sessions.db"
    exporter = LocalSpanExporter(store)
    for row in ROWS:
        exporter.export(recordings.load(row))
    exporter.shutdown()
    with running(store) as address:
        yield address


def test_every_recorded_session_opens_in_every_view(
    open_page: OpenPage, frameworks: str
) -> None:
    """No session of any framework breaks a view or the pane of its first span."""
    page = open_page(address=frameworks)
    page.locator(".rows > .row").first.wait_for()
    answer = page.evaluate("fetch('/api/sessions?limit=500').then(answer => answer.json())")
    assert answer["total"] >= 1
    for session in answer["sessions"][:60]:
        page.goto(f"{frameworks}/sessions/{session['id']}?view=spans")
        page.locator(".rows > .tree-row").first.click()
        page.locator(".detail-rest:not([aria-busy])").wait_for()
        for key in "134":
            page.keyboard.press(key)
        expect(page.locator(".totals")).to_be_visible()
