"""``docs/compatibility.md``, made of the recordings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests import recordings
from tests.compatibility.evaluate import cells
from tests.compatibility.row import COLUMNS, Row
from tests.compatibility.scene import scenes

PAGE = Path(__file__).parents[2] / "docs" / "compatibility.md"

NO_MODEL = "no model is called"

_HEAD = """\
# Compatibility

For whoever asks "are the spans of my library understood, and what is missing of them?": look
for it in the first column, before you choose an instrumentation or when something is empty in
a session. What needs no row: spans in the OpenTelemetry GenAI conventions, whoever writes them.

What is read of the spans that other libraries write. Each row is a real library, instrumented
by what the second column names, run against a scripted server on loopback; its spans are kept
in `tests/conventions/recordings`. This page is made of them by
`python -m tests.compatibility --record`, and checked by `python -m tests.compatibility --all`.

- **kind**: each call is one operation of its kind (`llm`, `tool`, `vector_db`), none is told twice
- **model**, **usage**: as the server said them
- **messages**: the question and the answer, streamed ones too
- **tool calls**: name and arguments of what the model calls; arguments and result of what runs
- **streaming**, **time to first token**: of a streamed answer
- **errors**: why a call failed
- **session**, **path**: every span has the session, and hangs below the step that it belongs to

A number is a note below the table: why the cell is empty, or what else is not seen.
"""


def problems(row: Row, recording: Mapping[str, Any]) -> list[str]:
    """Return where the row's EMPTY and what was found disagree, in sentences."""
    said = []
    for scene in scenes(recording):
        if scene.name in row.unseen and any(one.kind != "structure" for one in scene.operations):
            said.append(f"{row.name}: {scene.name} is seen, but UNSEEN says it is not")
    for column, found in cells(row, recording).items():
        reason = _reason(row, recording, column)
        if found == "" and column in row.empty:
            said.append(f"{row.name}: {column} is filled, but EMPTY says {reason!r}")
        elif found and not reason:
            said.append(f"{row.name}: {column}: {found}")
        elif found is None and not reason:
            said.append(f"{row.name}: {column}: no scene shows it, and EMPTY does not say why")
    return said


def page(rows: Sequence[Row]) -> str:
    """Return the page of all rows that are recorded."""
    recorded = [
        (row, recordings.recording(row.name)) for row in rows if recordings.path(row.name).exists()
    ]
    notes: dict[str, int] = {}
    lines = [
        " | ".join([_library(row, recording), row.instrumentation, *_marks(row, recording, notes)])
        for row, recording in sorted(
            recorded, key=lambda pair: (_library(*pair), pair[0].instrumentation)
        )
    ]
    header = " | ".join(["library", "instrumented by", *COLUMNS])
    rule = "|".join(["---"] * (len(COLUMNS) + 2))
    table = "\n".join(f"| {line} |" for line in lines)
    below = "\n".join(f"{number}. {reason}" for reason, number in notes.items())
    return f"{_HEAD}\n| {header} |\n|{rule}|\n{table}\n\n{below}\n"


def _marks(row: Row, recording: Mapping[str, Any], notes: dict[str, int]) -> list[str]:
    """Return the cells of a row; a note that is new goes into *notes*."""
    found = cells(row, recording)
    marks = []
    for column in COLUMNS:
        if found[column] == "":
            said = ["✓"]
        else:
            said = [_reason(row, recording, column) or found[column] or "no scene shows it"]
        if column == "kind":
            said += row.unseen.values()
        marks.append(" ".join(_mark(one, notes) for one in dict.fromkeys(said)))
    return marks


def _mark(said: str, notes: dict[str, int]) -> str:
    """Return the mark of a cell: a tick, or the number of a note."""
    return said if said == "✓" else f"[{notes.setdefault(said, len(notes) + 1)}]"


def _library(row: Row, recording: Mapping[str, Any]) -> str:
    version = recording["versions"].get(row.library)
    return f"{row.library} {version}" if version else row.library


def _reason(row: Row, recording: Mapping[str, Any], column: str) -> str:
    """Return why a cell may be empty; of a row that calls no model it need not be said."""
    if column in row.empty or column in row.varies:
        return row.varies.get(column) or row.empty[column]
    talks = any(scene["exchanges"] for scene in recording["scenes"].values())
    about_models = ("model", "usage", "messages", "tool calls", "streaming", "time to first token")
    return NO_MODEL if not talks and column in about_models else ""
