"""A call is one request of the trace, and counted once, however many spans tell of it."""

from __future__ import annotations

from typing import Any

import pytest
from opentelemetry.sdk.trace import ReadableSpan

from tests.fakes import KeepingExporter
from tests.holding.spans import llm, span, tokens
from tests.session_trace.drawing import totals, tree


def shown(traced: Any, *calls: list[ReadableSpan]) -> tuple[list[str], dict[str, object]]:
    """Return the tree and the root's totals after these calls of export()."""
    kept = KeepingExporter()
    exporter = traced(kept, owner=True)
    for spans in calls:
        exporter.export(spans)
    exporter.shutdown()
    return tree(kept.spans), totals(kept.spans[-1])


def doubled(**more: Any) -> tuple[ReadableSpan, ReadableSpan]:
    """Return a call and the same call again, told by the library around it, which ends last."""
    outer = llm("s", gen_ai__request__model="outer", end=3, **tokens(10, 5, **more))
    return llm("s", gen_ai__request__model="inner", parent=outer, **tokens(10, 5)), outer


ONE = {"requests": 1, "errors": 0, "input_tokens": 10, "output_tokens": 5, "llm.requests": 1}


@pytest.mark.parametrize("together", [True, False], ids=["in one call", "one after the other"])
def test_two_instrumentations_make_one_request(traced: Any, together: bool) -> None:
    """Of two spans for one call the inner stands, when they come together or not."""
    inner, outer = doubled()
    calls = ([inner, outer],) if together else ([inner], [outer])
    assert shown(traced, *calls) == (["session (1)", "  chat inner"], ONE)


def test_a_call_that_was_sent_stays_when_a_better_telling_comes(traced: Any) -> None:
    """The inner knew no tokens: the outer's count, and its span does not come as well."""
    outer = llm("s", gen_ai__request__model="outer", end=3, **tokens(10, 5))
    inner = llm("s", gen_ai__request__model="inner", parent=outer)
    assert shown(traced, [inner], [outer]) == (["session (1)", "  chat inner"], ONE)


def test_a_gateway_that_tells_the_call_again_adds_nothing(traced: Any) -> None:
    """One response id, two traces."""
    first = llm("s", gen_ai__response__id="r1", **tokens(10, 5))
    again = llm("s", gen_ai__response__id="r1", trace_id=2, **tokens(10, 5))
    assert shown(traced, [first], [again]) == (["session (1)", "  chat"], ONE)


def test_siblings_that_are_calls_of_their_own_both_stay(traced: Any) -> None:
    """Beside a call that is told twice."""
    inner, outer = doubled()
    other = llm("s", gen_ai__request__model="other", start=5, end=6, **tokens(1, 1))
    drawn, counted = shown(traced, [inner], [other, outer])
    assert drawn == ["session (2)", "  chat inner", "  chat other"]
    assert (counted["requests"], counted["input_tokens"]) == (2, 11)


def test_an_agent_is_no_request(traced: Any) -> None:
    """Though it repeats the usage of the calls below it."""
    agent = span("s", "agent", end=9, gen_ai__operation__name="invoke_agent", **tokens(10, 5))
    drawn, counted = shown(traced, [llm("s", parent=agent, **tokens(10, 5)), agent])
    assert (drawn, counted) == (["session (1)", "  chat"], ONE)


def test_an_error_is_counted_where_it_arose(traced: Any) -> None:
    """Not again on each step that it passes on its way up."""
    root = span("s", "root", failed=True)
    middle = span("s", "step", parent=root, failed=True)
    call = llm("s", parent=middle, failed=True)
    drawn, counted = shown(traced, [call], [middle], [root])
    assert (drawn, counted["errors"]) == (["session (1)!", "  chat!"], 1)


def test_a_step_that_fails_by_itself_is_an_error_of_its_node(traced: Any) -> None:
    """There is no request to blame."""
    failed = span("s", "step", failed=True, helicone__session__path="/a")
    drawn, counted = shown(traced, [failed])
    assert (drawn, counted) == (
        ["session (0)!", "  a (0)!"],
        {"requests": 0, "errors": 1, "structure.errors": 1},
    )
