"""Preparation while idle: what the next view needs is made before somebody asks for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.viewer.browser.conftest import OpenPage

if TYPE_CHECKING:
    from playwright.sync_api import Page

expect = pytest.importorskip("playwright.sync_api").expect


def test_tasks_are_done_in_turn_after_what_was_asked_for(open_page: OpenPage) -> None:
    """Each in a moment of its own, never at once."""
    page = open_page("/names")
    done = page.evaluate(
        """async () => {
            const { whenIdle } = await import('/assets/parts/idle.js');
            const done = [];
            await new Promise(resolve => {
                const task = name => () => {
                    done.push(name);
                    queueMicrotask(() => done.push('rest'));
                };
                whenIdle([task('one'), task('two'), () => { done.push('three'); resolve(); }]);
                done.push('asked for');
            });
            return done;
        }"""
    )
    assert done == ["asked for", "one", "rest", "two", "rest", "three"]


def test_who_leaves_is_prepared_for_no_more(open_page: OpenPage) -> None:
    """What has been done stays done, what waits is dropped."""
    page = open_page("/names")
    done = page.evaluate(
        """async () => {
            const { whenIdle } = await import('/assets/parts/idle.js');
            const done = [];
            const idle = whenIdle([
                () => done.push('one'),
                () => { idle.end(); done.push('two'); },
                () => done.push('three'),
            ]);
            for (let moments = 0; moments < 6; moments += 1)
                await new Promise(resolve => requestIdleCallback(resolve));
            return done;
        }"""
    )
    assert done == ["one", "two"]


def test_views_are_the_same_prepared_or_not(trip: Page) -> None:
    """Straight after the page, and once it has rested."""
    trip.keyboard.press("3")
    hurried = trip.locator(".timeline-sheet").get_attribute("aria-label")
    trip.reload()
    trip.keyboard.press("1")
    trip.locator(".rows > .tree-row").first.wait_for()
    trip.evaluate("() => new Promise(resolve => requestIdleCallback(resolve))")
    trip.keyboard.press("3")
    expect(trip.locator(".timeline-sheet")).to_have_attribute("aria-label", hurried or "")
