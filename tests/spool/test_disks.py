"""A disk that is full, read-only, or not there: False, one warning, and never an exception."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from otel_helisession.spool.spool import Spool
from otel_helisession.spool.waiting import contents
from tests.spool.spans import named, names_of, span, take
from tests.spool.test_processes import ROOT

Run = Callable[..., "CompletedProcess[str]"]


def mount(*arguments: str) -> bool:
    """Mount as root may; False where that cannot be done."""
    try:
        return (
            subprocess.run(["mount", *arguments], capture_output=True, timeout=10).returncode == 0
        )
    except OSError:
        return False


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 256 kB."""
    place = tmp_path / "disk"
    place.mkdir()
    if os.geteuid() != 0 or not mount("-t", "tmpfs", "-o", "size=256k", "tmpfs", str(place)):
        pytest.skip("a small disk can be mounted by root only")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True, timeout=10)


def test_a_full_disk_keeps_what_was_kept(
    small_disk: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """What does not fit is refused, said once, and the next that fits is kept."""
    spool = Spool(small_disk / "spool")
    kept = [spool.keep("helicone", named(f"{n}", os.urandom(20_000).hex())) for n in range(30)]
    assert kept[:5] == [True] * 5
    assert kept[-1] is False
    assert spool.keep("helicone", named("small"))
    assert caplog.messages == [
        f"the spool {small_disk / 'spool'} cannot be used (No space left on device); free disk "
        "space, or set HELISESSION_SPOOL to a directory on another disk"
    ]
    expected = [str(number) for number, done in enumerate(kept) if done]
    assert [spans[0].name for spans in take(spool)] == [*expected, "small"]
    assert spool.tally.damaged == 0


def test_a_full_disk_can_be_emptied(small_disk: Path) -> None:
    """Where even a mark does not fit, to send all of a file deletes it all the same."""
    spool = Spool(small_disk / "spool")
    filler = (small_disk / "filler").open("wb", buffering=0)
    number = 0
    while spool.keep("helicone", named(str(number), os.urandom(5_000).hex())):
        number += 1
    with filler, suppress(OSError):
        while filler.write(bytes(512)):
            pass
    assert len(take(spool)) == number
    assert list((small_disk / "spool").iterdir()) == []


def test_a_limit_for_files_is_a_full_disk(run_python: Run, directory: Path) -> None:
    """The kernel cuts the write in the middle; nothing of it stays."""
    done = run_python(
        """
import resource, sys
from otel_helisession.spool.spool import Spool
from tests.spool.spans import named
import os
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
spool = Spool(sys.argv[1])
big = named("big", os.urandom(30_000).hex())
print([spool.keep("helicone", spans) for spans in (named("a"), big, named("b"), big)])
print(spool.bury("helicone", big, "refused"), spool.bury("helicone", named("c"), "refused"))
print([path.read_bytes().count(b"HSR") for path in sorted(spool.directory.glob("*.spool"))])
""",
        str(directory),
        PYTHONPATH=ROOT,
    )
    assert done.stdout == "[True, False, True, False]\nFalse True\n[1, 1]\n"
    assert done.stderr.count("cannot be used (File too large)") == 1
    assert [names_of(spans) for spans in take(Spool(directory))] == [["a"], ["b"]]
    letters = Spool(directory).dead_letters.letters()
    assert [letter.span.name for letter in letters] == ["c"]


@pytest.fixture
def read_only(tmp_path: Path) -> Iterator[Path]:
    """A spool with a parcel, on a disk that cannot be written."""
    place = tmp_path / "disk"
    place.mkdir()
    is_root = os.geteuid() == 0
    if is_root and not mount("-t", "tmpfs", "tmpfs", str(place)):
        pytest.skip("root cannot mount here, and is not stopped by access rights")
    spool = Spool(place / "spool")
    assert spool.keep("helicone", named("a"))
    assert spool.bury("helicone", named("b"), "refused")
    spool.close()
    if is_root:
        assert mount("-o", "remount,ro", str(place))
    else:
        for path in (*spool.directory.iterdir(), spool.directory):
            path.chmod(path.stat().st_mode & ~0o222)
    yield spool.directory
    if is_root:
        subprocess.run(["umount", "-l", str(place)], check=True, timeout=10)
    else:
        spool.directory.chmod(0o700)


def test_a_read_only_disk_keeps_nothing(read_only: Path, caplog: pytest.LogCaptureFixture) -> None:
    """One warning; what is there can be counted and shown."""
    spool = Spool(read_only)
    for _ in range(3):
        assert not spool.keep("helicone", named("c"))
        assert not spool.bury("helicone", named("d"), "refused")
        assert take(spool) == []
    spool.close()
    assert len(caplog.messages) == 1
    assert "set HELISESSION_SPOOL to a directory that you can write to" in caplog.messages[0]
    assert [one.spans for one in contents(read_only).waiting] == [1]
    assert [letter.span.name for letter in spool.dead_letters.letters()] == ["b"]


def test_a_file_in_the_way(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Where the directory should be, or above it."""
    (tmp_path / "file").write_text("mine")
    for place in (tmp_path / "file", tmp_path / "file" / "spool"):
        spool = Spool(place)
        assert not spool.keep("helicone", [span()])
        assert not spool.bury("helicone", [span()], "refused")
        assert take(spool) == []
    assert (tmp_path / "file").read_text() == "mine"
    assert {message.count("cannot be used") for message in caplog.messages} == {1}
