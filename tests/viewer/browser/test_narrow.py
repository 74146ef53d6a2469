"""What a phone's 380 pixels show whole: menus, words, names, tables; and the pane's 820."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from opentelemetry.trace import Status, StatusCode

from tests.viewer.browser import made_spans
from tests.viewer.browser.conftest import OpenPage
from tests.viewer.browser.running import running

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


def test_a_card_of_the_list_says_tokens(open_page: OpenPage) -> None:
    """Below the requests, each card within the page, which does not scroll sideways."""
    page = open_page("/?name=Trip+planner&errors=1&q=Lisbon", viewport=PHONE)
    page.locator(".rows > .row").first.wait_for()
    tokens = page.locator(".rows > .row .cell-tokens").first
    assert tokens.inner_text() == "524"
    said = "one => getComputedStyle(one.firstChild, '::after').content"
    assert tokens.evaluate(said) == '" tokens"'
    assert _outside(page.locator(".rows > .row > .cell")) == []
    widths = page.locator("html, .table").evaluate_all("all => all.map(one => one.scrollWidth)")
    assert widths == [PHONE["width"]] * 2


def test_a_card_has_room_for_large_figures(open_page: OpenPage, tmp_path: Path) -> None:
    """A long user is cut, and covers neither time, tokens nor errors."""
    store, made = tmp_path / "large.db", made_spans.Maker()
    said = made_spans.session("much", "Long name of a session that does much", "/x")
    said["user.id"] = "somebody.with.a.long.name@an-organisation.example"
    call = made.begin("chat", 0, None, **said, **made_spans.chat())
    call.set_attribute("gen_ai.usage.input_tokens", 14_800_000)
    made.end(call, 900_000)
    made.store(store)
    with running(store) as address:
        page = open_page("/", address=address, viewport=PHONE)
        page.locator(".rows > .row").first.wait_for()
        cells = page.locator(".cell-started, .cell-tokens, .cell-user").locator("visible=true")
        boxes = cells.and_(page.locator(".rows .cell")).evaluate_all(
            "all => all.map(one => one.getBoundingClientRect())"
            ".map(({ left, right }) => [left, right]).sort(([a], [b]) => a - b)"
        )
    assert len(boxes) == 3
    assert all(left[1] <= right[0] for left, right in pairwise(boxes))


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("nightly-report-2026-11-23-0001", "nightly-report-2026-11-23-0002"),
        ("0193f2a4-7c1e-7a00-8000-000000000001", "0193f2a4-7c1e-7a00-9000-000000000001"),
        ("run", "run-again"),
    ],
)
def test_ids_that_begin_alike_are_told_apart(
    open_page: OpenPage, tmp_path: Path, a: str, b: str
) -> None:
    """What differs is in view on a phone; the whole is in the title, and to be read aloud."""
    store = tmp_path / "alike.db"
    for id in (a, b):
        made_spans.one_more(store, id)
    with running(store) as address:
        page = open_page(f"/compare?a={a}&b={b}", address=address, viewport=PHONE)
        ids = page.locator(".versus-who .mono")
        expect(ids).to_have_text([a, b])
        assert _outside(ids) == []
        rests = page.locator(".id-rest")
        shown = rests.evaluate_all("all => all.map(one => one.innerText.slice(0, 6))")
        assert shown[0] != shown[1]
        assert rests.evaluate_all("all => all.every(one => one.clientWidth > 20)")


def test_an_errors_type_is_whole_beside_the_pane(trip: Page) -> None:
    """At 1200 pixels; the title says it with its module, for those that are cut."""
    trip.set_viewport_size({"width": 1200, "height": 800})
    trip.keyboard.press("e")
    expect(trip.locator(".detail h2")).to_be_visible()
    status = trip.locator(".rows .status").first
    expect(status).to_have_attribute("title", "TimeoutError")
    assert status.evaluate("one => one.scrollWidth <= one.clientWidth")


def test_an_error_whose_type_is_its_status_says_it_once(
    open_page: OpenPage, tmp_path: Path
) -> None:
    """HTTP clients say `429` as the type of the error."""
    store, made = tmp_path / "status.db", made_spans.Maker()
    call = made.begin("chat", 0, None, **made_spans.session("a", "A", "/a"), **made_spans.chat())
    call.set_attribute("error.type", "429")
    call.set_status(Status(StatusCode.ERROR, "slow down"))
    made.end(call, 9)
    made.store(store)
    with running(store) as address:
        page = open_page("/sessions/a", address=address)
        page.locator(".rows > .tree-row").first.wait_for()
        expect(page.locator(".rows .status")).to_have_attribute("title", "429")
        page.keyboard.press("e")
        expect(page.locator(".failure b")).to_have_text("429")
