"""Open spans know their place, and are forgotten when they end or are gone."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from typing import Any

import pytest
from opentelemetry.trace import SpanContext

from otel_helisession.sessions import live
from otel_helisession.sessions.live import LiveSpan
from otel_helisession.sessions.value import Session

TRIP = Session("Trip", id="t-1", path="/trip")


class FakeSpan:
    """A span whose segment can be set late; None while unknown."""

    def __init__(self, segment: str | None = None) -> None:
        self.segment = segment


def _rule(span: Any) -> str | None:
    return span.segment  # type: ignore[no-any-return]


def _context(span_id: int) -> SpanContext:
    return SpanContext(1, span_id, is_remote=False)


class Tree:
    """Starts and ends spans under keys 1, 2, 3..., as the processor does."""

    def __init__(self) -> None:
        self.spans: list[FakeSpan] = []

    def start(self, segment: str | None = None, above: LiveSpan | None = None) -> LiveSpan:
        self.spans.append(FakeSpan(segment))
        return live.add(self.spans[-1], _context(len(self.spans)), TRIP, TRIP, above, _rule)

    def end(self, entry: LiveSpan) -> None:
        key = entry.context.span_id
        live.remove(key, None)
        entry.ended = self.spans[key - 1]  # type: ignore[assignment]


@pytest.fixture
def tree() -> Iterator[Tree]:
    made = Tree()
    yield made
    for key in range(1, len(made.spans) + 1):
        live.remove(key, None)


def test_a_span_extends_the_explicit_path(tree: Tree) -> None:
    """A unit of work adds its segment below session() and step()."""
    assert tree.start("planner").path() == "/trip/planner"
    assert tree.start("").path() == "/trip"


def test_a_child_extends_its_parent(tree: Tree) -> None:
    """Segments add up from parent to child."""
    agent = tree.start("planner")
    assert tree.start("search", above=agent).path() == "/trip/planner/search"
    assert tree.start("", above=agent).path() == "/trip/planner"


def test_a_kind_that_is_known_late_still_counts(tree: Tree) -> None:
    """The path is refined while the span lives."""
    agent = tree.start(None)
    assert agent.path() == "/trip"
    tree.spans[0].segment = "planner"
    assert agent.path() == "/trip/planner"


def test_a_child_sees_a_late_kind_of_its_parent_when_fixed(tree: Tree) -> None:
    """At export the parent's segment is known, and the child's path has it."""
    agent = tree.start(None)
    tool = tree.start("search", above=agent)
    assert tool.path() == "/trip/search"
    tree.spans[0].segment = "planner"
    assert tool.fix() == "/trip/planner/search"
    assert agent.fix() == "/trip/planner"


def test_what_went_out_is_final_with_its_ancestors(tree: Tree) -> None:
    """A path in a header cannot change, nor can the folders it names."""
    agent = tree.start(None)
    tool = tree.start(None, above=agent)
    assert tool.fix() == "/trip"
    tree.spans[0].segment, tree.spans[1].segment = "planner", "search"
    assert (agent.path(), tool.path(), tool.fix()) == ("/trip", "/trip", "/trip")
    assert tree.start("other", above=agent).fix() == "/trip/other"


def test_an_ended_span_still_tells_its_segment(tree: Tree) -> None:
    """A child that is exported after its parent ended finds the parent's place."""
    agent = tree.start(None)
    tool = tree.start("search", above=agent)
    tree.spans[0].segment = "planner"
    tree.end(agent)
    assert live.find(agent.context.span_id) is None
    assert tool.fix() == "/trip/planner/search"


def test_a_wrapper_does_not_repeat_what_it_wraps(tree: Tree) -> None:
    """Two instrumentations of one agent are one folder."""
    outer = tree.start("planner")
    assert tree.start("planner", above=outer).fix() == "/trip/planner"
    assert tree.start("ner", above=outer).fix() == "/trip/planner/ner"


def test_a_segment_is_cleaned(tree: Tree) -> None:
    """A rule may return any text."""
    assert tree.start("a/b\r\n").path() == "/trip/a_b"


def test_a_chain_of_any_depth_is_fixed_without_recursion(tree: Tree) -> None:
    """5,000 nested spans are no stack overflow, and the path keeps its bound."""
    entry = tree.start("agent0")
    for number in range(1, 5_000):
        entry = tree.start(f"agent{number}", above=entry)
    assert entry.fix().count("/") == 32


def test_a_span_that_nobody_ends_leaves_nothing() -> None:
    """An abandoned span is forgotten with its object."""
    span = FakeSpan("planner")
    live.add(span, _context(7), TRIP, TRIP, None, _rule)
    assert live.count() == 1
    del span
    gc.collect()
    assert live.count() == 0
    assert live.find(7) is None


def test_a_reused_key_belongs_to_the_newer_span() -> None:
    """The end of an older span's object does not forget the newer one."""
    old, new = FakeSpan(), FakeSpan()
    live.add(old, _context(7), TRIP, TRIP, None, _rule)
    entry = live.add(new, _context(7), TRIP, TRIP, None, _rule)
    del old
    gc.collect()
    assert live.find(7) is entry
    assert live.remove(7, None) is entry
