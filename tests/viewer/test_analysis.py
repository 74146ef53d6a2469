"""What a session's spans add up to: path totals, the critical path, distributions."""

from __future__ import annotations

import pytest

from otel_helisession.analysis.critical_path import critical_path
from otel_helisession.analysis.distribution import BINS, distribution
from otel_helisession.analysis.path_totals import busy, path_totals, percentile
from otel_helisession.store.reader import SessionReader
from tests.recorded import EPOCH, Recorder, store

ERROR = ("E", "late")


def waited(recorder: Recorder) -> list[tuple[str, float, float]]:
    """Return name, from and until in milliseconds of what the session waited for."""
    store(recorder.take())
    with SessionReader() as reader:
        rows = reader.spans("s-1")
    return [
        (
            rows[one.place].name,
            (one.start_unix_nano - EPOCH) / 1e6,
            (one.end_unix_nano - EPOCH) / 1e6,
        )
        for one in critical_path(rows)
    ]


def test_of_parallel_work_the_longest_was_waited_for() -> None:
    """And what no child accounts for is the parent's own."""
    recorder = Recorder()
    trip = recorder.span("trip", times=(0, 100))
    recorder.span("short", times=(10, 40), parent=trip)
    recorder.span("long", times=(10, 70), parent=trip)
    assert waited(recorder) == [("trip", 0, 10), ("long", 10, 70), ("trip", 70, 100)]


def test_before_a_span_what_ended_last_was_waited_for() -> None:
    """Deeper within it the same holds; a span that ran on beside the next was not."""
    recorder = Recorder()
    trip = recorder.span("trip", times=(0, 100))
    plan = recorder.span("plan", times=(0, 50), parent=trip)
    recorder.span("ask", times=(5, 45), parent=plan)
    recorder.span("beside", times=(20, 70), parent=trip)
    recorder.span("book", times=(60, 100), parent=trip)
    assert waited(recorder) == [
        ("plan", 0, 5),
        ("ask", 5, 45),
        ("plan", 45, 50),
        ("trip", 50, 60),
        ("book", 60, 100),
    ]


def test_between_traces_nobody_was_waited_for() -> None:
    """A person thought about the answer; and a child's overhang is not the parent's."""
    recorder = Recorder()
    recorder.span("first", times=(0, 10))
    second = recorder.span("second", times=(50, 60))
    recorder.span("overhang", times=(55, 90), parent=second)
    assert waited(recorder) == [("first", 0, 10), ("second", 50, 55), ("overhang", 55, 60)]


def test_nothing_was_waited_for_without_spans() -> None:
    """Nor does a span of no length hold anything up."""
    recorder = Recorder()
    recorder.span("instant", times=(5, 5))
    assert (critical_path([]), waited(recorder)) == ((), [])


def test_a_path_has_totals_of_its_own() -> None:
    """What is below it counts at its own path; each call once."""
    recorder = Recorder()
    recorder.span("step", path="/a", times=(0, 100))
    for place, error in enumerate((None, None, ERROR)):
        recorder.llm(
            path="/a", times=(place * 10, place * 20), error=error, gen_ai__usage__cost=0.5
        )
    recorder.tool("hotel", path="/a/b", times=(30, 40))
    store(recorder.take())
    with SessionReader() as reader:
        above, below = path_totals(reader.spans("s-1"))
    assert (above.path, above.spans, above.requests, above.errors) == ("/a", 4, 3, 1)
    assert (above.p50_ms, above.p95_ms, above.mean_ms, above.max_ms) == (10, 20, 10, 20)
    assert (above.usage.input_tokens, above.usage.cost_usd) == (30, 1.5)
    assert (above.error_rate, above.busy_ms) == (pytest.approx(1 / 3), 100)
    assert (below.path, below.requests, below.usage.cost_usd, below.p50_ms) == ("/a/b", 1, None, 10)


def test_a_percentile_is_a_value_that_there_was() -> None:
    """The nearest rank, as the sessions' own p95."""
    values = [float(value) for value in range(1, 101)]
    found = [percentile(values, share) for share in (0, 0.5, 0.95, 1)]
    assert (found, percentile([], 0.5)) == ([1, 50, 95, 100], None)


def test_what_overlaps_is_busy_once() -> None:
    """In any order, with gaps."""
    assert busy([(5, 10), (0, 6), (20, 21), (20, 20)]) == 11


@pytest.mark.parametrize(
    "values", [[1.0, 2.0, 3.5], [0, 0, 5], [1, 100_000], [3], [0.0, 1e-9], [1, 2, 3]]
)
def test_a_histogram_leaves_nothing_out(values: list[float]) -> None:
    """No gaps between bars, no value without one, at most BINS bars."""
    bars = distribution(values).histogram
    assert sum(number for _, _, number in bars) == len(values)
    assert [end for _, end, _ in bars[:-1]] == [start for start, _, _ in bars[1:]]
    assert len(bars) <= BINS
    assert (bars[0][0], bars[-1][1] >= max(values)) == (min(values), True)


def test_whole_numbers_have_a_bar_each() -> None:
    """Three requests are not between 2.9 and 3.1."""
    assert distribution([2, 4, 4]).histogram == ((2, 3, 1), (3, 4, 0), (4, 5, 2))


def test_what_is_unknown_is_not_zero() -> None:
    """Neither in the mean nor as a bar."""
    found = distribution([None, 3.0, None])
    assert (found.count, found.total, found.p50) == (1, 3.0, 3.0)
    assert distribution([None]).document() == {
        "count": 0,
        "total": None,
        "mean": None,
        "p50": None,
        "p95": None,
        "max": None,
        "histogram": [],
    }
