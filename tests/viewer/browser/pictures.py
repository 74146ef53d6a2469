"""Takes the viewer's pictures of the docs: ``python -m tests.viewer.browser.pictures``.

Needs Chromium and Playwright, as the browser tests do, and the demo's libraries. What they
show is made up, from a fixed seed, but for the times.
"""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from opentelemetry.trace import Status, StatusCode

from tests.viewer.browser import made_spans
from tests.viewer.browser.running import COMMAND, running

if TYPE_CHECKING:
    from playwright.sync_api import Page

PICTURES = Path(__file__).parents[3] / "docs" / "pictures"

TRIP = "/?name=Trip+planner&errors=1&q=Lisbon"
_NAMES = ("Customer support", "Code review agent", "Invoice extraction", "Research assistant", "")
_MODELS = ("gpt-5.4-mini", "claude-sonnet-5", "my-local-model")


def main() -> None:
    """Make a store, show it, and take every picture."""
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder) / "sessions.db"
        made_spans.large(store, spans=20_000, id="code-review-of-everything", earlier_ms=480_000)
        varied(store, sessions=600)
        demo = [*COMMAND, "demo", "--sessions", "3", "--store", str(store)]
        subprocess.run(demo, check=True, capture_output=True, timeout=120)
        with running(store, "--jaeger", "http://localhost:16686") as address:
            take(address)


def take(address: str) -> None:
    """Take the pictures of the viewer at *address*."""
    with opened(1200, 700) as page:
        page.goto(address)
        page.locator(".rows > .row").first.wait_for()
        kept(page, "sessions")
        trip = _first(page, address + TRIP)
        other = _first(page, f"{address}/?name=Trip+planner&errors=0&q=user-02")
        page.goto(trip)
        page.locator(".tree-row[data-index='2']").click()
        page.locator(".detail-rest:not([aria-busy])").wait_for()
        kept(page, "session")
    with opened(1200, 640) as page:
        page.goto(f"{address}/sessions/code-review-of-everything?view=totals")
        page.locator(".totals").wait_for()
        kept(page, "totals")
        a, b = (one.rsplit("/", 1)[-1] for one in (trip, other))
        page.goto(f"{address}/compare?a={a}&b={b}")
        page.locator(".versus").wait_for()
        kept(page, "compare")
    with opened(1200, 640, color_scheme="dark") as page:
        page.goto(f"{trip}?view=timeline&critical=1")
        page.locator(".timeline-canvas").wait_for()
        kept(page, "timeline")


@contextmanager
def opened(width: int, height: int, **said: Any) -> Iterator[Page]:
    """Yield a page of a new browser."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        program = shutil.which("chromium") or shutil.which("google-chrome")
        browser = driver.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser.new_page(viewport={"width": width, "height": height}, **said)
        browser.close()


def kept(page: Page, name: str) -> None:
    """Write what *page* shows, once it rests."""
    page.wait_for_timeout(1_500)
    page.screenshot(path=str(PICTURES / f"{name}.png"))
    sys.stdout.write(f"{PICTURES / name}.png\n")


def varied(store: Path, *, sessions: int) -> None:
    """Store sessions of several names, models, users and lengths, the last some minutes ago."""
    made, dice = made_spans.Maker(), random.Random(4)
    for number in range(sessions):
        at, name = -550_000.0 - number * dice.random() * 40_000, dice.choice(_NAMES)
        said = made_spans.session(f"{dice.getrandbits(32):08x}", name, "/task")
        said["user.id"] = f"user-{dice.randint(1, 40)}"
        run = made.begin("run", at, None, **said)
        for _ in range(dice.randint(1, 9)):
            took = dice.lognormvariate(6, 0.9)
            call = made.begin("call", at, run, **said, **_call(dice))
            if dice.random() < 0.03:
                call.set_status(Status(StatusCode.ERROR, "overloaded"))
            at += took
            made.end(call, at)
        made.end(run, at)
    made.store(store)


def _call(dice: random.Random) -> dict[str, Any]:
    if dice.random() < 0.4:
        tool = dice.choice(["search", "lookup", "send_mail"])
        return {"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": tool}
    return {
        **made_spans.chat(dice.choice(_MODELS)),
        "gen_ai.usage.input_tokens": dice.randint(1_600, 6_000),
        "gen_ai.usage.output_tokens": dice.randint(20, 900),
        "gen_ai.usage.cache_read.input_tokens": dice.choice([0, 0, 1_500]),
    }


def _first(page: Page, list_address: str) -> str:
    """Return the address of the first session of a list, once its words can be found."""
    for _ in range(30):
        page.goto(list_address)
        page.locator(".rows > .row, .empty").first.wait_for()
        if page.locator(".row-link").count():
            break
        page.wait_for_timeout(1_000)
    href = page.locator(".row-link").first.get_attribute("href") or ""
    return list_address.split("/?")[0] + href.split("?")[0]


if __name__ == "__main__":
    main()
