"""How fast it is, in the browser's own clock. Figures are printed; bounds are loose."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.viewer.browser import made_spans
from tests.viewer.browser.conftest import OpenPage
from tests.viewer.browser.running import running

if TYPE_CHECKING:
    from playwright.sync_api import Page

expect = pytest.importorskip("playwright.sync_api").expect

SPANS = 20_000

_FIRST_ROW = """
new MutationObserver((_, watcher) => {
    if (!document.querySelector('.rows > .tree-row, .rows > .row')) return;
    watcher.disconnect();
    requestAnimationFrame(() => { window.firstRow = performance.now(); });
}).observe(document, { childList: true, subtree: true });
"""

_TIMED = """async () => {
    const frame = () => new Promise(requestAnimationFrame);
    await frame();
    const begun = performance.now();
    %s;
    await frame();
    const done = new Promise(go => { const c = new MessageChannel();
        c.port1.onmessage = go; c.port2.postMessage(0); });
    await done;
    return performance.now() - begun;
}"""
"""Milliseconds from an action to the frame that shows it."""


def _key(key: str) -> str:
    return f"document.dispatchEvent(new KeyboardEvent('keydown', {{key: '{key}', bubbles: true}}))"


ACTIONS = {
    "scroll the tree": "document.querySelector('.tree').scrollTop = 4e5",
    "fold the root": "document.querySelector('.fold').click()",
    "unfold the root": "document.querySelector('.fold').click()",
    "next row": _key("j"),
    "critical path": _key("p"),
    "timeline": _key("3"),
    "zoom": _key("+"),
    "pan": _key("d"),
    "timeline, whole": _key("0"),
    "totals": _key("4"),
    "paths": _key("1"),
}


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with one session of 20,000 spans, and 2,000 others."""
    path = tmp_path_factory.mktemp("large") / "large.db"
    made_spans.large(path, spans=SPANS)
    made_spans.crowd(path, sessions=2_000)
    return path


def _first_row(page: Page) -> float:
    page.locator(".rows > .tree-row, .rows > .row").first.wait_for()
    page.wait_for_timeout(100)
    return float(page.evaluate("window.firstRow"))


def test_a_session_of_20_000_spans_opens_and_answers(open_page: OpenPage, large: Path) -> None:
    """First rows within a second, each interaction within 100 ms, on a machine at rest."""
    with running(large) as address:
        page = open_page("/names", address=address)
        page.add_init_script(_FIRST_ROW)
        page.goto(f"{address}/sessions/large?view=spans")
        opened = _first_row(page)
        print(f"\n{'open, to first rows':>24} {opened:7.0f} ms")
        took = {name: page.evaluate(_TIMED % action) for name, action in ACTIONS.items()}
        for name, millis in took.items():
            print(f"{name:>24} {millis:7.1f} ms")
        assert page.locator(".rows > .tree-row").count() < 80
    assert opened < 5_000
    assert max(took.values()) < 1_000


def test_the_list_paints_within_a_second(open_page: OpenPage, large: Path) -> None:
    """First rows of 2,001 sessions; scrolling far down takes a frame."""
    with running(large) as address:
        page = open_page("/names", address=address)
        page.add_init_script(_FIRST_ROW)
        page.goto(f"{address}/")
        opened = _first_row(page)
        scrolled = page.evaluate(_TIMED % "document.querySelector('.table').scrollTop = 5e4")
        print(f"\n{'list, to first rows':>24} {opened:7.0f} ms\n{'scroll':>24} {scrolled:7.1f} ms")
    assert opened < 5_000
    assert scrolled < 1_000
