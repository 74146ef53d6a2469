"""What waits for a destination: its order, its bounds, and whole sessions that go."""

from __future__ import annotations

from opentelemetry.sdk.trace import ReadableSpan

from otel_helisession.delivery.backlog import Backlog
from otel_helisession.delivery.bundle import Bundle

SPAN = ReadableSpan(name="span")


def bundle(session_id: str | None, spans: int = 1, weight: int = 10) -> Bundle:
    """Return a bundle of so many spans."""
    return Bundle(session_id, (SPAN,) * spans, weight, since=0.0)


def filled(*bundles: Bundle, max_spans: int = 10, max_bytes: int = 1_000) -> Backlog:
    """Return a backlog with these; nothing had to go for them."""
    made = Backlog(max_spans, max_bytes)
    assert [gone for one in bundles for gone in made.add(one)] == []
    return made


def test_the_oldest_is_first() -> None:
    """A session a call; several only where that is asked for."""
    first, second = bundle("a"), bundle("b")
    assert filled(first, second).take(8, False, 0.0) == [first]
    assert filled(first, second).take(8, True, 0.0) == [first, second]


def test_sessions_share_a_call_when_more_waits_than_fits_one() -> None:
    """None of them is split, and none goes beyond the limit."""
    first, second, third = bundle("a", 3), bundle("b", 3), bundle("c", 3)
    backlog = filled(first, second, third)
    assert backlog.take(6, False, 0.0) == [first, second]
    assert backlog.take(6, False, 0.0) == [third]


def test_an_overflow_takes_the_oldest_session() -> None:
    """With all of its bundles, also those that came later than another's."""
    backlog = filled(bundle("a", 4), bundle("b", 4), bundle("a", 2))
    gone = backlog.add(bundle("c", 1))
    assert [(one.session_id, len(one)) for one in gone] == [("a", 4), ("a", 2)]
    assert (backlog.spans, [one.session_id for one in backlog]) == (5, ["b", "c"])


def test_bytes_are_bounded_as_spans_are() -> None:
    """Few spans with long prompts fill a queue, too."""
    backlog = filled(bundle("a", 1, weight=600), bundle("b", 1, weight=300))
    assert [one.session_id for one in backlog.add(bundle("c", 1, weight=200))] == ["a"]
    assert backlog.bytes == 500


def test_what_comes_later_of_a_session_that_went_goes_too() -> None:
    """Half a session misleads; when nothing waits any more, it may begin anew."""
    backlog = filled(bundle("a", 6), bundle("b", 4))
    backlog.add(bundle("c", 1))
    late = bundle("a", 1)
    assert backlog.add(late) == [late]
    while backlog.take(8, True, 0.0):
        pass
    assert backlog.add(bundle("a", 1)) == []


def test_a_session_larger_than_the_queue_goes_whole() -> None:
    """All that waits of it; what has left before is gone, and the next part fits again."""
    backlog = filled(bundle("a", 6))
    assert [len(one) for one in backlog.add(bundle("a", 6))] == [6, 6]
    assert backlog.add(bundle("a", 6)) == []


def test_one_bundle_alone_always_fits() -> None:
    """However large: what could make room for it?"""
    assert filled(bundle("a", 100)).spans == 100


def test_spans_without_a_session_go_bundle_by_bundle() -> None:
    """They have nothing in common but that."""
    oldest = bundle(None, 5)
    backlog = filled(oldest, bundle(None, 5))
    assert backlog.add(bundle("a", 1)) == [oldest]


def test_what_has_failed_waits_until_it_is_due() -> None:
    """Fresh spans go meanwhile; then it is first, in smaller calls each time."""
    failed, fresh = bundle("a", 3), bundle("b", 3)
    backlog = filled(failed, fresh)
    backlog.take(8, False, 0.0)
    failed.attempts, failed.due = 1, 5.0
    assert backlog.put_back(failed) == []
    assert backlog.take(8, False, 1.0) == [fresh]
    assert (backlog.take(8, False, 1.0), backlog.next_due()) == ([], 5.0)
    assert backlog.take(8, False, 5.0) == [failed]


def test_what_has_failed_is_the_oldest_still() -> None:
    """An overflow takes it first, and by its session."""
    failed = bundle("a", 5)
    backlog = filled(failed, bundle("b", 5))
    backlog.take(5, False, 0.0)
    backlog.put_back(failed)
    assert backlog.add(bundle("c", 1)) == [failed]


def test_a_probe_is_small() -> None:
    """Of what was tried least often, the smallest."""
    tried, large, small = bundle("a", 1), bundle("b", 5), bundle("c", 2)
    backlog = filled(large, small)
    tried.attempts = 1
    backlog.put_back(tried)
    assert backlog.take_smallest() == [small]
    assert Backlog(1, 1).take_smallest() == []


def test_everything_can_be_taken_out() -> None:
    """In order of age."""
    bundles = [bundle("a"), bundle(None), bundle("b")]
    backlog = filled(*bundles)
    assert backlog.clear() == bundles
    assert (len(backlog), backlog.spans, backlog.bytes, backlog.last) == (0, 0, 0, 3)
