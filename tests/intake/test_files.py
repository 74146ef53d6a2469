"""The Collector's files of JSON lines go into the store."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import pytest

from otel_helisession.intake import files as module
from otel_helisession.intake.files import import_files
from otel_helisession.otlp.encoding import request_of
from otel_helisession.otlp.json import request_to_json
from tests.intake.conftest import rows
from tests.intake.requests import agent, llm


def line(*spans: Any) -> str:
    return request_to_json(request_of(spans)) + "\n"


def test_rotated_and_compressed_files_are_read(tmp_path: Path, store: Path) -> None:
    """Children in the older file find their parents in the newer one."""
    old, new = tmp_path / "spans-1.json.gz", tmp_path / "spans.json"
    old.write_bytes(gzip.compress(line(llm("chat", 2, 1)).encode()))
    new.write_text(line(agent("plan", 1)) + "\n" + line(llm("more", 3, 1)))
    seen: list[Any] = []
    done = import_files([old, new], store, progress=lambda *said: seen.append(said))
    assert (done.spans, done.lines, done.bad, done.problems) == (3, 4, 0, [])
    assert {row.name: row.path for row in rows(store)} == {
        "chat": "/plan",
        "plan": "/plan",
        "more": "/plan",
    }
    assert seen[-1] == (new, new.stat().st_size, new.stat().st_size)


def test_one_bad_line_is_named(tmp_path: Path, store: Path) -> None:
    """The rest is taken, and a last line that is cut off is said to be."""
    path = tmp_path / "spans.json"
    path.write_text(
        line(llm("first"))
        + "{nonsense\n"
        + '{"resourceMetrics":[]}\n'
        + '{"other":1}\n'
        + line(llm("second", 2)).replace('"0000000000000002"', '"02"')
        + line(llm("third", 3))
        + line(llm("torn", 4))[:-20]
    )
    done = import_files([path], store)
    assert [row.name for row in rows(store)] == ["first", "third"]
    assert (done.spans, done.lines, done.bad) == (2, 7, 4)
    assert [problem.removeprefix(f"{path}:")[:30] for problem in done.problems] == [
        "2: this is no JSON: Expecting ",
        "4: no resourceSpans in it; is ",
        "5: 1 of 1 spans refused: 1 tim",
        "7: cut off",
    ]


def test_a_damaged_file_is_read_up_to_the_damage(tmp_path: Path, store: Path) -> None:
    """zlib has an error of its own."""
    good, damaged = gzip.compress(line(llm("good")).encode()), tmp_path / "damaged.gz"
    damaged.write_bytes(good + good[:10] + b"\xff" * 99)
    done = import_files([damaged], store)
    assert (done.spans, done.bad) == (1, 1)
    assert done.problems[0].startswith(f"{damaged}: what is compressed in it is damaged: Error")


def test_files_that_cannot_be_read_are_named(tmp_path: Path, store: Path) -> None:
    """Missing, cut off in the middle, or no such thing."""
    cut = tmp_path / "cut.gz"
    cut.write_bytes(gzip.compress(line(llm("chat")).encode() * 99)[:-20])
    missing, binary = tmp_path / "missing.json", tmp_path / "binary"
    binary.write_bytes(bytes(range(256)))
    done = import_files([missing, cut, binary], store)
    assert f"{missing}: No such file or directory" in done.problems
    assert any(problem.startswith(f"{cut}: ") for problem in done.problems)
    assert done.bad >= 3


def test_a_line_without_end_is_passed_over(
    tmp_path: Path, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And is not held in memory."""
    monkeypatch.setattr(module, "MAX_LINE_BYTES", 2_000)
    path = tmp_path / "spans.json"
    path.write_text("x" * 10_000 + "\n" + line(llm("good")))
    done = import_files([path], store)
    assert (done.spans, done.problems) == (1, [f"{path}:1: longer than 2000 bytes"])


def test_files_that_are_read_again_change_nothing(tmp_path: Path, store: Path) -> None:
    """Spans replace themselves."""
    path = tmp_path / "spans.json"
    path.write_text(line(agent("plan", 1), llm("chat", 2, 1)))
    import_files([path], store)
    before = rows(store)
    import_files([path], store)
    assert rows(store) == before


@pytest.mark.parametrize(
    "said", [b"# Read me\n\nfirst\nsecond\n", b'{"a": 1}\n{"b": 2}\n', b"\x89PNG"]
)
def test_a_file_of_something_else_is_one_problem(tmp_path: Path, store: Path, said: bytes) -> None:
    """What is accepted, and what to do; not each of its lines. The next file is read."""
    strange = tmp_path / "README.md"
    strange.write_bytes(said)
    good = tmp_path / "good.jsonl"
    good.write_text(line(llm("chat", 1)))
    done = import_files([strange, good], store)
    assert (done.spans, done.bad, len(done.problems)) == (1, 1, 1)
    assert done.problems[0].startswith(f"{strange}: not a line of this file is OTLP's JSON. Acc")
