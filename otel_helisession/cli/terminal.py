"""The terminal: one console, and text from spans made harmless for it."""

from __future__ import annotations

import re
import sys
from typing import Final

from rich.cells import cell_len, set_cell_size
from rich.console import Console

from otel_helisession import environment

_PIPE_COLUMNS: Final = 120
"""Width where the output is no terminal and COLUMNS is not set: wide enough for grep to
find whole names, narrow enough for an e-mail."""

_BLANK = re.compile(r"[\t\n\r\v\f\x85\u2028\u2029]+")
_HARMFUL = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]+"
)
"""Control characters start escape sequences; bidirectional and invisible ones disguise text."""


def console(*, stderr: bool = False) -> Console:
    """Return the console for standard output: colours on a terminal, plain text in a pipe."""
    stream = sys.stderr if stderr else sys.stdout
    piped = not stream.isatty() and environment.text("COLUMNS") is None
    return Console(
        stderr=stderr,
        width=_PIPE_COLUMNS if piped else None,
        highlight=False,
        markup=False,
        emoji=False,
        soft_wrap=False,
    )


def printable(text: str | None) -> str:
    """Return *text* on one line, without what could steer or deceive a terminal."""
    if not text:
        return ""
    if text.isascii() and text.isprintable():
        return text
    return _HARMFUL.sub("", _BLANK.sub(" ", text))


def cut(text: str, cells: int, *, ascii_only: bool = False) -> str:
    """Return *text* in at most *cells* columns, with an ellipsis where something is missing."""
    if cell_len(text) <= cells:
        return text
    ellipsis = "..." if ascii_only else "…"
    if cells <= len(ellipsis):
        return ellipsis[: max(cells, 0)]
    return set_cell_size(text, cells - len(ellipsis)).rstrip() + ellipsis
