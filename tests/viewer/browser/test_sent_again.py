"""A span that is sent again with other values, while somebody looks at it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.sdk.trace import ReadableSpan

from otel_helisession import LocalSpanExporter
from tests.viewer.browser import made_spans
from tests.viewer.browser.conftest import OpenPage
from tests.viewer.browser.running import running

expect = pytest.importorskip("playwright.sync_api").expect


def _answer(text: str) -> dict[str, str]:
    parts = [{"type": "text", "content": text}]
    return {"gen_ai.output.messages": json.dumps([{"role": "assistant", "parts": parts}])}


def _call(store: Path, id: str, took_ms: float) -> ReadableSpan:
    made = made_spans.Maker()
    said = {**made_spans.session(id, "Support", "/ask"), **made_spans.chat(), **_answer("alpha")}
    made.end(made.begin("chat", 0, None, **said), took_ms)
    return made.store(store)[0]


def _again(store: Path, span: ReadableSpan, **other: Any) -> None:
    """Store *span* with other attributes."""
    exporter = LocalSpanExporter(store)
    exporter.export(
        [
            ReadableSpan(
                span.name,
                span.context,
                resource=span.resource,
                attributes={**(span.attributes or {}), **other},
                start_time=span.start_time,
                end_time=span.end_time,
            )
        ]
    )
    exporter.shutdown()


def test_the_page_of_a_session_shows_the_newest(open_page: OpenPage, tmp_path: Path) -> None:
    """Another answer of the same length, which no total tells of; then other tokens."""
    store = tmp_path / "again.db"
    span = _call(store, "a", 300)
    with running(store) as address:
        page = open_page("/sessions/a", address=address)
        page.locator(".tree-row:has(.kind-llm)").click()
        expect(page.locator(".is-answer")).to_contain_text("alpha")
        _again(store, span, **_answer("gamma"))
        expect(page.locator(".is-answer")).to_contain_text("gamma")
        _again(store, span, **{"gen_ai.usage.input_tokens": 970})
        expect(page.locator(".figure", has_text="Tokens")).to_contain_text("1,000")


def test_a_comparison_and_the_list_show_the_newest(open_page: OpenPage, tmp_path: Path) -> None:
    """Both are live, too."""
    store = tmp_path / "again.db"
    span, _ = _call(store, "a", 300), _call(store, "b", 300)
    with running(store) as address:
        compared = open_page("/compare?a=a&b=b", address=address)
        listed = open_page(address=address)
        expect(compared.get_by_label("Tokens of A")).to_have_text("150")
        listed.locator(".rows > .row").first.wait_for()
        _again(store, span, **{"gen_ai.usage.input_tokens": 970})
        expect(compared.get_by_label("Tokens of A")).to_have_text("1,000")
        expect(listed.locator(".rows")).to_contain_text("1,000")
