"""The comparison of two sessions: from where on a difference is one."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.viewer.browser import made_spans
from tests.viewer.browser.conftest import OpenPage
from tests.viewer.browser.running import running

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
