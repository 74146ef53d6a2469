"""The tree at its edges: narrow and wide, many, deep, empty, and what stands for what."""

from __future__ import annotations

import io
import time

import pytest
from rich.cells import cell_len
from rich.console import Console

from otel_helisession.cli import tree
from otel_helisession.store.reader import SessionReader
from tests.recorded import Recorder, store


def drawn(recorder: Recorder, *, width: int = 80, encoding: str = "utf-8") -> list[str]:
    """Return the lines of the tree of the only session."""
    store(recorder.take())
    with SessionReader() as reader:
        (summary,) = reader.sessions()
        spans = reader.spans(summary.id)
    out = io.TextIOWrapper(io.BytesIO(), encoding=encoding, newline="\n")
    Console(file=out, width=width, legacy_windows=False).print(tree.render(summary, spans))
    out.seek(0)
    return out.read().splitlines()


def busy_session() -> Recorder:
    recorder = Recorder()
    for number in range(6):
        path = "/研究" + "/very-long-segment-of-a-path" * number
        step = recorder.span("step", path=path, times=(number, 50))
        recorder.llm(
            model="a-model-with-a-long-name-2026-01-01" * (number % 2 + 1),
            path=path,
            times=(number, number + 40),
            parent=step,
            error=("ValueError", "日本語 " * 60) if number == 3 else None,
            gen_ai__usage__cost=0.001,
            gen_ai__response__time_to_first_chunk=0.01,
        )
    return recorder


@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
@pytest.mark.parametrize("width", [20, 40, 60, 80, 100, 120, 200, 1_000])
def test_no_line_is_wider_than_the_terminal(width: int, encoding: str) -> None:
    """Whatever the names; wide characters count twice."""
    recorder = busy_session() if encoding == "utf-8" else Recorder()
    recorder.llm(error=("E", "x" * 500), path="/a" * 20)
    lines = drawn(recorder, width=width, encoding=encoding)
    assert max(map(cell_len, lines)) <= width
    assert all(line == line.rstrip() for line in lines)


def test_a_single_call_of_a_tool_stands_for_its_folder() -> None:
    """The tool lends its name to the path; twice the same line says nothing."""
    recorder = Recorder()
    recorder.span("plan", path="/plan", times=(0, 9))
    recorder.tool("hotel", path="/plan/hotel", times=(1, 2))
    names = [line.split("  ")[0] for line in drawn(recorder, width=60)[-2:]]
    assert names == ["/plan", "└─ ✓ TOOL"]


def test_a_path_that_nobody_but_the_request_names_is_drawn() -> None:
    """As in Helicone's own examples, which have no steps."""
    recorder = Recorder()
    for number, path in enumerate(("/request", "/request/validation", "/request/validation/ts")):
        recorder.llm(path=path, times=(number, number + 1))
    lines = [line[:28].rstrip() for line in drawn(recorder, width=60)[-6:]]
    assert lines == [
        "/request  3 requests",
        "├─ ✓ LLM  gpt-5-mini  openai",
        "└─ /validation  2 requests",
        "   ├─ ✓ LLM  gpt-5-mini  ope",
        "   └─ /ts  1 request",
        "      └─ ✓ LLM  gpt-5-mini",
    ]


def test_requests_at_the_root_hang_below_a_slash() -> None:
    """A session without steps has one folder."""
    recorder = Recorder()
    recorder.llm()
    assert [line[:12].rstrip() for line in drawn(recorder)[-2:]] == ["/  1 request", "└─ ✓ LLM  gp"]


def test_plumbing_is_not_drawn_unless_it_alone_failed() -> None:
    """HTTP below a request is part of it; a failed call of a step's own is worth a line."""
    recorder = Recorder()
    step = recorder.span("plan", path="/plan", times=(0, 9))
    llm = recorder.llm(path="/plan", times=(1, 5), parent=step)
    recorder.span("POST", path="/plan", times=(2, 4), parent=llm, error=("500", ""))
    recorder.span("GET /hotels", path="/plan", times=(5, 6), parent=step)
    recorder.span("GET /rooms", path="/plan", times=(6, 7), parent=step, error=("503", ""))
    lines = drawn(recorder, width=70)
    assert [line[:24].rstrip() for line in lines[-4:]] == [
        "/plan  1 request  1 erro",
        "├─ ✓ LLM   gpt-5-mini  o",
        "└─ ✗ SPAN  GET /rooms",
        "           503",
    ]


def test_a_folder_is_busy_only_while_something_runs() -> None:
    """Parallel work counts once, and pauses do not count."""
    recorder = Recorder()
    for times in ((0, 100), (50, 150), (1_000, 1_100)):
        recorder.llm(path="/a", times=times)
    (folder,) = [line for line in drawn(recorder) if line.startswith("/a")]
    assert " 250 ms " in folder


def test_a_session_of_steps_alone_is_drawn() -> None:
    """It has done nothing that counts, yet."""
    recorder = Recorder()
    recorder.span("plan", path="/plan")
    lines = drawn(recorder)
    assert lines[1].endswith("1.0 ms · 0 requests · no errors")
    assert lines[-1].startswith("/plan ")


def test_thousands_of_requests_are_drawn_in_seconds() -> None:
    """A long run is not a hang."""
    recorder = Recorder()
    for number in range(5_000):
        path = f"/a/b{number % 10}"
        recorder.llm(path=path, times=(number, number + 1), response=f"r-{number}")
    start = time.monotonic()
    assert len(drawn(recorder)) > 5_000
    assert time.monotonic() - start < 20
