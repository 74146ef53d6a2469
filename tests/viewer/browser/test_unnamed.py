"""Sessions that nobody named: what stands where the name would."""

from __future__ import annotations

import pytest

from tests.viewer.browser.conftest import OpenPage

expect = pytest.importorskip("playwright.sync_api").expect


def test_the_heading_says_what_it_begins_with(open_page: OpenPage) -> None:
    """Unnamed, with the name of its first span; a click leads to all that are."""
    page = open_page("/?unnamed=1")
    page.locator(".row-link").first.click()
    heading = page.locator(".session-title h1")
    expect(heading).to_have_text("unnamed (chat)")
    heading.get_by_role("link", name="unnamed").click()
    page.wait_for_url("**/?unnamed=1")
    expect(page.locator(".chip")).to_have_text("unnamed")


def test_among_the_names_they_are_one(open_page: OpenPage) -> None:
    """With a count and distributions as the others; found by the word that stands there."""
    page = open_page("/names?q=unnam")
    card = page.locator(".name-card")
    expect(card).to_have_count(1)
    expect(card.locator("svg.histogram")).to_have_count(3)
    card.get_by_role("link", name="unnamed").click()
    page.wait_for_url("**/?unnamed=1")


def test_they_are_compared_with_each_other(open_page: OpenPage) -> None:
    """The other is chosen among those without a name; one of them has the heading."""
    page = open_page("/?unnamed=1")
    page.locator(".row-link").first.click()
    page.get_by_role("button", name="Compare").click()
    page.get_by_role("menuitem").click()
    page.locator(".picker-entry").first.click()
    expect(page.locator(".compare-title h1")).to_have_text("unnamed")


def test_two_have_to_be_marked_before_they_are_compared(open_page: OpenPage) -> None:
    """Of one the bar says what is missing; a third takes the first one's place."""
    page = open_page("/?unnamed=1")
    page.locator(".rows > .row").nth(2).wait_for()
    bar = page.get_by_role("region", name="Sessions to compare")
    expect(bar).to_be_hidden()
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(bar).to_contain_text("Mark one more to compare")
    expect(bar.get_by_role("button", name="Compare")).to_be_disabled()
    for key in "jxjx":
        page.keyboard.press(key)
    expect(bar.locator(".marked-one")).to_have_count(2)
    expect(bar.get_by_role("button", name="Compare")).to_be_enabled()
