"""Each call once, each error once, whoever described it."""

from __future__ import annotations

import random
from itertools import permutations
from typing import Any

import pytest

from otel_helisession.conventions.operation import Kind
from otel_helisession.conventions.totals.candidate import Candidate
from otel_helisession.conventions.totals.counting import Count, count


def span(name: str, parent: str | None = None, kind: Kind = "llm", **rest: Any) -> Candidate:
    """A span by its name; ``tokens=(3, 4)`` sets both counts."""
    tokens = rest.pop("tokens", (None, None))
    return Candidate(
        ("t", name),
        None if parent is None else ("t", parent),
        kind,
        input_tokens=tokens[0],
        output_tokens=tokens[1],
        **rest,
    )


def requests(*spans: Candidate) -> list[str]:
    """The names of the spans that count as requests."""
    return sorted(key[1] for key in count(spans).requests)


def test_nothing_counts_in_nothing() -> None:
    """An empty session has no totals."""
    assert count([]) == Count(frozenset(), frozenset())


def test_all_requests_count_and_structure_does_not() -> None:
    """Agents repeat the usage of what they hold."""
    agent = span("agent", kind="structure", tokens=(10, 5))
    made = [span(kind, "agent", kind) for kind in ("tool", "vector_db", "data")]  # type: ignore[arg-type]
    chat = span("chat", "agent", tokens=(10, 5))
    assert requests(agent, chat, *made) == ["chat", "data", "tool", "vector_db"]


def test_two_instrumentations_around_each_other_are_one_call() -> None:
    """With the same response id the outer stands for it: it is nearer to the program."""
    outer = span("outer", response_id="r", tokens=(3, 4))
    assert requests(outer, span("inner", "outer", response_id="r", tokens=(3, 4))) == ["outer"]


def test_the_one_that_knows_tokens_stands_for_the_call() -> None:
    """Whichever it is."""
    known = {"response_id": "r", "tokens": (3, 4)}
    assert requests(span("a", **known), span("b", "a", response_id="r")) == ["a"]
    assert requests(span("a", response_id="r"), span("b", "a", **known)) == ["b"]
    assert requests(span("a", tokens=(3, 4)), span("b", "a", response_id="r")) == ["a"]
    assert requests(span("a"), span("b", "a", **known)) == ["b"]


def test_three_tellings_are_one_call() -> None:
    """Whichever of them knows tokens."""
    for knowing in ("a", "b", "c"):
        tokens = {name: {"tokens": (3, 4)} if name == knowing else {} for name in "abc"}
        spans = [
            span("a", **tokens["a"]),
            span("b", "a", **tokens["b"]),
            span("c", "b", **tokens["c"]),
        ]
        assert requests(*spans) == [knowing]


def test_plumbing_between_changes_nothing() -> None:
    """An HTTP span or a middleware may lie between two tellings of one call."""
    outer = span("outer", tokens=(3, 4))
    http = span("http", "outer", "structure")
    assert requests(outer, http, span("inner", "http", response_id="r", tokens=(3, 4))) == ["inner"]


def test_a_call_within_a_tool_is_its_own() -> None:
    """A tool that the model called may call a model."""
    tree = [span("a"), span("tool", "a", "tool"), span("b", "tool")]
    assert requests(*tree) == ["a", "b", "tool"]


def test_other_answers_below_are_other_calls() -> None:
    """Two response ids with different tokens are two calls, wherever they hang."""
    outer = span("a", response_id="r-1", tokens=(3, 4))
    assert requests(outer, span("b", "a", response_id="r-2", tokens=(5, 6))) == ["a", "b"]


def test_a_gateway_that_names_the_answer_anew_is_the_same_call() -> None:
    """It hangs below the client's span, alone, and counts the same tokens."""
    client = span("client", response_id="gen-1", tokens=(3, 4))
    assert requests(client, span("gateway", "client", response_id="chatcmpl-1", tokens=(3, 4))) == [
        "gateway"
    ]


def test_a_gateway_that_reports_from_elsewhere_is_known_by_the_answer() -> None:
    """Its trace is another one."""
    client = span("client", response_id="r", tokens=(3, 4), start_unix_nano=1)
    gateway = client._replace(key=("other", "x"), start_unix_nano=2)
    assert requests(gateway, client) == ["client"]


def test_a_retriever_over_one_query_of_its_database_is_one() -> None:
    """The retriever knows what was asked; over several queries, they are what counts."""
    retriever = span("retriever", None, "vector_db")
    http = span("http", "retriever", "structure")
    first, second = span("1", "http", "vector_db"), span("2", "retriever", "vector_db")
    assert requests(retriever, http, first) == ["retriever"]
    assert requests(retriever, http, first, second) == ["1", "2"]
    embedding = span("embedding", "retriever", "llm")
    assert requests(retriever, embedding) == ["embedding", "retriever"]


def test_each_attempt_of_a_retry_counts() -> None:
    """The provider got each; the span around them is none of its own."""
    sdk = span("sdk", tokens=(3, 4))
    first, second = span("1", "sdk", failed=True), span("2", "sdk", tokens=(3, 4))
    verdict = count([sdk, first, second])
    assert sorted(key[1] for key in verdict.requests) == ["1", "2"]
    assert verdict.faults == {("t", "1")}


def test_attempts_without_tokens_are_the_outer_call() -> None:
    """Where only the outer one read the answer, it stands for all."""
    sdk = span("sdk", tokens=(3, 4), response_id="r")
    assert requests(sdk, span("1", "sdk", failed=True), span("2", "sdk")) == ["sdk"]


def test_all_four_at_once() -> None:
    """An agent that repeats usage, two instrumentations, a retry, and a gateway's report."""
    agent = span("agent", kind="structure", tokens=(6, 8))
    outer = span("outer", "agent")
    inner = span("inner", "outer", response_id="r-1", tokens=(3, 4))
    gateway = inner._replace(key=("gateway", "1"), parent=None, start_unix_nano=9)
    retried = span("sdk", "agent", tokens=(3, 4))
    failed = span("attempt 1", "sdk", failed=True)
    worked = span("attempt 2", "sdk", response_id="r-2", tokens=(3, 4))
    spans = [agent, outer, inner, gateway, retried, failed, worked]
    assert requests(*spans) == ["attempt 1", "attempt 2", "inner"]
    used = [one for one in spans if one.key in count(spans).requests]
    assert sum(one.input_tokens or 0 for one in used) == 6
    assert sum(one.output_tokens or 0 for one in used) == 8


@pytest.mark.parametrize("seed", range(30))
def test_the_order_of_arrival_does_not_matter(seed: int) -> None:
    """Spans come as they end, from several processes."""
    chance = random.Random(seed)
    spans = [
        span(
            str(number),
            chance.choice([None, *map(str, range(max(number, 1)))]),
            chance.choice(["llm", "llm", "structure", "tool"]),
            response_id=chance.choice([None, "r-1", "r-2"]),
            tokens=chance.choice([(None, None), (3, 4), (5, 6)]),
            failed=chance.random() < 0.3,
            start_unix_nano=number,
        )
        for number in range(12)
    ]
    first = count(spans)
    for _ in range(5):
        chance.shuffle(spans)
        assert count(spans) == first


def test_an_error_counts_where_it_arose() -> None:
    """Not in the steps around it, nor in the plumbing below."""
    run, step = (
        span("run", None, "structure", failed=True),
        span("s", "run", "structure", failed=True),
    )
    tool, http = span("tool", "s", "tool", failed=True), span("h", "tool", "structure", failed=True)
    for spans in permutations([run, step, tool, http]):
        assert count(spans).faults == {("t", "tool")}
    assert count([run, step]).faults == {("t", "s")}


def test_broken_parents_do_no_harm() -> None:
    """Rings, selves and strangers as parents; each llm span still counts at most once."""
    ring = [span("a", "b", "structure"), span("b", "a", "structure"), span("c", "a")]
    assert requests(*ring, span("self", "self"), span("orphan", "nobody")) == [
        "c",
        "orphan",
        "self",
    ]
    assert requests(span("x", "y"), span("y", "x")) == ["x", "y"]


def test_a_deep_tree_is_walked_once() -> None:
    """100,000 levels of structure, and as many calls at the bottom, take well under a second."""
    deep = [span("0", None, "structure")]
    deep += [span(str(level), str(level - 1), "structure") for level in range(1, 50_000)]
    calls = [span(f"call {number}", "49999") for number in range(50_000)]
    assert len(count([*deep, *calls]).requests) == 50_000
