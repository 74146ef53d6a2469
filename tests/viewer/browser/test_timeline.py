"""The timeline: lanes on a canvas that are zoomed, panned, hovered and walked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.viewer.browser.conftest import OpenPage

if TYPE_CHECKING:
    from playwright.sync_api import Page

expect = pytest.importorskip("playwright.sync_api").expect

_COLOURS = """() => {
    const canvas = document.querySelector('.timeline-canvas');
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    const seen = new Map();
    for (let at = 0; at < data.length; at += 4) {
        const key = (data[at] << 16) | (data[at + 1] << 8) | data[at + 2];
        if (data[at + 3] === 255) seen.set(key, (seen.get(key) ?? 0) + 1);
    }
    return [...seen].filter(([, count]) => count > 600).length;
}"""


@pytest.fixture
def timeline(trip: Page) -> Page:
    """A trip's timeline."""
    trip.keyboard.press("3")
    trip.locator(".timeline-canvas").wait_for()
    trip.wait_for_timeout(200)
    return trip


def _window(page: Page) -> str:
    page.wait_for_timeout(350)
    return page.evaluate("new URLSearchParams(location.search).get('t') ?? ''")


def test_paths_have_colours_of_their_own(timeline: Page) -> None:
    """At least five different colours fill bars."""
    assert timeline.evaluate(_COLOURS) >= 5


def test_the_wheel_zooms_where_the_pointer_is(timeline: Page) -> None:
    """What is under the pointer stays there; 0 shows the whole again."""
    timeline.mouse.move(800, 500)
    timeline.mouse.wheel(0, -400)
    start, end = map(float, _window(timeline).split("-"))
    assert 0 < start < end
    timeline.keyboard.press("0")
    assert _window(timeline) == ""


def test_keys_zoom_and_pan(timeline: Page) -> None:
    """+ zooms, d goes on in time, a goes back."""
    timeline.keyboard.press("+")
    zoomed = _window(timeline)
    timeline.keyboard.press("d")
    later = _window(timeline)
    assert float(later.split("-")[0]) > float(zoomed.split("-")[0])
    timeline.keyboard.press("a")
    assert _window(timeline) == zoomed


def test_dragging_pans(timeline: Page) -> None:
    """The lanes follow the pointer."""
    timeline.keyboard.press("+")
    before = float(_window(timeline).split("-")[0])
    timeline.mouse.move(700, 600)
    timeline.mouse.down()
    timeline.mouse.move(500, 600, steps=4)
    timeline.mouse.up()
    assert float(_window(timeline).split("-")[0]) > before


def test_dragging_on_the_strip_chooses_a_part(timeline: Page) -> None:
    """From a third to a half of the session."""
    box = timeline.locator(".minimap").bounding_box()
    assert box is not None
    timeline.mouse.move(box["x"] + box["width"] / 3, box["y"] + 20)
    timeline.mouse.down()
    timeline.mouse.move(box["x"] + box["width"] / 2, box["y"] + 20, steps=4)
    timeline.mouse.up()
    total = timeline.evaluate("document.querySelector('.timeline-sheet').ariaLabel")
    start, end = map(float, _window(timeline).split("-"))
    assert "Timeline of" in total
    assert end / start == pytest.approx(1.5, rel=0.05)


def test_the_pointer_says_time_and_span(timeline: Page) -> None:
    """A crosshair with the time, and a card with what the span took."""
    box = timeline.locator(".timeline-sheet").bounding_box()
    assert box is not None
    timeline.mouse.move(box["x"] + 220, box["y"] + 76)
    expect(timeline.locator(".cross-time")).to_contain_text("ms")
    expect(timeline.locator(".tooltip")).to_contain_text("gpt-5.4-mini")
    timeline.mouse.click(box["x"] + 220, box["y"] + 76)
    expect(timeline.locator(".detail h2")).to_contain_text("gpt-5.4-mini")


def test_arrows_go_from_span_to_span(timeline: Page) -> None:
    """Each is announced and shown in the pane."""
    timeline.keyboard.press("ArrowRight")
    first = timeline.locator(".detail h2").inner_text()
    timeline.keyboard.press("ArrowRight")
    expect(timeline.locator("[role=status].spoken")).to_contain_text("ms")
    timeline.keyboard.press("ArrowRight")
    expect(timeline.locator(".detail h2")).not_to_have_text(first)


def test_colours_stay_apart_in_the_dark(open_page: OpenPage, timeline: Page) -> None:
    """The same session in the dark theme has as many colours."""
    path = timeline.url.split("/", 3)[3]
    dark = open_page(f"/{path}", color_scheme="dark")
    dark.locator(".timeline-canvas").wait_for()
    dark.wait_for_timeout(300)
    assert dark.evaluate(_COLOURS) >= 5


def test_two_fingers_zoom(open_page: OpenPage, timeline: Page) -> None:
    """A pinch shows less time."""
    path = timeline.url.split("/", 3)[3]
    phone = open_page(f"/{path}", viewport={"width": 380, "height": 760}, has_touch=True)
    phone.locator(".timeline-sheet").scroll_into_view_if_needed()
    phone.wait_for_timeout(300)
    box = phone.locator(".timeline-sheet").bounding_box()
    assert box is not None
    touch = phone.context.new_cdp_session(phone)
    y = box["y"] + 80
    for kind, left, right in (
        ("touchStart", 170, 200),
        *(("touchMove", 170 - 20 * n, 200 + 20 * n) for n in range(1, 6)),
    ):
        points = [{"x": left, "y": y, "id": 0}, {"x": right, "y": y, "id": 1}]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    start, end = map(float, _window(phone).split("-"))
    assert end > start


def test_a_failed_bar_says_so_to_who_hears_it(timeline: Page) -> None:
    """Bars are drawn; what a screen reader says of one is said as it is walked to."""
    status = timeline.locator("[role=status].spoken")
    heard = []
    for _ in range(12):
        before = timeline.url
        timeline.keyboard.press("ArrowRight")
        if timeline.url == before:
            break
        expect(status).not_to_have_text(heard[-1] if heard else "")
        heard.append(status.inner_text())
    failed = [text for text in heard if "failed" in text]
    assert len(failed) == 1
    assert failed[0].startswith("Tool search_flights, ")
    assert failed[0].endswith(" ms, failed: TimeoutError")
