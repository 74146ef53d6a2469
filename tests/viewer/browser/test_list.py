"""The list of sessions and the page of names."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.viewer.browser import made_spans
from tests.viewer.browser.conftest import OpenPage
from tests.viewer.browser.running import running

if TYPE_CHECKING:
    from playwright.sync_api import Page

expect = pytest.importorskip("playwright.sync_api").expect


def _rows(page: Page) -> list[str]:
    rows = page.locator(".rows > .row:not([hidden])")
    rows.first.wait_for()
    return page.evaluate(
        "[...document.querySelectorAll('.rows > .row:not([hidden])')]"
        ".sort((a, b) => a.dataset.index - b.dataset.index).map(row => row.innerText)"
    )


def _wait_for_only(name: str, page: Page) -> None:
    """Wait for the answer, in which all sessions have one name."""
    page.wait_for_function(
        "name => { const rows = [...document.querySelectorAll('.rows > .row:not([hidden])')];"
        " return rows.length && rows.every(row => row.innerText.startsWith(name)); }",
        arg=name,
    )


def test_a_row_says_what_a_session_did(open_page: OpenPage) -> None:
    """Name, duration, requests by kind, tokens, cost, errors, latency and user are there."""
    row = _rows(open_page("/?name=Trip+planner&q=Lisbon&errors=1"))[0]
    for fact in ("Trip planner", "LLM", "Tool", "Vector", "$0.00", "user-0", "ms"):
        assert fact in row


def test_an_unknown_cost_is_not_zero(open_page: OpenPage) -> None:
    """A model without a known price costs `unknown`."""
    page = open_page("/?model=a-model-of-our-own")
    assert "unknown" in _rows(page)[0]
    assert "$0" not in _rows(page)[0]


def test_a_click_on_a_head_sorts_and_says_so(open_page: OpenPage) -> None:
    """The address, aria-sort and the first row change; again turns it round."""
    page = open_page("/")
    page.get_by_role("button", name="Duration").click()
    header = page.locator("[data-sorts=duration]")
    expect(header).to_have_attribute("aria-sort", "descending")
    assert "sort=duration" in page.url
    expect(page.locator(".rows > .row[data-index='0']")).to_contain_text("Code review agent")
    page.get_by_role("button", name="Duration").click()
    expect(header).to_have_attribute("aria-sort", "ascending")


def test_typing_searches_message_text(open_page: OpenPage) -> None:
    """`/` goes to the box; what only a message says is found; Escape clears it."""
    page = open_page("/")
    page.locator(".rows > .row").first.wait_for()
    page.keyboard.press("/")
    page.keyboard.type("Castelo")
    expect(page.locator(".list-count")).not_to_have_text("306")
    page.wait_for_url("**/?q=Castelo")
    _wait_for_only("Trip planner", page)
    page.keyboard.press("Escape")
    expect(page.locator(".list-count")).to_have_text("306")


def test_a_search_is_one_step_of_the_history(open_page: OpenPage) -> None:
    """However many letters it has: Back shows what was there before it."""
    page = open_page("/?errors=1")
    page.locator(".rows > .row").first.wait_for()
    before = page.locator(".list-count").inner_text()
    page.get_by_role("searchbox").press_sequentially("Castelo", delay=40)
    page.wait_for_url("**q=Castelo*")
    page.go_back()
    page.wait_for_url("**/?errors=1")
    expect(page.locator(".list-count")).to_have_text(before)
    expect(page.get_by_role("searchbox")).to_have_value("")


@pytest.mark.parametrize(("start", "tab"), [("/", "names"), ("/names", "sessions")])
def test_the_last_letter_does_not_search_the_next_page(
    open_page: OpenPage, start: str, tab: str
) -> None:
    """It waits a moment, in which somebody may have gone on."""
    page = open_page(start)
    page.locator(".list-count", has_text=re.compile("[0-9]")).wait_for()
    query = page.evaluate(
        """tab => {
            const input = document.querySelector("input[type=search]");
            for (input.value of ["C", "Ca"]) input.dispatchEvent(new Event("input"));
            document.querySelector(`[data-page=${tab}]`).click();
            return new Promise((done) => setTimeout(() => done(location.search), 300));
        }""",
        tab,
    )
    assert query == ""


def test_filters_are_chips_and_stand_in_the_address(open_page: OpenPage) -> None:
    """A filter of the form becomes a chip; the chip's click takes it away."""
    page = open_page("/")
    page.locator("summary", has_text="Filter").click()
    page.get_by_label("with errors").check()
    page.get_by_label("With calls of").select_option("tool")
    page.get_by_role("button", name="Apply").click()
    expect(page.locator(".chip", has_text="with errors")).to_be_visible()
    assert "errors=1" in page.url
    assert "kind=tool" in page.url
    _wait_for_only("Trip planner", page)
    page.locator(".chip", has_text="with Tool calls").click()
    expect(page.locator(".chip")).to_have_count(1)
    page.go_back()
    expect(page.locator(".chip", has_text="with Tool calls")).to_be_visible()


def test_the_form_offers_what_sessions_have(open_page: OpenPage) -> None:
    """Names, users and models of the store, asked for when the form opens, not before."""
    page = open_page("/")
    _rows(page)
    asked = (
        "performance.getEntriesByType('resource').filter(one => /choices/.test(one.name)).length"
    )
    assert page.evaluate(asked) == 0
    page.locator("summary", has_text="Filter").click()
    page.locator("#known-models option").first.wait_for(state="attached")
    assert page.evaluate(asked) == 1
    values = "input => [...input.list.options].map(option => option.value)"
    names, users, models = (
        set(page.get_by_label(word, exact=True).evaluate(values))
        for word in ("Name", "User", "Model")
    )
    assert {"Trip planner", "Support"} <= names
    assert {"user-01", "user-02"} <= users
    assert {"gpt-5.4-mini", "a-model-of-our-own"} <= models


def test_nothing_found_says_what_was_asked(open_page: OpenPage) -> None:
    """And offers all sessions again."""
    page = open_page("/?q=nobodysaidthis")
    expect(page.locator(".empty-found")).to_contain_text("nobodysaidthis")
    page.get_by_role("button", name="Show all sessions").click()
    expect(page.locator(".list-count")).to_have_text("306")


def test_only_rows_in_view_exist_and_all_can_be_scrolled_to(open_page: OpenPage) -> None:
    """Of 306 sessions few have elements; the last is there when it is scrolled to."""
    page = open_page("/?sort=started&order=desc")
    _rows(page)
    assert page.locator(".rows > .row").count() < 60
    page.evaluate("document.querySelector('.table').scrollTop = 1e9")
    expect(page.locator(".rows > .row[data-index='305']")).to_contain_text("crowd-00299")


def test_new_sessions_appear_without_a_jump(open_page: OpenPage, tmp_path: Path) -> None:
    """At the top they appear; where one has scrolled, the rows in view stay where they are."""
    store = tmp_path / "live.db"
    made_spans.crowd(store, sessions=80)
    with running(store) as address:
        page, scrolled = open_page(address=address), open_page(address=address)
        _rows(scrolled)
        scrolled.evaluate("document.querySelector('.table').scrollTop = 540")
        scrolled.wait_for_timeout(300)
        seen = "document.elementFromPoint(200, 300).closest('.row').children[0].innerText"
        before = scrolled.evaluate(seen)
        made_spans.one_more(store, "just-now", at_ms=50_000)
        expect(page.locator(".rows > .row[data-index='0']")).to_contain_text("just-now")
        expect(scrolled.locator(".list-count")).to_have_text("81")
        scrolled.wait_for_timeout(100)
        assert scrolled.evaluate(seen) == before


def test_the_list_is_walked_by_keys(open_page: OpenPage) -> None:
    """j goes down, Enter opens, g l comes back."""
    page = open_page("/?name=Trip+planner")
    _rows(page)
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator(".row.is-current")).to_have_attribute("data-index", "1")
    page.keyboard.press("Enter")
    page.locator(".session-title").wait_for()
    page.keyboard.press("g")
    page.keyboard.press("l")
    page.locator(".table").wait_for()


def test_a_name_has_its_count_and_distributions(open_page: OpenPage) -> None:
    """Each name shows sessions, histograms and percentiles, and leads to its sessions."""
    page = open_page("/names")
    card = page.locator(".name-card", has_text="Trip planner").first
    expect(card).to_contain_text("sessions")
    assert card.locator("svg.histogram").count() == 3
    expect(page.locator(".name-card", has_text="unnamed").first).to_be_visible()
    card.get_by_role("link").click()
    page.wait_for_url("**/?name=Trip+planner")
