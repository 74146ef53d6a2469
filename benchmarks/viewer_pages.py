"""How long the viewer's pages take to show what was asked for, in Chromium.

Starts the real viewer on a store, opens its pages and does what people do: sort, filter,
search, open, change the view, scroll, select, compare. A figure is the time from the action
to the frame that shows what it led to, by the browser's own clock, server included. Without
--store it makes the store of `viewer.py`: 10,000 sessions, a million spans, one session of
20,000. Needs the extra `browser` and a Chromium on the path.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import tempfile
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from viewer import fill, index, serve

if TYPE_CHECKING:
    from playwright.sync_api import Page

FIRST_PAINT_MS: Final = 1_000
INTERACTION_MS: Final = 100
OPENING: Final = "open:"
"""What begins so loads a page, and has the first paint's budget."""

SHOWN: Final = """async () => {
    const frame = () => new Promise(requestAnimationFrame);
    await frame();
    const begun = performance.now();
    ACTION;
    do await frame(); while (!(SEEN) && performance.now() < begun + 20000);
    const painted = new MessageChannel();
    const done = new Promise(go => { painted.port1.onmessage = go; });
    painted.port2.postMessage(0);
    await done;
    return performance.now() - begun;
}"""
"""Milliseconds from ACTION to the end of the frame in which SEEN is true."""

PAINTED: Final = (
    """() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN"""
)

ROW: Final = ".rows > .row:not(.is-waiting), .rows > .tree-row, .name-card, .versus"
"""What a page is opened for."""

FIRST_ROW: Final = """new MutationObserver((_, watcher) => {
    if (!document.querySelector('ROW')) return;
    watcher.disconnect();
    requestAnimationFrame(() => { window.firstRow = performance.now(); });
}).observe(document, { childList: true, subtree: true, attributes: true });""".replace("ROW", ROW)


def key(name: str) -> str:
    """Return the script that presses a key."""
    event = f"new KeyboardEvent('keydown', {{key: {name!r}, bubbles: true}})"
    return f"(document.activeElement ?? document).dispatchEvent({event})"


def typed(text: str) -> str:
    """Return the script that types *text* into the box of a page."""
    return (
        "const box = document.querySelector('.search-input'); window.before = document"
        f".querySelector('.list-count').textContent; box.value = {text!r};"
        "box.dispatchEvent(new Event('input', {bubbles: true}))"
    )


COUNTED = "document.querySelector('.list-count').textContent !== window.before"

ROWS: Final = "[...document.querySelectorAll('.rows > .row')].map(one => one.textContent).join()"
OTHER_ROWS: Final = f"{ROWS} !== window.rows && !document.querySelector('.rows > .row.is-waiting')"
"""The list shows other rows than before, and waits for none."""

LIST: Final = {
    "list: sort by user": (
        f"window.rows = {ROWS}; document.querySelector('.cell-user .sort').click()",
        OTHER_ROWS,
    ),
    "list: scroll far": (
        f"window.rows = {ROWS}; document.querySelector('.table').scrollTop = 5e3",
        OTHER_ROWS,
    ),
    "list: search": (typed("weather"), COUNTED),
    "list: filter by errors": (
        "window.before = ''; document.querySelector('.list-count').textContent = '';"
        "history.pushState(null, '', '/?errors=1'); dispatchEvent(new PopStateEvent('popstate'))",
        COUNTED,
    ),
}
"""What is done in the list: an action, and what is true once it is to be seen."""

SESSION: Final = {
    "session: scroll": ("document.querySelector('.tree').scrollTop = 2e5", "true"),
    "session: select": (
        "document.querySelectorAll('.rows > .tree-row:not(.is-folder)')[8].click()",
        "document.querySelector('.detail-rest:not([aria-busy])')",
    ),
    "session: close the pane": (key("Escape"), "document.querySelector('.detail[hidden]')"),
    "session: paths": (key("1"), "document.querySelector('.tree[aria-label=Path]')"),
    "session: timeline, first": (key("3"), "document.querySelector('.timeline-canvas[width]')"),
    "timeline: zoom": (key("+"), "true"),
    "timeline: pan": (key("d"), "true"),
    "session: totals": (key("4"), "document.querySelector('.totals-table')"),
    "session: timeline, again": (key("3"), "document.querySelector('.timeline-canvas')"),
    "session: critical path": (key("p"), "true"),
}


def steps(page: Page, base: str, ids: tuple[str, str, str]) -> Iterator[tuple[str, float]]:
    """Do everything once, and yield what was done and its milliseconds."""
    large, one, other = ids
    yield from opened(page, f"{base}/", "list")
    for name, (action, shown) in LIST.items():
        yield name, page.evaluate(SHOWN.replace("ACTION", action).replace("SEEN", shown))
    yield from opened(page, f"{base}/names", "names")
    yield from opened(page, f"{base}/sessions/{large}?view=spans", "20,000 spans")
    page.wait_for_timeout(500)
    for name, (action, shown) in SESSION.items():
        yield name, page.evaluate(SHOWN.replace("ACTION", action).replace("SEEN", shown))
    yield from opened(page, f"{base}/compare?a={one}&b={other}", "compare")


def opened(page: Page, url: str, word: str) -> Iterator[tuple[str, float]]:
    """Load a page, and yield its first paint and its first row."""
    page.goto(url)
    page.locator(ROW).first.wait_for(timeout=60_000)
    page.wait_for_timeout(100)
    yield f"{OPENING} {word}, paint", page.evaluate(PAINTED)
    yield f"{OPENING} {word}, rows", page.evaluate("window.firstRow")


def asked(base: str, query: str) -> Any:
    """Return what the viewer answers."""
    with urllib.request.urlopen(f"{base}/api/sessions?{query}", timeout=60) as answer:
        return json.load(answer)["sessions"]


def chosen(base: str) -> tuple[str, str, str]:
    """Return the ids of the session of most requests, and of two others."""
    largest = asked(base, "sort=requests&order=desc&limit=1")[0]["id"]
    one, other = (said["id"] for said in asked(base, "sort=started&order=asc&limit=2"))
    return largest, one, other


def measure(bases: list[str], times: int) -> list[dict[str, list[float]]]:
    """Return each viewer's milliseconds of each step; they take turns, each time in a new page."""
    from playwright.sync_api import sync_playwright

    program = shutil.which("chromium") or shutil.which("google-chrome")
    options = ["--no-sandbox", "--disable-gpu"]
    found: list[dict[str, list[float]]] = [{} for _ in bases]
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program, args=options)
        for place, base in list(enumerate(bases)) * times:
            page = browser.new_page(viewport={"width": 1280, "height": 800})
            page.add_init_script(FIRST_ROW)
            for name, millis in steps(page, base, chosen(base)):
                found[place].setdefault(name, []).append(millis)
            page.close()
        browser.close()
    return found


def table(found: dict[str, list[float]]) -> str:
    """Return the figures as a table; what is over its budget is marked."""
    lines = [f"{'':30} {'p50 ms':>8} {'p95 ms':>8} {'budget':>8}"]
    for name, millis in found.items():
        budget = FIRST_PAINT_MS if name.startswith(OPENING) else INTERACTION_MS
        middle, ordered = statistics.median(millis), sorted(millis)
        late = ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))]
        mark = "" if late <= budget else "  over" if middle > budget else "  p95 over"
        lines.append(f"{name:30} {middle:8.0f} {late:8.0f} {budget:8}{mark}")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--store", type=Path, help="the store to show, or where to keep a new one")
    parser.add_argument("--times", type=int, default=7, help="how often everything is done")
    parser.add_argument("--at", action="append", help="viewers that run already, taken in turn")
    given = parser.parse_args()
    if given.at:
        for base, found in zip(given.at, measure(given.at, given.times), strict=True):
            print(f"{base}\n{table(found)}")
        return
    with tempfile.TemporaryDirectory() as directory:
        path = given.store or Path(directory, "sessions.db")
        if not path.exists():
            fill(path, 10_000, 98)
        index(path)
        process, base = serve(path)
        try:
            print(table(measure([base], given.times)[0]))
        finally:
            process.terminate()
            process.wait(10)


if __name__ == "__main__":
    main()
