"""Themes, phones, zoom, screen readers, help, and what is shown when there is nothing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.viewer.browser.conftest import OpenPage
from tests.viewer.browser.running import running

if TYPE_CHECKING:
    from playwright.sync_api import Page

expect = pytest.importorskip("playwright.sync_api").expect

_PALE = "getComputedStyle(document.documentElement).backgroundColor"
_WIDER = "document.documentElement.scrollWidth > innerWidth + 1"

_CONTRAST = """() => {
    const rgb = text => text.match(/[\\d.]+/g).map(Number);
    const light = ([r, g, b]) => [r, g, b].map(one => one / 255)
        .map(one => one <= 0.03928 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4)
        .reduce((all, one, place) => all + one * [0.2126, 0.7152, 0.0722][place], 0);
    const ground = element => {
        for (let one = element; one; one = one.parentElement) {
            const colour = getComputedStyle(one).backgroundColor;
            if (colour.startsWith('rgb(')) return rgb(colour);
        }
        return [255, 255, 255];
    };
    const poor = [];
    for (const element of document.querySelectorAll('body *')) {
        const own = [...element.childNodes].some(node => node.nodeType === 3 && node.data.trim());
        if (!own || !element.checkVisibility({ opacityProperty: true })) continue;
        if (element.closest('.spoken, .skip')) continue;
        const colour = getComputedStyle(element).color;
        if (!colour.startsWith('rgb(')) continue;
        const [a, b] = [light(rgb(colour)), light(ground(element))].sort((x, y) => y - x);
        const ratio = (a + 0.05) / (b + 0.05);
        if (ratio < 4.5) poor.push(`${element.className || element.tagName} ${ratio.toFixed(2)}`);
    }
    return [...new Set(poor)];
}"""


def test_the_theme_is_the_systems_until_it_is_chosen(open_page: OpenPage) -> None:
    """Dark where the system is; t turns to light and stays so on the next page."""
    page = open_page("/", color_scheme="dark")
    dark = page.evaluate(_PALE)
    page.keyboard.press("t")
    light = page.evaluate(_PALE)
    assert dark != light
    page.reload()
    assert page.evaluate(_PALE) == light


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["/", "/names", "trip"])
def test_text_stands_out_from_its_ground(
    open_page: OpenPage, trip: Page, scheme: str, path: str
) -> None:
    """4.5 to 1 at least, in both themes."""
    where = "/" + trip.url.split("/", 3)[3] if path == "trip" else path
    page = open_page(where, color_scheme=scheme)
    page.locator(".row, .name-card, .tree-row").nth(2).wait_for()
    assert page.evaluate(_CONTRAST) == []


@pytest.mark.parametrize("view", ["", "?view=spans", "?view=timeline", "?view=totals"])
def test_a_session_fits_a_phone(open_page: OpenPage, trip: Page, view: str) -> None:
    """380 pixels wide: nothing hangs over the side."""
    path = "/" + trip.url.split("/", 3)[3]
    page = open_page(path + view, viewport={"width": 380, "height": 760})
    page.locator(".stage > *").wait_for()
    assert not page.evaluate(_WIDER)


def test_the_lists_fit_a_phone(open_page: OpenPage) -> None:
    """380 pixels wide, sessions and names; a row says name, cost and errors."""
    for path in ("/?errors=1", "/names"):
        page = open_page(path, viewport={"width": 380, "height": 760})
        page.locator(".rows > .row, .name-card").first.wait_for()
        assert not page.evaluate(_WIDER)


def test_twice_the_size_is_readable(open_page: OpenPage, trip: Page) -> None:
    """At 200% zoom of 1280 by 800 the page scrolls and nothing hangs over the side."""
    path = "/" + trip.url.split("/", 3)[3]
    page = open_page(path, viewport={"width": 640, "height": 400}, device_scale_factor=2)
    page.locator(".rows > .tree-row").first.wait_for()
    assert not page.evaluate(_WIDER)
    page.locator(".tree-row:has(.kind-tool)").first.click()
    expect(page.locator(".detail h2")).to_be_visible()


def test_help_lists_the_keys(open_page: OpenPage) -> None:
    """? opens it, Escape closes it."""
    page = open_page("/")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_contain_text("Critical path")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="Keys")).to_be_hidden()


def test_everything_that_can_be_pressed_has_a_name(trip: Page) -> None:
    """Buttons, links and fields say what they are; roles are those of a treegrid."""
    nameless = trip.evaluate(
        "[...document.querySelectorAll('button, a, input')].filter(one =>"
        " !(one.ariaLabel || one.innerText.trim() || one.title || one.labels?.length"
        " || one.closest('[aria-hidden=true]'))).map(one => one.outerHTML)"
    )
    assert nameless == []
    assert trip.locator("[role=treegrid] [role=row] [role=gridcell]").count() > 10


def test_less_motion_is_none(open_page: OpenPage) -> None:
    """Who asks for less motion sees no transition."""
    page = open_page("/", reduced_motion="reduce")
    page.locator(".rows > .row").first.wait_for()
    assert page.evaluate("getComputedStyle(document.querySelector('.row')).transitionDuration") in (
        *("0s", ""),
    )


def test_what_does_not_listen_is_no_way_in(open_page: OpenPage, tmp_path: Path) -> None:
    """Without receivers only the store is left."""
    with running(tmp_path / "new.db") as address:
        ways = open_page(address=address).locator(".way")
        expect(ways).to_have_count(1)
        expect(ways).to_contain_text("helisession run -- python app.py")


def test_an_empty_store_teaches_three_ways_in(open_page: OpenPage, tmp_path: Path) -> None:
    """A Python program, OTLP from any language, a Helicone logger; then the first arrives."""
    from tests.viewer.browser import made_spans

    store = tmp_path / "new.db"
    with running(store, "--otlp-http-port", "0") as address:
        page = open_page(address=address)
        ways = page.locator(".way")
        expect(ways).to_have_count(3)
        expect(ways.nth(0)).to_contain_text("helisession run -- python app.py")
        expect(ways.nth(1)).to_contain_text("OTEL_EXPORTER_OTLP_ENDPOINT=")
        made_spans.one_more(store, "the-first")
        expect(page.locator(".rows > .row").first).to_contain_text("the-first")


def test_a_viewer_that_went_away_is_said(open_page: OpenPage, tmp_path: Path) -> None:
    """What is shown stays; a new question says that nobody answers, and how to go on."""
    from tests.viewer.browser import made_spans

    store = tmp_path / "away.db"
    made_spans.crowd(store, sessions=5)
    with running(store) as address:
        page = open_page(address=address)
        page.locator(".rows > .row").first.wait_for()
    expect(page.locator(".offline")).to_be_visible()
    expect(page.locator(".rows > .row").first).to_be_visible()
    page.locator(".row-link").first.click()
    expect(page.locator(".problem")).to_contain_text("helisession view")
