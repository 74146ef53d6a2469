"""The disk is full, read-only or rotten, below the embedded store or below the spool."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from pathlib import Path

import pytest
from opentelemetry.sdk.trace import ReadableSpan

from otel_helisession.exporters.local import LocalSpanExporter
from otel_helisession.spool.spool import Spool
from tests.fakes import KeepingExporter
from tests.faults.conftest import Start
from tests.faults.destinations import otlp_over_http
from tests.faults.program import Program, soon, took
from tests.faults.wire import FaultyWire


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 2 MB."""
    place = tmp_path / "disk"
    place.mkdir()
    if os.geteuid() != 0 or not _mount("-t", "tmpfs", "-o", "size=2m", "tmpfs", str(place)):
        pytest.skip("a small disk can be mounted by root only")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True, timeout=10)


def _mount(*arguments: str) -> bool:
    try:
        done = subprocess.run(["mount", *arguments], capture_output=True, timeout=10)
    except OSError:
        return False
    return done.returncode == 0


def fill(disk: Path) -> Path:
    """Leave no room on *disk*; delete what is returned to make some."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file, suppress(OSError):
        while file.write(bytes(512)):
            pass
    return filler


def stored(path: Path) -> Counter[str]:
    """Count the spans in a store by name, on a disk that cannot be written, too."""
    unchanged = "" if os.access(path, os.W_OK) else "?immutable=1"
    with closing(sqlite3.connect(f"file:{path}{unchanged}", uri=True)) as database:
        return Counter(name for (name,) in database.execute("select name from spans"))


def lost(program: Program) -> int:
    (queue,) = program.processor._delivery.queues  # type: ignore[union-attr]
    return queue.tally.lost


def test_a_store_on_a_full_disk_gets_its_spans_when_there_is_room(disk: Path, start: Start) -> None:
    """Each of them once; until then a flush is False, and nobody waits."""
    program = start(LocalSpanExporter(disk / "sessions.db"))
    program.work()
    assert program.processor.force_flush(5_000)
    filler = fill(disk)
    for _ in range(5):
        program.work(20)
        program.processor.force_flush(500)
    assert not program.processor.force_flush(500)
    filler.unlink()
    assert soon(lambda: program.processor.force_flush(1_000))
    arrived = stored(disk / "sessions.db")
    assert set(arrived) <= set(program.sent)
    assert set(arrived.values()) == {1}
    assert len(arrived) + lost(program) == len(program.sent)
    assert program.waits_for_nobody()


def test_a_store_on_a_read_only_disk_counts_what_is_lost(disk: Path, start: Start) -> None:
    """As a disk is after an error of the hardware, until somebody has looked at it."""
    before = start(LocalSpanExporter(disk / "sessions.db"))
    before.work()
    assert before.processor.shutdown(5_000)
    assert _mount("-o", "remount,ro", str(disk))
    program = start(LocalSpanExporter(disk / "sessions.db"))
    program.work()
    began = time.monotonic()
    assert not program.processor.shutdown(1_000)
    assert took(began, 1_000)
    assert set(stored(disk / "sessions.db")) == set(before.sent)
    assert lost(program) == len(program.sent)
    assert program.waits_for_nobody()


def test_a_store_that_is_no_database_is_left_alone(tmp_path: Path, start: Start) -> None:
    """It may be somebody's file: nothing is written into it, and the spans are counted."""
    path = tmp_path / "sessions.db"
    path.write_bytes(b"my novel, chapter one" * 1_000)
    program = start(LocalSpanExporter(path))
    program.work()
    assert not program.processor.shutdown(2_000)
    assert path.read_bytes() == b"my novel, chapter one" * 1_000
    assert lost(program) == len(program.sent)


def test_a_full_disk_and_a_dead_destination_together(disk: Path, start: Start) -> None:
    """What the spool has no room for is lost, and counted; the program does not notice."""
    with otlp_over_http() as destination, FaultyWire(destination.port) as wire:
        wire.fault = "refused"
        program = start(destination.exporter(wire.port), spool=disk / "spool", retry_for_seconds=0)
        fill(disk)
        program.work(40)
        assert not program.processor.shutdown(1_000)
        assert program.waits_for_nobody()
        (queue,) = program.processor._delivery.queues  # type: ignore[union-attr]
        assert queue.tally.kept + queue.tally.lost == len(program.sent)


@pytest.mark.parametrize(
    ("damage", "hit"), [("cut", 1), ("overwritten", 1), ("nonsense", 0), ("two places", 2)]
)
def test_a_damaged_spool_gives_what_is_whole(
    damage: str, hit: int, tmp_path: Path, start: Start
) -> None:
    """The records that the damage hits are counted; each of the others arrives, whole."""
    with otlp_over_http() as destination:
        program = start(destination.exporter(destination.port), spool=tmp_path / "spool")
        ended = KeepingExporter()
        ending = start(ended)
        ending.work(10)
        assert ending.processor.force_flush(5_000)
        with closing(Spool(tmp_path / "spool")) as spool:
            ends = [_size(spool, ended.spans[at : at + 5]) for at in range(0, 50, 5)]
        (file,) = (tmp_path / "spool").glob("*.spool")
        _damage(file, damage, ends)
        fresh = program.work()
        expected = len(ending.sent) - hit * 5 + len(fresh)
        assert soon(lambda: len(destination.arrived()) == expected and not file.exists())
        assert fresh <= set(destination.arrived()) <= {*ending.sent, *fresh}
        assert program.processor.shutdown(5_000)


def _size(spool: Spool, spans: Sequence[ReadableSpan]) -> int:
    """Keep *spans* as one record, and return where it ends."""
    assert spool.keep("OTLPSpanExporter", spans)
    (file,) = spool.directory.glob("*.spool")
    return file.stat().st_size


def _damage(file: Path, damage: str, ends: list[int]) -> None:
    content = bytearray(file.read_bytes())
    inside = {"overwritten": [4], "two places": [2, 7]}
    for record in inside.get(damage, []):
        middle = (ends[record - 1] + ends[record]) // 2
        content[middle : middle + 50] = bytes(50)
    if damage == "cut":
        content = content[: len(content) - 100]
    elif damage == "nonsense":
        content += os.urandom(500)
    file.write_bytes(content)
