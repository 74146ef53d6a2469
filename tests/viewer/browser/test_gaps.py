"""What could not be read, searched or written: the page says so, in words."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.viewer.browser import made_spans
from tests.viewer.browser.conftest import OpenPage
from tests.viewer.browser.running import running

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

expect = pytest.importorskip("playwright.sync_api").expect


@pytest.fixture
def gaps(tmp_path: Path) -> Iterator[str]:
    """A viewer on calls of which two, one and no values cannot be read."""
    made, store = made_spans.Maker(), tmp_path / "gaps.db"
    for place, other in enumerate(
        (
            {"gen_ai.usage.input_tokens": "many", "gen_ai.usage.output_tokens": "few"},
            {"gen_ai.usage.output_tokens": "few"},
            {},
        )
    ):
        said = {**made_spans.chat(), **other}
        call = made.begin(f"call {place}", place * 10, None, **made_spans.session("g", "", "/"))
        call.set_attributes(said)
        made.end(call, place * 10 + 8)
    made.store(store)
    with running(store) as address:
        yield address


def _answering(page: Page, pattern: str, **other: Any) -> None:
    """Answer questions like *pattern* as the viewer does, with *other* in the answer."""

    def answer(route: Route) -> None:
        answered = route.fetch()
        route.fulfill(response=answered, json={**answered.json(), **other})

    page.route(pattern, answer)


def test_values_that_could_not_be_read_are_named(open_page: OpenPage, gaps: str) -> None:
    """Before what could be, as on the command line; where all was read nothing is said."""
    page = open_page("/sessions/g?view=spans", address=gaps)
    said = []
    for place in range(3):
        page.locator(f".tree-row[data-index='{place}']").click()
        page.locator(".detail-rest:not([aria-busy])").wait_for()
        said.append(page.locator(".unread").all_inner_texts())
    assert "2 values could not be read" in said[0][0]
    assert "gen_ai.usage.input_tokens" in said[0][0]
    assert "gen_ai.usage.output_tokens" in said[0][0]
    assert said[1][0].startswith("A value could not be read")
    assert said[2] == []


def test_a_phrase_that_was_not_looked_for_everywhere_is_said(open_page: OpenPage) -> None:
    """With how many sessions are left, and what to do; without a phrase nothing is said."""
    page = open_page("/")
    expect(page.locator(".list-unread")).to_be_hidden()
    _answering(page, "**/api/sessions?**", unread=7)
    page.goto(page.url + '?q="quiet hotel"')
    note = page.locator(".list-unread")
    expect(note).to_contain_text("7 sessions with these words could not be read")
    expect(note).to_contain_text("helisession ls --search")


def test_a_store_that_can_only_be_read_is_said(open_page: OpenPage) -> None:
    """In the frame of every page, with what does not work there."""
    page = open_page("/names")
    page.locator(".name-card").first.wait_for()
    expect(page.locator(".only-read")).to_be_hidden()
    _answering(page, "**/api/about", only_read=True)
    page.reload()
    badge = page.locator(".only-read")
    expect(badge).to_have_text("Read only")
    assert "no spans are taken" in (badge.get_attribute("aria-label") or "")


def test_a_store_that_can_only_be_read_promises_no_way_in(
    open_page: OpenPage, tmp_path: Path
) -> None:
    """Where it is empty: how to see another one."""
    with running(tmp_path / "new.db", "--otlp-http-port", "0") as address:
        page = open_page(address=address)
        expect(page.locator(".way")).to_have_count(3)
        _answering(page, "**/api/about", only_read=True)
        page.reload()
        expect(page.locator(".way")).to_have_count(1)
        expect(page.locator(".way")).to_contain_text("helisession view --store FILE")


@pytest.mark.parametrize(("more", "said"), [("", False), ("&user=nobody", True)])
def test_nothing_found_speaks_of_filters_where_there_are(
    open_page: OpenPage, more: str, said: bool
) -> None:
    """A search alone has none."""
    page = open_page(f'/?q="nobodysaidthis"{more}')
    text = page.locator(".empty-found").inner_text()
    assert "“nobodysaidthis”" in text
    assert ("within these filters" in text) is said


def test_who_called_no_model_has_no_tokens_and_no_cost(open_page: OpenPage, tmp_path: Path) -> None:
    """They are not unknown, there are none; and what was written to is no query."""
    made, store = made_spans.Maker(), tmp_path / "vectors.db"
    said = {"db.system.name": "qdrant", "db.operation.name": "upsert"}
    upsert = made.begin("upsert", 0, None, **made_spans.session("v", "", "/"), **said)
    made.end(upsert, 5)
    made.store(store)
    with running(store) as address:
        page = open_page("/sessions/v?view=spans", address=address)
        for word in ("Tokens", "Cost"):
            figure = page.locator(".figure", has_text=word)
            expect(figure).to_contain_text("–")
            expect(figure).to_contain_text("no model was called")
        page.locator(".tree-row:has(.kind-vector_db)").click()
        page.locator(".detail-rest:not([aria-busy])").wait_for()
        assert page.locator(".section h3").first.inner_text() == "Database"
        expect(page.locator(".pairs dt", has_text="Operation")).to_have_count(1)
