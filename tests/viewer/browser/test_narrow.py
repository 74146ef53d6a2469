"""What a phone's 380 pixels show whole: menus, words, names, tables; and the pane's 820."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.viewer.browser.conftest import OpenPage

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

expect = pytest.importorskip("playwright.sync_api").expect

MONEY = Path(__file__).parents[2] / "money.json"
PHONE = {"width": 380, "height": 760}

_OUTSIDE = """all => all.filter(one => {
    const { left, right, width } = one.getBoundingClientRect();
    return width && (left < -0.5 || right > innerWidth + 0.5);
}).map(one => one.textContent)"""


def _outside(found: Locator) -> list[str]:
    said: list[str] = found.evaluate_all(_OUTSIDE)
    return said


@pytest.fixture
def phone(open_page: OpenPage, trip: Page) -> Page:
    """A trip on a phone."""
    page = open_page("/" + trip.url.split("/", 3)[3], viewport=PHONE)
    page.locator(".rows > .tree-row").first.wait_for()
    return page


def test_a_menu_opens_on_the_page(phone: Page) -> None:
    """Each of the buttons' menus is whole, left and right."""
    for word in ("Open in", "Compare", "Export"):
        phone.get_by_role("button", name=word).click()
        menu = phone.get_by_role("menu", name=word)
        expect(menu).to_be_visible()
        assert _outside(menu) == []
        phone.keyboard.press("Escape")


def test_the_lists_words_are_whole_on_a_phone(open_page: OpenPage) -> None:
    """Every heading that sorts is on the page; the box says a word that fits."""
    page = open_page("/", viewport=PHONE)
    page.locator(".rows > .row").first.wait_for()
    assert page.locator(".row-head .sort").count() > 8
    assert _outside(page.locator(".row-head .sort")) == []
    expect(page.get_by_placeholder("Search sessions")).to_be_visible()


def test_totals_are_cards_on_a_phone(phone: Page) -> None:
    """Each figure is on the page, below its word."""
    phone.keyboard.press("4")
    figures = phone.locator(".totals-table tbody tr").first.locator(".is-number")
    expect(figures).to_have_count(7)
    assert _outside(figures) == []
    assert figures.evaluate_all("all => all.map(one => one.dataset.word)") == [
        *("Requests", "p50", "p95", "Total time", "Tokens", "Cost", "Error rate"),
    ]


def test_two_runs_are_compared_on_a_phone(open_page: OpenPage, viewer: str) -> None:
    """Both tables are whole without scrolling sideways."""
    page = open_page("/?name=Trip+planner", viewport=PHONE)
    page.locator(".row-link").nth(1).wait_for()
    a, b = (
        page.locator(".row-link").nth(place).get_attribute("href").rsplit("/")[-1]  # type: ignore[union-attr]
        for place in (0, 1)
    )
    page.goto(f"{viewer}/compare?a={a}&b={b}")
    page.locator(".pair-cell").first.wait_for()
    assert _outside(page.locator(".versus td, .versus th, .pair-cell, .when")) == []


def test_what_stands_behind_a_name_is_there_whole_or_not_at_all(trip: Page) -> None:
    """Beside the pane there is less room: no name ends in a letter and three dots."""
    trip.keyboard.press("e")
    expect(trip.locator(".detail h2")).to_be_visible()
    debris = trip.locator(".tree-by").evaluate_all(
        "all => all.filter(one => one.offsetTop < 20 && one.scrollWidth > one.clientWidth)"
        ".map(one => one.textContent)"
    )
    assert debris == []
    expect(trip.locator(".tree-row:not(.tree-head) .tree-cost").first).to_be_hidden()


def test_an_error_says_its_type_once(trip: Page) -> None:
    """The type is the box's heading; the message goes on from there."""
    trip.keyboard.press("e")
    text = trip.locator(".failure").inner_text()
    assert text.count("TimeoutError") == 1
    assert "did not answer within 80 ms" in text


def test_money_is_written_as_in_the_terminal(open_page: OpenPage) -> None:
    """The page's own module, asked with the table that the terminal's tests read."""
    table = json.loads(MONEY.read_text())
    page = open_page("/names")
    said = page.evaluate(
        "async all => { const { cost } = await import('/assets/parts/format.js');"
        " return all.map(cost); }",
        [dollars for dollars, _ in table],
    )
    assert said == [text for _, text in table]


def test_a_name_with_one_session_has_a_figure_and_no_distribution(open_page: OpenPage) -> None:
    """What is one is not distributed."""
    page = open_page("/names")
    one = page.locator(".name-card").filter(has_text="1 session").filter(has_not_text="sessions")
    expect(one.first.locator(".measure-only, .measure-unknown")).to_have_count(3)
    expect(one.first.locator("svg.histogram")).to_have_count(0)
