"""One session: its figures, its trees, its totals, and the comparison of two."""

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


def test_the_head_has_the_figures(trip: Page) -> None:
    """Duration, requests, tokens, cost, errors and latency, with units."""
    figures = trip.locator(".figure").all_inner_texts()
    assert [text.split("\n")[0] for text in figures] == [
        *("Duration", "Requests", "Tokens", "Cost", "Errors", "Latency"),
    ]
    assert "$0.00" in figures[3]
    assert "1" in figures[4]


def test_the_path_tree_folds_and_unfolds(trip: Page) -> None:
    """A folder's click folds it; the arrow keys do the same; levels are said."""
    tree = trip.get_by_role("treegrid", name="Path")
    folder = tree.locator(".tree-row", has_text="/search_hotels")
    expect(folder).to_have_attribute("aria-expanded", "true")
    rows = int(tree.get_attribute("aria-rowcount") or 0)
    folder.click()
    expect(tree).to_have_attribute("aria-rowcount", str(rows - 3))
    trip.keyboard.press("ArrowRight")
    expect(tree).to_have_attribute("aria-rowcount", str(rows))
    expect(folder).to_have_attribute("aria-level", "3")


def test_the_span_tree_shows_true_nesting(trip: Page) -> None:
    """2 switches to every span under its parent, steps included; Back returns."""
    trip.keyboard.press("2")
    tree = trip.get_by_role("treegrid", name="Span")
    expect(tree.locator(".tree-row:has(.kind-structure)").first).to_be_visible()
    assert "view=spans" in trip.url
    levels = tree.locator("[aria-level]").evaluate_all("rows => rows.map(row => row.ariaLevel)")
    assert {"1", "2", "3"} <= set(levels)
    trip.go_back()
    expect(trip.get_by_role("treegrid", name="Path")).to_be_visible()


def test_a_failure_is_seen_in_the_tree_and_reached_by_a_key(trip: Page) -> None:
    """e goes to what failed; its error is in the pane."""
    expect(trip.locator(".status")).to_have_text("TimeoutError")
    trip.keyboard.press("e")
    expect(trip.locator(".failure")).to_contain_text("did not answer within 80 ms")


def test_finding_keeps_what_holds_the_found(trip: Page) -> None:
    """The words filter the tree; their folders stay; the count is said."""
    trip.keyboard.press("/")
    trip.keyboard.type("qdrant")
    expect(trip.locator(".found")).to_have_text("1 span found")
    shown = trip.locator(".rows > .tree-row:not([hidden])")
    expect(shown).to_have_count(4)
    trip.wait_for_url("**find=qdrant*")


def test_the_critical_path_is_what_the_session_waited_for(trip: Page) -> None:
    """p marks the calls that followed each other and dims those that ran beside them."""
    trip.keyboard.press("p")
    marked = trip.locator(".tree-row:has(.bar-critical:not([hidden]))").all_inner_texts()
    assert any("claude-sonnet-5" in text for text in marked)
    assert not any("check_weather" in text for text in marked)
    assert trip.locator(".tree-row.is-dim").count() >= 3


def test_totals_have_every_figure_of_a_path(trip: Page) -> None:
    """Requests, distribution, p50, p95, tokens, cost and error rate; sortable."""
    trip.keyboard.press("4")
    row = trip.locator("tbody tr", has_text="/trip/research/search_flights")
    expect(row).to_contain_text("50%")
    assert row.locator(".duration-chart circle").count() == 2
    trip.get_by_role("button", name="Error rate").click()
    expect(trip.locator("tbody tr").first).to_contain_text("search_flights")
    assert "sort=errors+desc" in trip.url


def test_an_address_brings_everything_back(trip: Page, open_page: OpenPage) -> None:
    """View, span and search stand in the address, and another window shows the same."""
    trip.keyboard.press("2")
    trip.locator(".tree-row", has_text="claude-sonnet-5").first.click()
    expect(trip.locator(".detail h2")).to_have_text("claude-sonnet-5")
    path = trip.url.split("/", 3)[3]
    other = open_page(f"/{path}")
    expect(other.locator(".detail h2")).to_have_text("claude-sonnet-5")
    expect(other.get_by_role("tab", name="Spans")).to_have_attribute("aria-selected", "true")


def test_a_session_that_grows_is_shown_as_it_grows(open_page: OpenPage, tmp_path: Path) -> None:
    """New spans appear by themselves, and what is selected stays so."""
    store = tmp_path / "live.db"
    made_spans.one_more(store, "growing")
    with running(store) as address:
        page = open_page("/sessions/growing", address=address)
        page.locator(".tree-row:has(.kind-llm)").click()
        made_spans.one_more(store, "growing", at_ms=900)
        expect(page.locator(".tree-row:has(.kind-llm):not([hidden])")).to_have_count(2)
        expect(page.locator(".tree-row[aria-selected=true]")).to_have_count(1)
        expect(page.locator(".detail h2")).to_have_text("gpt-5.4-mini")


def test_a_wrong_id_is_said_clearly(open_page: OpenPage) -> None:
    """With the id, where it was looked for, and those that were meant perhaps."""
    page = open_page("/sessions/crowd-0000")
    expect(page.get_by_role("alert")).to_contain_text("There is no session with this id")
    expect(page.locator(".problem-id")).to_have_text("crowd-0000")
    expect(page.locator(".problem")).to_contain_text("sessions.db")


def test_two_sessions_are_compared_path_by_path(open_page: OpenPage) -> None:
    """Two are marked with x and compared with c: totals, paths, differences."""
    page = open_page("/?name=Trip+planner")
    page.locator(".rows > .row").first.wait_for()
    for key in "jxjxc":
        page.keyboard.press(key)
    page.locator(".versus").wait_for()
    assert page.locator(".compare-table tbody tr").count() == 7
    expect(page.locator(".versus-change")).to_contain_text("%")
    assert "/compare?a=" in page.url


def test_the_other_session_is_chosen_among_those_of_the_name(trip: Page) -> None:
    """Compare lists the others of this name."""
    trip.get_by_role("button", name="Compare").click()
    trip.get_by_role("menuitem").click()
    trip.locator(".picker-entry").first.click()
    expect(trip.locator(".versus-who")).to_have_count(2)


def test_links_lead_to_the_same_span_in_jaeger(trip: Page) -> None:
    """Session and span have links that open elsewhere."""
    trip.get_by_role("button", name="Open in").click()
    href = trip.get_by_role("menuitem", name="Jaeger").get_attribute("href") or ""
    assert href.startswith("http://localhost:16686/")
    trip.keyboard.press("Escape")
    trip.locator(".tree-row:has(.kind-vector_db)").click()
    assert "localhost:16686" in (trip.locator(".outside").get_attribute("href") or "")


def test_a_span_s_link_to_helicone_names_its_session(open_page: OpenPage, tmp_path: Path) -> None:
    """Helicone's address of a session has its name and its id."""
    store = tmp_path / "named.db"
    made_spans.one_more(store, "s/1", name="Day trip")
    with running(store, "--helicone", "http://localhost:3000") as address:
        page = open_page("/sessions/s%2F1", address=address)
        page.locator(".tree-row:has(.kind-llm)").click()
        place = "http://localhost:3000/sessions/Day%20trip/s%2F1"
        expect(page.locator(".outside")).to_have_attribute("href", place)


def test_the_exported_file_shows_the_session_alone(trip: Page, open_page: OpenPage) -> None:
    """One HTML file, opened from disk: trees, timeline and messages, without a server."""
    trip.get_by_role("button", name="Export").click()
    with trip.expect_download() as download:
        trip.get_by_role("menuitem", name="One HTML file").click()
    file = Path(download.value.path())
    kept = file.rename(file.with_suffix(".html"))
    page = open_page("", address=kept.as_uri())
    page.locator(".tree-row", has_text="claude-sonnet-5").click()
    expect(page.locator(".message").first).to_be_visible()
    page.keyboard.press("3")
    expect(page.locator(".timeline-canvas")).to_be_visible()
    expect(page.locator(".tab")).to_have_count(0)
