"""Spans that a coarse clock gives one start stand as they came to be."""

from __future__ import annotations

import json
from itertools import permutations
from typing import Any

from otel_helisession.cli.outline import outline
from otel_helisession.store.order import ordered
from otel_helisession.store.reader import SessionReader
from tests.recorded import Recorder, store


def names_of(recorder: Recorder) -> list[str]:
    """The names of the spans as `show` reads them, which are those that the viewer reads."""
    store(recorder.take())
    with SessionReader() as reader:
        names = [row.name for row in reader.spans("s-1")]
        whole = reader.whole("s-1")
    assert whole is not None
    assert [json.loads(line)[4] for line in whole[1].json({})] == names
    return names


def test_a_tool_stands_before_the_call_that_reads_its_result() -> None:
    """Both start in one millisecond, in which the tool ends: JavaScript's clock knows no more."""
    recorder = Recorder()
    step = recorder.span("plan", times=(0, 90))
    recorder.llm("answer", parent=step, times=(40, 90))
    recorder.tool("weather", parent=step, times=(40, 41))
    recorder.llm("ask", parent=step, times=(0, 40))
    assert names_of(recorder) == ["plan", "chat ask", "execute_tool weather", "chat answer"]


def test_a_parent_stands_before_its_children() -> None:
    """Whatever ended first; and the outline begins with it."""
    recorder = Recorder()
    tool = recorder.tool("book", path="/book", times=(0, 5))
    inner = recorder.span("plan", path="/book", parent=tool, times=(0, 5))
    recorder.llm("inmost", path="/book", parent=inner, times=(0, 2))
    recorder.llm("other", times=(0, 1))
    calls = ["execute_tool book", "chat inmost"]
    assert names_of(recorder) == ["chat other", calls[0], "plan", calls[1]]
    with SessionReader() as reader:
        (book,) = outline(reader.spans("s-1")).folders.values()
    assert [call.name for call in book.calls] == calls


def test_nothing_is_lost_in_a_circle_of_parents() -> None:
    """Which only broken data has; any order of the rows gives all of them."""

    class Row:
        trace_id, start_unix_nano, end_unix_nano = "t", 1, 2

        def __init__(self, span_id: str, parent_span_id: str) -> None:
            self.span_id, self.parent_span_id = span_id, parent_span_id

    rows: list[Any] = [Row("a", "b"), Row("b", "a"), Row("c", "c"), Row("d", "")]
    for some in permutations(rows):
        found = ordered(list(some))
        assert found[0] is rows[3]
        assert sorted(row.span_id for row in found) == ["a", "b", "c", "d"]
