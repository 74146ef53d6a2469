"""The circuit breaker, by a clock that stands still: closed, open, probing, and back."""

from __future__ import annotations

import pytest

from otel_helisession.delivery.breaker import Breaker


def breaker(threshold: int = 3) -> Breaker:
    """Return a breaker with pauses of 1, 2, 4 and at most 5 seconds."""
    return Breaker(threshold, first=1.0, longest=5.0, jitter=lambda pause: pause)


def opened() -> Breaker:
    """Return one that three failures have opened at 10 seconds."""
    made = breaker()
    for _ in range(3):
        made.failed(10.0)
    return made


def test_a_few_failures_leave_it_closed() -> None:
    """Calls go on, and one that is accepted makes them forgotten."""
    made = breaker()
    assert [made.failed(1.0), made.failed(2.0)] == [False, False]
    made.accepted(3.0)
    assert [made.failed(4.0), made.failed(5.0)] == [False, False]
    assert (made.state, made.is_ready(5.0)) == ("closed", True)


def test_failures_in_a_row_open_it() -> None:
    """The one that does says so; nothing may be sent until the pause is over."""
    made = breaker()
    assert [made.failed(10.0) for _ in range(3)] == [False, False, True]
    assert made.state == "open"
    assert [made.is_ready(at) for at in (10.0, 10.9, 11.0)] == [False, False, True]


def test_after_the_pause_one_call_may_be_made() -> None:
    """It is a probe, and while it is on its way there is no other."""
    made = opened()
    assert made.begin() is True
    assert (made.state, made.is_ready(100.0)) == ("probing", False)


def test_a_probe_that_is_accepted_closes_it() -> None:
    """And the next time the pause is a short one again."""
    made = opened()
    made.begin()
    made.failed(11.0)
    made.begin()
    made.accepted(13.0)
    assert (made.state, made.failures) == ("closed", 0)
    for _ in range(3):
        made.failed(20.0)
    assert made.ready_at == 21.0


def test_probes_that_fail_make_the_pauses_longer() -> None:
    """Doubled each time, up to the longest."""
    made = opened()
    pauses = []
    for _ in range(4):
        now = made.ready_at
        made.begin()
        assert made.failed(now) is False
        pauses.append(made.ready_at - now)
    assert pauses == [2.0, 4.0, 5.0, 5.0]


def test_somebody_who_waits_may_probe_at_once() -> None:
    """A flush ends the pause; a failure after it is a failed probe like any other."""
    made = opened()
    made.hasten(10.1)
    assert made.is_ready(10.1)
    made.begin()
    made.failed(10.1)
    assert made.ready_at == pytest.approx(12.1)


def test_a_closed_one_needs_no_haste() -> None:
    """hasten() changes nothing there."""
    made = breaker()
    made.hasten(5.0)
    assert (made.state, made.begin(), made.is_ready(5.0)) == ("closed", False, True)


def test_it_knows_whether_anything_was_accepted() -> None:
    """That tells spans that are refused from a destination that is down."""
    made = breaker()
    assert not made.accepted_since(0.0)
    made.accepted(5.0)
    assert (made.accepted_since(4.0), made.accepted_since(6.0)) == (True, False)


def test_pauses_are_spread() -> None:
    """By default no two processes probe in step, and none waits longer than it should."""
    pauses = set()
    for _ in range(50):
        made = Breaker(1, first=1.0)
        made.failed(0.0)
        pauses.add(made.ready_at)
    assert len(pauses) > 40
    assert all(0.75 <= pause <= 1.0 for pause in pauses)
