"""Runs rows in their environments, and says for each what it found."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests import recordings
from tests.compatibility import golden, matrix, paths
from tests.compatibility.environments import Environment, InstallError
from tests.compatibility.row import Row

ROOT = Path(__file__).parents[2]

ROW_SECONDS = 180
"""For all scenes of a row: a cold import of a large framework takes half a minute."""

PARALLEL = 2
"""Environments at once: pip is bound by one core each."""

SECOND_CHANCES = 3
"""Rows that are not as recorded run once more, by themselves, when they are no more than these."""

_HIDDEN = ("HELISESSION_", "HELICONE_", "OTEL_", "OPENAI_", "ANTHROPIC_", "GOOGLE_", "PYTHON")
_PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


@dataclass(frozen=True)
class Outcome:
    """What became of a row.

    Attributes:
        row: The row.
        problems: Sentences; empty when it is as it should be.
        seconds: How long its scenes ran.
    """

    row: Row
    problems: tuple[str, ...]
    seconds: float


def run(
    rows: Sequence[Row], known: Sequence[Row], *, record: bool, say: Callable[[str], None]
) -> list[Outcome]:
    """Run *rows*, and return their outcomes in order.

    Args:
        rows: Which to run.
        known: All there are: those that share an environment share its requirements.
        record: Write down what was said instead of comparing with it.
        say: Told in a line what goes on; called from several threads.
    """
    names = sorted({row.environment for row in rows}, key=lambda name: _size(name, known))
    with ThreadPoolExecutor(PARALLEL) as pool:
        done = pool.map(
            lambda name: _environment(
                Environment.of(name, known),
                [row for row in rows if row.environment == name],
                record,
                say,
            ),
            names,
        )
        outcomes = {one.row.name: one for outcomes in done for one in outcomes}
    return [outcomes[row.name] for row in rows]


def again(
    outcomes: Sequence[Outcome], known: Sequence[Row], say: Callable[[str], None]
) -> list[Outcome]:
    """Return *outcomes* with those of a second run in place of the few that have problems."""
    failed = [outcome.row for outcome in outcomes if outcome.problems]
    if not 0 < len(failed) <= SECOND_CHANCES:
        return list(outcomes)
    say(f"once more: {', '.join(row.name for row in failed)}")
    second = {one.row.name: one for one in run(failed, known, record=False, say=say)}
    return [second.get(outcome.row.name, outcome) for outcome in outcomes]


def _size(name: str, known: Sequence[Row]) -> tuple[int, str]:
    """Order the largest environments first, so that none of them is waited for at the end."""
    lock = Environment.of(name, known).lock
    return -len(lock.read_text().splitlines()) if lock.exists() else 0, name


def _environment(
    environment: Environment, rows: Sequence[Row], record: bool, say: Callable[[str], None]
) -> list[Outcome]:
    began = time.monotonic()
    try:
        made = environment.install()
        if record and not environment.is_locked:
            environment.write_lock()
    except InstallError as error:
        say(f"{environment.name}: not installed: {error}")
        return [Outcome(row, (f"{row.name}: not installed: {error}",), 0) for row in rows]
    how = "installed" if made else "there already"
    say(f"{environment.name}: {how}, {time.monotonic() - began:.0f} s")
    return [_row(environment, row, record, say) for row in rows]


def _row(environment: Environment, row: Row, record: bool, say: Callable[[str], None]) -> Outcome:
    began = time.monotonic()
    try:
        recording = play(environment, row)
        problems = [*_write(row, recording)] if record else _compare(row, recording)
        problems += matrix.problems(row, recording)
    except RowError as error:
        problems = [f"{row.name}: {error}"]
    seconds = time.monotonic() - began
    say(f"{row.name}: {'different' if problems else 'ok'}, {seconds:.1f} s")
    return Outcome(row, tuple(problems), seconds)


class RowError(RuntimeError):
    """A row's program failed; the text is its last lines."""


def play(environment: Environment, row: Row) -> dict[str, Any]:
    """Return what a row says now, from a process of its own."""
    variables = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(_HIDDEN) and name.lower() not in _PROXIES
    }
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder, "recording.json")
        command = [str(environment.python), "-m", "tests.compatibility.harness"]
        variables |= {
            "PYTHONPATH": str(ROOT),
            "PYTHONUTF8": "1",
            "PYTHONHASHSEED": "0",
            "TZ": "UTC",
        }
        variables |= {"HELISESSION_STORE": str(Path(folder, "sessions.db"))}
        try:
            done = subprocess.run(
                [*command, row.name, str(target)],
                env=variables,
                cwd=folder,
                capture_output=True,
                text=True,
                timeout=ROW_SECONDS,
            )
        except subprocess.TimeoutExpired:
            raise RowError(f"no end after {ROW_SECONDS} s") from None
        if done.returncode or not target.exists():
            raise RowError("\n".join(done.stderr.strip().splitlines()[-8:]))
        made: dict[str, Any] = json.loads(target.read_text(encoding="utf-8"))
        return made


def _write(row: Row, recording: dict[str, Any]) -> list[str]:
    recordings.FOLDER.mkdir(exist_ok=True)
    text = json.dumps(recording, indent=1, ensure_ascii=False) + "\n"
    recordings.path(row.name).write_text(text, encoding="utf-8")
    derive(row, recording)
    return []


def derive(row: Row, recording: dict[str, Any]) -> None:
    """Write down what is made of a recording: Helicone's logs, and the path tree."""
    for made in (golden, paths):
        made.FOLDER.mkdir(exist_ok=True)
        made.path(row.name).write_text(made.text(recording), encoding="utf-8")


def _compare(row: Row, recording: dict[str, Any]) -> list[str]:
    if not recordings.path(row.name).exists():
        return [f"{row.name}: not recorded; run python -m tests.compatibility --record {row.name}"]
    expected = recordings.recording(row.name)
    if row.varies.keys() & {"session", "path"}:
        expected, recording = _without_session(expected), _without_session(recording)
    return [f"{row.name}: {line}" for line in _differences("", expected, recording)][:12]


def _without_session(value: Any) -> Any:
    """Return a JSON value without the attributes that tell of a session."""
    if isinstance(value, list):
        return [_without_session(one) for one in value]
    if not isinstance(value, dict):
        return value
    return {
        name: _without_session(one)
        for name, one in value.items()
        if not name.startswith(("helicone.", "session."))
    }


def _differences(at: str, expected: Any, found: Any) -> list[str]:
    """Return where two JSON values differ, a line each."""
    if isinstance(expected, dict) and isinstance(found, dict):
        names = [name for name in dict.fromkeys([*expected, *found]) if name not in _TIMES]
        return [
            line
            for name in names
            for line in _differences(f"{at}/{name}", expected.get(name), found.get(name))
        ]
    if isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        return [
            line
            for number, (one, other) in enumerate(zip(expected, found, strict=True))
            for line in _differences(f"{at}/{number}", one, other)
        ]
    if expected == found:
        return []
    return [f"{at}: recorded {_short(expected)}, now {_short(found)}"]


_TIMES = frozenset({"start", "end", "time"})
"""Not compared: what runs in other threads ends now before, now after the span around it."""


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) < 160 else f"{text[:157]}..."
