"""`helisession show --watch`: drawn anew with each change, in the height of the screen."""

from __future__ import annotations

import io
import threading
from contextlib import closing

import pytest
from rich.console import Console
from rich.text import Text

from otel_helisession.cli import watching
from otel_helisession.store.location import store_path
from tests.recorded import Recorder, store


class Enough(Exception):
    """Ends a watch, as Ctrl-C does."""


def test_it_draws_again_when_something_is_stored() -> None:
    """And only then; a store that is not there yet is waited for."""
    drawn: list[int] = []

    def draw() -> Text:
        drawn.append(len(drawn))
        if len(drawn) == 1:
            threading.Timer(0.3, grow).start()
        if store_path().exists() and len(drawn) > 1:
            raise Enough
        return Text("nothing")

    def grow() -> None:
        recorder = Recorder()
        recorder.llm()
        store(recorder.take())

    out = Console(file=io.StringIO(), force_terminal=True, width=80, height=24)
    with pytest.raises(Enough):
        watching.watch(store_path(), draw, out)
    assert len(drawn) > 1


def test_it_draws_again_when_the_terminal_has_another_size() -> None:
    """In the new one, though nothing was stored."""
    recorder = Recorder()
    recorder.llm()
    store(recorder.take())
    out = Console(file=io.StringIO(), force_terminal=True, width=80, height=24)
    drawn: list[int] = []

    def draw() -> Text:
        drawn.append(out.width)
        if len(drawn) == 2:
            raise Enough
        out.width = 60
        return Text("the same")

    with pytest.raises(Enough):
        watching.watch(store_path(), draw, out)
    assert drawn == [80, 60]


@pytest.mark.parametrize(("lines", "shown"), [(5, 5), (22, 22), (100, 22)])
def test_what_is_longer_than_the_screen_keeps_head_and_end(lines: int, shown: int) -> None:
    """There things happen; what is between is counted."""
    with closing(io.StringIO()) as file:
        out = Console(file=file, force_terminal=False, width=80, height=24)
        out.print(watching.Fitting(Text("\n".join(f"line {n}" for n in range(lines)))))
        said = file.getvalue().splitlines()
    assert (len(said), said[0], said[-1]) == (shown, "line 0", f"line {lines - 1}")
    if lines > shown:
        assert said[3] == f"... {lines - shown + 1} lines ..."
