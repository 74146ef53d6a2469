"""HeldSessions and Docket: who is due when, by a clock that the test turns."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.trace import format_trace_id

from otel_helisession.delivery.outcome import Outcome
from otel_helisession.holding.bounds import Bounds
from otel_helisession.holding.decisions import Decisions
from otel_helisession.holding.docket import Docket
from otel_helisession.holding.held import Held, HeldSessions
from otel_helisession.holding.whole import WholeSession
from tests.holding.spans import span


def held(open_sessions: Iterable[str] = (), **bounds: Any) -> HeldSessions:
    return HeldSessions(Bounds(**bounds), lambda: set(open_sessions))


def shown(sessions: Iterable[Held]) -> list[tuple[str, list[str], bool]]:
    return [
        (one.session_id, [span.name for span in one.spans.values()], one.complete)
        for one in sessions
    ]


def test_an_ended_session_settles() -> None:
    """It waits from its last span, for those on their way, and is due once."""
    sessions = held(settle_seconds=5)
    sessions.add("a", [span("a", "1")], 0)
    sessions.end("a", 1)
    sessions.add("a", [span("a", "2")], 3)
    assert (sessions.next_due(), shown(sessions.due(7.9))) == (8, [])
    assert shown(sessions.due(8)) == [("a", ["1", "2"], True)]
    assert (len(sessions), sessions.next_due()) == (0, None)


def test_a_session_can_end_before_its_spans_come() -> None:
    """They were in a queue; the end is remembered."""
    sessions = held()
    sessions.end("a", 0)
    sessions.add("a", [span("a")], 4)
    assert [one.session_id for one in sessions.due(9)] == ["a"]


def test_a_session_that_nobody_ends_is_due_when_idle() -> None:
    """Ten minutes after its last span, unless one is open."""
    still_open = {"b"}
    sessions = HeldSessions(Bounds(), lambda: still_open)
    for session_id in "ab":
        sessions.add(session_id, [span(session_id)], 0)
    assert shown(sessions.due(599)) == []
    assert shown(sessions.due(600)) == [("a", ["work"], True)]
    still_open.clear()
    assert (shown(sessions.due(1_199)), len(list(sessions.due(1_200)))) == ([], 1)


def test_a_span_that_comes_twice_is_held_once() -> None:
    """As after a retry of a batch."""
    sessions, twice = held(), span("a")
    for now in (0, 1):
        sessions.add("a", [twice], now)
    assert shown(sessions.all()) == [("a", ["work"], False)]


def test_when_full_the_quietest_goes_first() -> None:
    """After those that have ended, which only settle."""
    sessions = held(max_spans=3)
    for now, session_id in enumerate("abcda"):
        sessions.add(session_id, [span(session_id)], now)
    sessions.end("d", 5)
    assert [one.session_id for one in sessions.excess()] == ["d", "b"]
    assert [one.session_id for one in sessions.all()] == ["c", "a"]


def test_bytes_are_bounded_too() -> None:
    """Long texts count."""
    sessions = held(max_bytes=100_000)
    sessions.add("a", [span("a", text="x" * 90_000)], 0)
    assert list(sessions.excess()) == []
    sessions.add("b", [span("b", text="x" * 90_000)], 1)
    assert shown(sessions.excess()) == [("a", ["work"], False)]
    assert list(sessions.excess()) == []


@given(st.lists(st.tuples(st.sampled_from("abcde"), st.booleans()), max_size=60))
def test_nothing_is_lost_or_doubled(events: list[tuple[str, bool]]) -> None:
    """Whatever comes and ends in whatever order: each span leaves once, in its session."""
    sessions, given_spans, taken = held(max_spans=7), [], []
    for now, (session_id, ends) in enumerate(events):
        if ends:
            sessions.end(session_id, now)
        else:
            given_spans.append(span(session_id, str(now)))
            sessions.add(session_id, given_spans[-1:], now)
        taken += [*sessions.due(now), *sessions.excess()]
    taken += sessions.all()
    names = [name for _, names, _ in shown(taken) for name in names]
    assert sorted(names, key=int) == [one.name for one in given_spans]
    assert len(sessions) == 0


Make = Callable[..., Docket]


@pytest.fixture
def docket() -> Make:
    def make(keep: Callable[[WholeSession], bool] | None = None, **bounds: Any) -> Docket:
        return Docket(Bounds(**bounds), Decisions(keep), "Exporter")

    return make


def sent(docket: Docket) -> list[list[str]]:
    """Take what would be sent, all of it accepted: the names of the spans of each call."""
    calls = []
    while (parcel := docket.parcels.next(1e9)) is not None:
        calls.append([span.name for span in parcel.call])
        docket.parcels.settle(parcel, Outcome(), 1e9)
    return calls


def test_late_spans_follow_the_decision(docket: Make) -> None:
    """Of a kept session they pass at once, of a dropped one they never do."""
    decided = docket(lambda session: session.id == "kept")
    decided.sort([span("kept", "1"), span("dropped", "1")], 0)
    decided.decide_all(1)
    assert sent(decided) == [["1"]]
    passing = decided.sort([span("dropped", "2"), span("kept", "2"), span(None, "none")], 2)
    assert [[one.name for one in group] for group in passing] == [["2"], ["none"]]
    assert len(decided) == 0


def test_each_session_is_asked_about_once(docket: Make) -> None:
    """With what it was by then, in order."""
    asked: list[tuple[str, list[str], bool]] = []

    def keep(session: WholeSession) -> bool:
        asked.append((session.id, [span.name for span in session.spans], session.complete))
        return False

    decided = docket(keep)
    decided.sort([span("a", "1"), span("b", "1"), span("a", "2")], 0)
    decided.end("a", 0)
    decided.decide_due(100)
    decided.end("a", 101)
    decided.sort([span("a", "3")], 102)
    decided.decide_all(103)
    assert asked == [("a", ["1", "2"], True), ("b", ["1"], False)]


def test_a_decision_that_fails_keeps(docket: Make, caplog: pytest.LogCaptureFixture) -> None:
    """Losing what somebody wanted would be worse; one line says so."""

    def keep(session: WholeSession) -> bool:
        raise ZeroDivisionError("oops")

    decided = docket(keep)
    decided.sort([span("a"), span("b")], 0)
    decided.decide_all(1)
    assert len(sent(decided)) == 2
    assert caplog.messages == [
        "keep() failed with ZeroDivisionError: oops; sessions of which it fails are kept"
    ]


def test_memory_is_bounded_and_that_is_said_once(
    docket: Make, caplog: pytest.LogCaptureFixture
) -> None:
    """A session that is larger than all there is is decided early, and stays whole."""
    decided = docket(max_spans=10)
    for start in range(0, 30, 6):
        passing = decided.sort(
            [span("a", str(number)) for number in range(start, start + 6)], start
        )
        assert [len(group) for group in passing] == ([] if start < 12 else [6])
    assert sent(decided) == [[str(number) for number in range(12)]]
    assert len(caplog.messages) == 1


def test_a_root_ends_its_trace(docket: Make) -> None:
    """Where the trace is the session, for want of another."""
    trace_id = format_trace_id(1)
    root = span(trace_id, "root")
    decided = docket()
    decided.sort([span(trace_id, "child", parent=root)], 0)
    assert decided.next_due() == 600
    decided.sort([root], 1)
    decided.decide_due(6)
    assert sent(decided) == [["child", "root"]]


def test_a_large_session_goes_in_several_calls(docket: Make) -> None:
    """As many spans as an exporter expects at a time, one call after the other."""
    decided = docket()
    decided.sort([span("a") for _ in range(1_100)], 0)
    decided.sort([span("b")], 0)
    decided.decide_all(1)
    assert [len(call) for call in sent(decided)] == [512, 512, 76, 1]


def test_what_failed_is_sent_again_after_the_others(docket: Make) -> None:
    """And only that of it which failed."""
    decided = docket()
    decided.sort([span("a", "1"), span("a", "2"), span("b", "3")], 0)
    decided.decide_all(0)
    parcels = decided.parcels
    first: Any = parcels.next(0)
    parcels.settle(first, Outcome(undelivered=[first.spans[1]]), 0)
    parcels.hasten()
    assert sent(decided) == [["3"], ["2"]]
    assert (parcels.failures, parcels.lost) == (1, 0)


def test_what_fails_for_five_minutes_is_lost_and_counted(
    docket: Make, caplog: pytest.LogCaptureFixture
) -> None:
    """With one line."""
    decided = docket()
    decided.sort([span("a"), span("a"), span("b")], 0)
    decided.decide_all(0)
    for now in (0, 100, 200, 300, 400):
        parcel = decided.parcels.next(now)
        if parcel is not None:
            decided.parcels.settle(parcel, Outcome(undelivered=parcel.call), now)
    assert (decided.parcels.lost, len(decided.parcels), len(caplog.messages)) == (3, 0, 1)


def test_a_destination_that_is_dead_costs_whole_sessions(docket: Make) -> None:
    """The oldest of which nothing has been sent; one that has begun stays."""
    decided = docket(max_spans=1_000)
    spans: list[ReadableSpan] = [span("a") for _ in range(600)]
    decided.sort(spans, 0)
    decided.decide_all(0)
    begun: Any = decided.parcels.next(0)
    decided.parcels.settle(begun, Outcome(), 0)
    for session_id in "bcd":
        decided.sort([span(session_id) for _ in range(400)], 1)
        decided.decide_all(1)
    assert decided.parcels.lost == 400
    assert [len(call) for call in sent(decided)] == [88, 400, 400]
