"""Keep and WholeSession: what is known of a session, and for which reasons it is kept."""

from __future__ import annotations

from typing import Any

import pytest

from otel_helisession.conventions.operation import Usage
from otel_helisession.holding.keep import Keep
from otel_helisession.holding.whole import WholeSession
from tests.holding.spans import llm, span, tokens

FAILED = WholeSession("a", (span("a"), span("a", failed=True)))
SLOW = WholeSession("a", (span("a", start=10, end=11), span("a", start=5, end=40)))
DEAR = WholeSession("a", (llm("a", **tokens(900, 200, gen_ai__usage__cost=0.6)),))
NOTHING = WholeSession("a", (span("a"),))


@pytest.mark.parametrize(
    ("keep", "expected"),
    [
        (Keep(errors=True), [True, False, False, False]),
        (Keep(slower_than_seconds=34), [False, True, False, False]),
        (Keep(slower_than_seconds=35), [False, False, False, False]),
        (Keep(cost_over_usd=0.5), [False, False, True, False]),
        (Keep(tokens_over=1_000), [False, False, True, False]),
        (Keep(tokens_over=1_100), [False, False, False, False]),
        (Keep(ratio=0.2), [False, False, False, False]),
        (Keep(ratio=0.3), [True, True, True, True]),
        (Keep(errors=True, cost_over_usd=0.5), [True, False, True, False]),
        (Keep(slower_than_seconds=0, ratio=0), [True, True, True, True]),
    ],
    ids=str,
)
def test_any_one_reason_keeps(keep: Keep, expected: list[bool]) -> None:
    """A limit is passed when the value is above it; the id is in bucket 20."""
    assert [keep(session) for session in (FAILED, SLOW, DEAR, NOTHING)] == expected


def test_an_unknown_cost_is_no_reason() -> None:
    """Nor is it zero."""
    assert not Keep(cost_over_usd=0)(NOTHING)
    assert not Keep(tokens_over=0)(NOTHING)


@pytest.mark.parametrize(
    ("arguments", "error", "says"),
    [
        ({}, ValueError, "no reason to keep"),
        ({"errors": False, "ratio": None}, ValueError, "no reason to keep"),
        ({"ratio": 2}, ValueError, "from 0"),
        ({"slower_than_seconds": -1}, ValueError, "slower_than_seconds is -1"),
        ({"tokens_over": "many"}, TypeError, "tokens_over must be a number"),
        ({"cost_over_usd": float("nan")}, ValueError, "cost_over_usd is nan"),
    ],
    ids=str,
)
def test_reasons_are_checked(arguments: dict[str, Any], error: Any, says: str) -> None:
    """A Keep that keeps nothing by mistake would be found out too late."""
    with pytest.raises(error, match=says):
        Keep(**arguments)


def test_a_session_tells_its_totals() -> None:
    """Each call counted once: the agent's own usage is not added, nor an answer told twice."""
    names = {"helicone__session__name": "Trip", "user__id": "user-01"}
    agent = span("a", "agent", start=1, end=9, **tokens(30, 12), **names)
    first = llm("a", parent=agent, start=2, **tokens(10, 4), gen_ai__response__id="r-1")
    again = llm("a", parent=agent, start=3, **tokens(10, 4), gen_ai__response__id="r-1")
    second = llm("a", parent=agent, start=4, failed=True, **tokens(20, 8))
    session = WholeSession("a", (first, again, second, agent))
    assert (session.name, session.user_id, session.failed) == ("Trip", "user-01", True)
    assert (session.started_unix_nano, session.duration_seconds) == (1_000_000_000, 8.0)
    assert (session.requests, session.errors) == (2, 1)
    assert session.usage == Usage(input_tokens=30, output_tokens=12)
    assert [one.kind for one in session.operations] == ["llm", "llm", "llm", "structure"]


def test_a_session_of_which_little_is_known() -> None:
    """Nothing is invented."""
    session = WholeSession("Gespräch", (span("Gespräch", start=0, end=0),))
    assert (session.name, session.user_id, session.usage) == ("", None, Usage())
    assert (session.requests, session.errors, session.duration_seconds) == (0, 0, 0.0)
