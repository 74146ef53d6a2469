"""The pane of one span, and hostile content in it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from tests.viewer.browser import made_spans
from tests.viewer.browser.conftest import OpenPage

if TYPE_CHECKING:
    from playwright.sync_api import Page

expect = pytest.importorskip("playwright.sync_api").expect


def _open(page: Page, selector: str) -> None:
    page.locator(f".tree-row{selector}").first.click()
    page.locator(".detail-rest:not([aria-busy])").wait_for()


def test_a_model_call_is_a_chat(trip: Page) -> None:
    """Roles, the answer, tokens, and the time to the first token."""
    _open(trip, ":has-text('/answer') + .tree-row, .tree-row:has(.bar-tick:not([hidden]))")
    assert trip.locator(".message .role").all_inner_texts()[-1].lower() == "assistant"
    expect(trip.locator(".detail-figures")).to_contain_text("First token")
    expect(trip.locator(".is-answer")).to_contain_text("Lisbon")


def test_a_tool_shows_input_and_output(trip: Page) -> None:
    """As JSON, each with a button that copies it."""
    _open(trip, ":has(.kind-tool):has-text('search_hotels')")
    sections = trip.locator(".section h3").all_inner_texts()
    assert sections[:2] == ["Input", "Output"]
    trip.context.grant_permissions(["clipboard-read", "clipboard-write"])
    trip.get_by_role("button", name="Copy tool input").click()
    assert trip.evaluate("navigator.clipboard.readText()").startswith("{")


def test_a_vector_query_shows_matches_with_scores(trip: Page) -> None:
    """Query, collection, and each match with its score."""
    _open(trip, ":has(.kind-vector_db)")
    expect(trip.locator(".query")).not_to_be_empty()
    assert trip.locator(".match").count() >= 2
    scores = [float(text) for text in trip.locator(".match-score").all_inner_texts()]
    assert scores == sorted(scores, reverse=True)


def test_raw_attributes_and_their_convention_are_there(trip: Page) -> None:
    """Folded, with which convention said it."""
    _open(trip, ":has(.kind-llm)")
    trip.locator("summary", has_text="Attributes").click()
    expect(trip.locator(".attribute", has_text="gen_ai.operation.name").first).to_be_visible()
    trip.locator("summary", has_text="Read as").click()
    expect(trip.locator(".section", has_text="Read as")).to_contain_text("genai")


def test_keys_go_on_to_the_next_span_and_close(trip: Page) -> None:
    """With the pane open j shows the next span; Escape closes it."""
    _open(trip, "[data-index='2']")
    first = trip.url
    trip.keyboard.press("j")
    trip.keyboard.press("j")
    assert trip.url != first
    trip.keyboard.press("Escape")
    expect(trip.locator(".detail")).to_be_hidden()


@pytest.mark.parametrize("view", ["paths", "spans", "timeline", "totals"])
def test_hostile_text_stays_text_in_every_view(open_page: OpenPage, view: str) -> None:
    """Markup in names, ids, paths, models and errors runs nowhere and makes no element."""
    page = open_page(f"/sessions/{quote(made_spans.HOSTILE_ID, safe='')}?view={view}")
    page.locator(".stage > *").wait_for()
    page.wait_for_timeout(300)
    assert page.evaluate("window.pwned") is None
    assert page.locator("main img, main script, main iframe, main a[href^=javascript]").count() == 0
    assert page.locator(".session-id-text").inner_text() == made_spans.HOSTILE_ID


def test_hostile_text_stays_text_in_a_span_and_in_the_lists(open_page: OpenPage) -> None:
    """Messages, roles, tools, attributes, events and errors are shown as they were written."""
    page = open_page(f"/sessions/{quote(made_spans.HOSTILE_ID, safe='')}?view=spans")
    page.locator(".rows > .tree-row").first.wait_for()
    for place in range(len(made_spans.ATTACKS)):
        page.locator(f".tree-row[data-index='{place}']").click()
        page.locator(".detail-rest:not([aria-busy])").wait_for()
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    expect(page.locator(".detail")).to_contain_text("right to left")
    for path in ("/", "/names", f"/?q={quote(made_spans.ATTACKS[0])}"):
        listed = open_page(path)
        listed.locator(".row, .name-card, .empty").first.wait_for()
        assert listed.evaluate("window.pwned") is None
    assert page.evaluate("window.pwned") is None
    assert page.locator("main img, main script, main iframe").count() == 0


def test_a_hostile_session_exports_harmlessly(open_page: OpenPage, viewer: str) -> None:
    """The file with all of it inside runs none of it."""
    import pathlib
    import tempfile
    import urllib.request

    id = quote(made_spans.HOSTILE_ID, safe="")
    with urllib.request.urlopen(f"{viewer}/api/sessions/{id}/export?format=html") as answer:
        text = answer.read()
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "hostile.html"
        file.write_bytes(text)
        page = open_page("", address=file.as_uri())
        page.locator(".rows > .tree-row").first.wait_for()
        assert page.evaluate("window.pwned") is None
        assert page.locator(".session-id-text").inner_text() == made_spans.HOSTILE_ID
