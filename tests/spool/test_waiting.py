"""What waits can be counted by anybody, without taking it away."""

from __future__ import annotations

from pathlib import Path

from otel_helisession.spool.spool import Spool
from otel_helisession.spool.waiting import contents
from tests.spool.spans import named, names_of, take


def test_an_empty_or_missing_spool_holds_nothing(directory: Path) -> None:
    """And is not made by looking."""
    assert (contents(directory).waiting, contents(directory).spans) == ((), 0)
    assert not directory.exists()


def test_spans_are_counted_by_destination(spool: Spool) -> None:
    """Those that a running process holds are told apart; what is done does not count."""
    for name in ("a", "b", "c"):
        spool.keep("helicone", named(name, name))
    spool.close()
    parcels = spool.parcels("helicone")
    next(parcels).done()
    spool.keep("helicone", named("new"))
    spool.keep("otlp", named("d"))
    spool.close()
    found = contents(spool.directory).waiting
    assert [(one.destination, one.spans, one.held) for one in found] == [
        ("helicone", 5, 4),
        ("otlp", 1, 0),
    ]
    assert all(0 <= one.age_seconds < 60 and one.bytes > 0 for one in found)


def test_counting_takes_nothing_away(spool: Spool) -> None:
    """Nor does it stand in the way."""
    spool.keep("helicone", named("a"))
    contents(spool.directory)
    assert spool.keep("helicone", named("b"))
    spool.close()
    contents(spool.directory)
    assert [names_of(spans) for spans in take(spool)] == [["a"], ["b"]]


def test_a_newer_file_is_a_problem(spool: Spool) -> None:
    """In a sentence."""
    spool.keep("helicone", named("a"))
    spool.close()
    (path,) = spool.directory.iterdir()
    data = path.read_bytes()
    path.write_bytes(data[:8] + b"\x00\x09" + data[10:])
    (problem,) = contents(spool.directory).problems
    assert "newer otel-helisession (spool version 9; this one reads up to 1)" in problem
