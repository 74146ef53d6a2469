"""The comparison of two sessions: from where on a difference is one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.viewer.browser import made_spans
from tests.viewer.browser.conftest import OpenPage
from tests.viewer.browser.running import running

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

expect = pytest.importorskip("playwright.sync_api").expect


@pytest.mark.parametrize(
    ("a_ms", "b_ms", "said", "notable"),
    [
        (1000, 1190, "+19%", 0),
        (1000, 1200, "+20%", 1),
        (1000, 800, "−20%", 1),
        (1000, 810, "−19%", 0),
        (0.1, 0.14, "+40%", 0),
    ],
)
def test_a_fifth_more_or_less_is_in_colour(
    open_page: OpenPage, tmp_path: Path, a_ms: float, b_ms: float, said: str, notable: int
) -> None:
    """Less than that two runs always differ; and what reads alike is no difference."""
    store = tmp_path / "compared.db"
    for id, took_ms in (("a", a_ms), ("b", b_ms)):
        made = made_spans.Maker()
        call = made.begin("chat", 0, None, **made_spans.session(id, "Support", "/ask"))
        call.set_attributes(made_spans.chat())
        made.end(call, took_ms)
        made.store(store)
    with running(store) as address:
        page = open_page("/compare?a=a&b=b", address=address)
        duration = page.locator(".versus-change td").first
        expect(duration.locator(".delta")).to_have_text(said)
        expect(duration.locator(".delta.is-notable")).to_have_count(notable)


def test_the_pair_that_was_asked_for_last_is_shown(open_page: OpenPage, tmp_path: Path) -> None:
    """Also when the answer about the one before comes after it."""
    store = tmp_path / "compared.db"
    for id in ("slow", "quick", "other"):
        made = made_spans.Maker()
        made.end(made.begin("chat", 0, None, **made_spans.session(id, id, "/ask")), 10)
        made.store(store)
    with running(store) as address:
        page = open_page("/compare?a=quick&b=other", address=address)
        page.locator(".versus-who").first.wait_for()
        held: list[Route] = []
        page.route("**/api/sessions/slow", lambda route: held.append(route))
        with page.expect_request("**/api/sessions/slow"):
            _follow(page, "/compare?a=slow&b=other")
        with page.expect_response("**/api/sessions/quick"):
            _follow(page, "/compare?a=quick&b=other")
        with page.expect_response("**/api/sessions/slow"):
            held[0].continue_()
        page.evaluate("new Promise((done) => setTimeout(done, 200))")
        assert "slow" not in page.locator("main").inner_text()


def _follow(page: Page, href: str) -> None:
    """Click a link to *href*."""
    page.evaluate(
        """href => {
            const link = Object.assign(document.createElement("a"), { href });
            link.dataset.inside = "";
            document.body.append(link);
            link.click();
        }""",
        href,
    )
