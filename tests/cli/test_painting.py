"""Painting: what is on the terminal is changed, not erased and drawn again."""

from __future__ import annotations

import io

import pytest
from rich.console import Console
from rich.text import Text

from otel_helisession.cli.painting import painting


class Screen(io.StringIO):
    """Keeps what is written, one entry a write."""

    def __init__(self) -> None:
        super().__init__()
        self.writes: list[str] = []

    def write(self, text: str) -> int:
        self.writes.append(text)
        return super().write(text)


@pytest.fixture(autouse=True)
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")


def paint(*drawings: str) -> list[str]:
    """Return what painting *drawings* writes, without hiding and showing the cursor."""
    screen = Screen()
    out = Console(file=screen, force_terminal=True, width=20, height=9)
    with painting(out) as canvas:
        for drawing in drawings:
            canvas.paint(Text(drawing))
    return [one for one in screen.writes if one and "?25" not in one]


def test_only_lines_that_differ_are_written() -> None:
    """In one write each, which terminals show at once; nothing is erased but those lines."""
    first, second = paint("head\none\ntwo", "head\nONE\ntwo\nthree")
    new = "\x1b[2K{}\r\n".format
    assert first == f"\x1b[?2026h\r{new('head')}{new('one')}{new('two')}\x1b[?2026l"
    assert second == f"\x1b[?2026h\x1b[3A\r\r\n{new('ONE')}\r\n{new('three')}\x1b[?2026l"


def test_what_looks_the_same_writes_nothing() -> None:
    """The store changes for other sessions, too."""
    assert len(paint("one\ntwo", "one\ntwo", "one\ntwo")) == 1


def test_what_is_shorter_leaves_nothing_below() -> None:
    """The rest of the screen is erased."""
    assert paint("one\ntwo", "one")[1] == "\x1b[?2026h\x1b[2A\r\r\n\x1b[J\x1b[?2026l"


def test_a_terminal_that_cannot_move_its_cursor_gets_each_drawing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Without an escape sequence."""
    monkeypatch.setenv("TERM", "dumb")
    assert paint("one", "two") == ["one\n", "two\n"]


def test_the_cursor_is_back_after_ctrl_c() -> None:
    """It is hidden while something is painted."""
    screen = Screen()
    out = Console(file=screen, force_terminal=True, width=20, height=9)
    with pytest.raises(KeyboardInterrupt), painting(out):
        raise KeyboardInterrupt
    assert (screen.writes[0], screen.writes[-1]) == ("\x1b[?25l", "\x1b[?25h")
