"""Chromium on a viewer with the demo's sessions; skipped where there is no browser.

``HELISESSION_TEST_SCREENSHOTS`` names a folder for pictures of what the tests saw.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.viewer.browser import made_spans
from tests.viewer.browser.running import COMMAND, running

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PICTURES = os.environ.get("HELISESSION_TEST_SCREENSHOTS")
"""Where screenshots go; none are taken without it."""

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_OPTIONS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)

OpenPage = Callable[..., "Page"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run these tests last: Playwright's event loop runs on in the thread of the tests."""
    items.sort(key=lambda item: Path(__file__).parent in item.path.parents)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The machine's own Chromium."""
    playwright = pytest.importorskip("playwright.sync_api", reason="no playwright: extra `browser`")
    program = next(filter(None, map(shutil.which, _NAMES)), None)
    if program is None:
        pytest.skip("no Chromium on this machine")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program, args=list(_OPTIONS))
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def store(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with four sessions of the demo, a hostile one, a large one and a crowd."""
    path = tmp_path_factory.mktemp("store") / "sessions.db"
    demo = [*COMMAND, "demo", "--sessions", "4", "--store", str(path)]
    subprocess.run(demo, check=True, capture_output=True, timeout=120)
    made_spans.hostile(path)
    made_spans.large(path, spans=3_000)
    made_spans.crowd(path, sessions=300)
    return path


@pytest.fixture(scope="session")
def viewer(store: Path) -> Iterator[str]:
    """The address of a viewer on that store, which knows a Jaeger."""
    with running(store, "--jaeger", "http://localhost:16686") as address:
        yield address


@pytest.fixture
def open_page(chromium: Browser, viewer: str, request: pytest.FixtureRequest) -> Iterator[OpenPage]:
    """Opens a page of the viewer; no page may have an error or break the CSP."""
    wrong: list[str] = []
    contexts: list[Any] = []

    def opened(path: str = "/", *, address: str = viewer, **said: Any) -> Page:
        context = chromium.new_context(**{"viewport": {"width": 1280, "height": 800}, **said})
        contexts.append(context)
        page: Page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda line: wrong.append(line.text) if line.type == "error" else None)
        page.goto(address + path)
        return page

    yield opened
    if PICTURES:
        _pictures(contexts, request.node.name)
    for context in contexts:
        context.close()
    assert [line for line in wrong if "Failed to load resource" not in line] == []


@pytest.fixture
def trip(open_page: OpenPage) -> Page:
    """The page of a trip with a tool that failed, as one gets there: from the list."""
    page = open_page("/?name=Trip+planner&errors=1&q=Lisbon")
    page.locator(".row-link").first.click()
    page.locator(".rows > .tree-row").first.wait_for()
    return page


def _pictures(contexts: list[Any], test: str) -> None:
    folder = Path(str(PICTURES))
    folder.mkdir(parents=True, exist_ok=True)
    pages = [page for context in contexts for page in context.pages]
    for number, page in enumerate(pages):
        name = re.sub(r"\W+", "_", f"{test}_{number}" if number else test)
        page.screenshot(path=str(folder / f"{name}.png"))
