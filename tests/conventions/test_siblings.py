"""A call told by two spans that stand beside each other is one; two calls at once are two."""

from __future__ import annotations

from itertools import permutations
from typing import Any

from otel_helisession.conventions.totals.candidate import Candidate
from otel_helisession.conventions.totals.counting import Count, count
from tests.conventions.test_counting import requests, span


def test_a_call_beside_the_callback_that_tells_of_it_is_the_same() -> None:
    """A callback's span is not current, so the request hangs next to it, or further up."""
    told: dict[str, Any] = {"tokens": (3, 4), "model": "gpt-5"}
    chain, inner = span("chain", None, "structure"), span("inner", "chain", "structure")
    callback = span("callback", "inner", start_unix_nano=1, end_unix_nano=9, **told)
    request = span(
        "request",
        "chain",
        tokens=(3, 4),
        model="gpt-5-2026-01-01",
        response_id="r",
        start_unix_nano=2,
        end_unix_nano=8,
    )
    assert requests(chain, inner, callback, request) == ["callback"]
    for other in (
        request._replace(output_tokens=5),
        request._replace(end_unix_nano=10),
        request._replace(start_unix_nano=0),
        request._replace(model="claude"),
        request._replace(parent=("t", "elsewhere")),
        request._replace(response_id=None),
    ):
        assert requests(chain, inner, callback, other) == ["callback", "request"]


def test_calls_at_the_same_time_stay_as_many_as_they_are() -> None:
    """One prompt ten times at once, each told by a callback and beside it; and once more."""
    at_once: dict[str, Any] = {"tokens": (3, 4), "model": "gpt-5"}
    callbacks = [
        span(f"callback {n}", "step", start_unix_nano=n, end_unix_nano=100 + n, **at_once)
        for n in range(10)
    ]
    requested = [
        span(
            f"r {n}", "step", response_id=f"r-{n}", start_unix_nano=20, end_unix_nano=90, **at_once
        )
        for n in range(11)
    ]
    assert len(requests(*callbacks, *requested)) == 11
    assert len(requests(*callbacks)) == 10
    assert len(requests(*requested)) == 11


def within(name: str, start: int, end: int, library: str | None, **rest: Any) -> Candidate:
    """A call of *library* below ``step`` that runs from *start* to *end*."""
    told: dict[str, Any] = {"model": "gpt-5", **rest}
    return span(name, "step", start_unix_nano=start, end_unix_nano=end, library=library, **told)


def test_two_libraries_beside_each_other_tell_one_call() -> None:
    """Neither names an answer, or one of them; what the two counted is the same."""
    told: dict[str, Any] = {"tokens": (3, 4)}
    for ids in ((None, None), ("r", None), (None, "r")):
        outer = within("outer", 1, 9, "a", response_id=ids[0], **told)
        inner = within("inner", 2, 8, "b", response_id=ids[1], **told)
        assert requests(outer, inner) == ["outer"]
        for other in (
            inner._replace(library="a"),
            inner._replace(output_tokens=5),
            inner._replace(end_unix_nano=10),
            inner._replace(parent=("t", "elsewhere")),
            inner._replace(model="claude"),
        ):
            assert requests(outer, other) == ["inner", "outer"]


def test_one_library_at_the_same_time_makes_as_many_calls_as_it_tells() -> None:
    """One prompt five times at once, within one another, each told by two libraries."""
    outer = [within(f"o{n}", n, 100 - n, "a", tokens=(3, 4)) for n in range(5)]
    inner = [within(f"i{n}", 10 + n, 90 - n, "b", tokens=(3, 4)) for n in range(5)]
    assert len(requests(*outer)) == 5
    assert requests(*outer, *inner) == [f"o{n}" for n in range(5)]
    crossed = [within("p", 0, 5, "a", tokens=(3, 4)), within("q", 1, 10, "a", tokens=(3, 4))]
    theirs = [within("x", 3, 4, "b", tokens=(3, 4)), within("y", 2, 9, "b", tokens=(3, 4))]
    assert requests(*crossed, *theirs) == ["p", "q"]


def test_what_an_inner_library_tells_is_not_taken_for_an_outer_one() -> None:
    """Of two calls at once the second may lie within both spans of the first."""
    first = [within("a1", 0, 20, "a", tokens=(3, 4)), within("b1", 1, 19, "b", tokens=(3, 4))]
    second = [within("a2", 2, 9, "a", tokens=(3, 4)), within("b2", 3, 8, "b", tokens=(3, 4))]
    for spans in permutations([*first, *second]):
        assert requests(*spans) == ["a1", "a2"]


def test_three_libraries_beside_each_other_tell_one_call() -> None:
    """In whatever order they come."""
    three = [within(name, n, 9 - n, name, tokens=(3, 4)) for n, name in enumerate("abc")]
    for spans in permutations(three):
        assert requests(*spans) == ["a"]


def test_a_failure_is_told_again_by_an_sdk_or_by_a_known_companion() -> None:
    """Nobody counted tokens, so it matters who they are; strangers' failures are two."""
    outer = within("outer", 1, 9, "a", failed=True)
    inner = within("inner", 2, 8, "b", failed=True)
    verdict = count([outer, inner._replace(library="otel_helisession.http")])
    assert verdict == Count(frozenset({outer.key}), frozenset({outer.key}))
    assert requests(outer, inner) == ["inner", "outer"]
    before = [span("x", response_id="r", library="a"), span("y", response_id="r", library="b")]
    assert requests(*before, outer, inner) == ["outer", "x"]
    for other in (
        inner._replace(failed=False),
        inner._replace(model=None),
        inner._replace(model="claude"),
        inner._replace(library="a"),
    ):
        assert requests(*before, outer, other) == ["inner", "outer", "x"]


def test_each_attempt_beside_a_callback_counts() -> None:
    """Two that failed and one that worked are three requests."""
    callback = within("callback", 0, 90, "a", tokens=(3, 4))
    failed = [
        within(f"{n}", 10 * n, 10 * n + 5, "otel_helisession.http", failed=True) for n in (1, 2)
    ]
    worked = within("3", 30, 80, "otel_helisession.http", tokens=(3, 4), response_id="r")
    assert requests(callback, *failed, worked) == ["1", "2", "callback"]


def test_who_knows_tokens_stands_for_a_call_told_beside() -> None:
    """Of embeddings one library knows the answer's id, and the SDK what it used."""
    named = within("named", 1, 9, "a", response_id="r")
    counted = within("counted", 2, 8, "mistralai_sdk_tracer", tokens=(4, 0))
    assert requests(named, counted) == ["counted"]


def test_many_calls_told_twice_are_counted_quickly() -> None:
    """5,000 at one place: each looks at a few."""
    told: dict[str, Any] = {"tokens": (3, 4)}
    outer = [
        within(f"o{n}", 9 * n, 9 * n + 8, "a", response_id=f"r{n}", **told) for n in range(5000)
    ]
    inner = [within(f"i{n}", 9 * n + 1, 9 * n + 7, "b", **told) for n in range(5000)]
    assert len(requests(*outer, *inner)) == 5000
