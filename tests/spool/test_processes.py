"""Several processes, forks, and kill -9: what was acknowledged is there, and is claimed once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from otel_helisession.spool.spool import Spool
from tests.spool.spans import named, names_of, take

Run = Callable[..., "CompletedProcess[str]"]

ROOT = str(Path(__file__).parents[2])

PRELUDE = """
import os, random, select, signal, sys, time
from otel_helisession.spool.spool import Spool
from tests.spool.spans import named, names_of
directory = sys.argv[1]

def child(work):
    '''Fork a child that calls work(say), where say(text) is a line that the parent gets.'''
    read, write = os.pipe()
    pid = os.fork()
    if not pid:
        try:
            signal.alarm(30)  # should nobody end it
            os.close(read)
            work(lambda text: os.write(write, (text + "\\n").encode()))
        finally:
            os._exit(0)
    os.close(write)
    return pid, read

def lines(read, until=None):
    '''Read what a child says, to its end, or for so many lines.'''
    data = b""
    while until is None or data.count(b"\\n") < until:
        part = os.read(read, 65_536)
        if not part:
            break
        data += part
    return data

def kill(pid, read, data):
    '''Kill a child with -9, and return all that it has said.'''
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    data += lines(read)
    os.close(read)
    return data.decode().rpartition("\\n")[0].split()
"""
"""Forks of an interpreter of its own, without threads: one start of Python for many children."""


def run(run_python: Run, directory: Path, source: str) -> list[str]:
    done = run_python(PRELUDE + source, str(directory), PYTHONPATH=ROOT)
    assert done.stderr == ""
    return done.stdout.split()


KILLS = 25


def test_every_parcel_that_was_acknowledged_survives_kill_9(
    run_python: Run, directory: Path
) -> None:
    """A writer is killed at 25 random places, often within a write of 200 kB."""
    acknowledged = run(
        run_python,
        directory,
        f"""
random.seed(7)
said = []
for place in range({KILLS}):
    def work(say):
        spool = Spool(directory)
        number = 0
        while True:
            name = f"{{place}}.{{number}}"
            assert spool.keep("helicone", named(name, os.urandom(100_000).hex()))
            say(name)
            number += 1
    pid, read = child(work)
    data = lines(read, until=random.randint(1, 4))
    time.sleep(random.random() * 0.02)
    said += kill(pid, read, data)
print(*said)
""",
    )
    spool = Spool(directory)
    found = [spans[0].name for spans in take(spool)]
    assert len(acknowledged) >= KILLS
    assert set(acknowledged) <= set(found)
    assert max(Counter(found).values()) == 1
    assert len(found) - len(acknowledged) + spool.tally.damaged <= KILLS  # what was under way
    assert [path.suffix for path in directory.iterdir()] in ([], [".new"])


def test_nothing_is_lost_when_who_resends_is_killed(run_python: Run, directory: Path) -> None:
    """What was sent and not yet marked comes again: at least once, and seldom twice."""
    spool = Spool(directory)
    for number in range(60):
        spool.keep("helicone", named(str(number)))
    spool.close()
    sent = run(
        run_python,
        directory,
        """
random.seed(7)
said = []
for _ in range(20):
    def work(say):
        for parcel in Spool(directory).parcels("helicone"):
            say(parcel.spans[0].name)
            parcel.done()
            time.sleep(0.001)
    pid, read = child(work)
    data = lines(read, until=random.randint(1, 5))
    said += kill(pid, read, data)
print(*said)
""",
    )
    rest = [spans[0].name for spans in take(spool)]
    counts = Counter(sent + rest)
    assert set(counts) == {str(number) for number in range(60)}
    assert sum(counts.values()) <= 60 + 20  # at most the one under way at each kill


def test_processes_that_write_and_claim_at_once_get_each_parcel_once(
    run_python: Run, directory: Path
) -> None:
    """Three writers, three claimers, one directory."""
    found = run(
        run_python,
        directory,
        """
def writer(place):
    def work(say):
        spool = Spool(directory, max_bytes=1_000_000)
        for number in range(40):
            assert spool.keep("helicone", named(f"{place}.{number}"))
            if number % 7 == 6:
                spool.close()
    return work

def claimer(say):
    spool = Spool(directory)
    ends = time.monotonic() + 20
    while not os.path.exists(directory + ".written") and time.monotonic() < ends:
        for parcel in spool.parcels("helicone"):
            say(parcel.spans[0].name)
            parcel.done()

claimers = [child(claimer) for _ in range(3)]
for pid, read in [child(writer(place)) for place in range(3)]:
    os.waitpid(pid, 0)
    os.close(read)
open(directory + ".written", "w").close()
for pid, read in claimers:
    print(*lines(read).decode().split())
    os.waitpid(pid, 0)
""",
    )
    rest = [spans[0].name for spans in take(Spool(directory))]
    assert Counter(found + rest) == Counter(f"{p}.{n}" for p in range(3) for n in range(40))
    assert len(found) > 0


def test_who_lives_keeps_its_claim_and_who_dies_loses_it(run_python: Run, directory: Path) -> None:
    """At once, with no time to wait for."""
    Spool(directory).keep("helicone", named("a"))
    seen = run(
        run_python,
        directory,
        """
def hold(say):
    parcels = Spool(directory).parcels("helicone")
    say(next(parcels).spans[0].name)
    signal.pause()

pid, read = child(hold)
data = lines(read, until=1)
print("while it lives:", len(list(Spool(directory).parcels("helicone"))))
kill(pid, read, data)
print("afterwards:", len(list(Spool(directory).parcels("helicone"))))
""",
    )
    assert " ".join(seen) == "while it lives: 0 afterwards: 1"


def test_a_forked_child_writes_files_of_its_own(run_python: Run, directory: Path) -> None:
    """And the file that its parent held is free when the parent is gone, though it lives on."""
    seen = run(
        run_python,
        directory,
        """
spool = Spool(directory)
spool.keep("helicone", named("parent"))
spool.keep("otlp", named("claimed"))
parcels = spool.parcels("otlp")
next(parcels)

def middle(say):
    '''Has a child of its own, which outlives it.'''
    assert spool.keep("helicone", named("middle"))
    def inner(say):
        assert spool.keep("helicone", named("inner"))
        say("kept")
        signal.pause()
    pid, read = child(inner)
    lines(read, until=1)
    say(str(pid))
    signal.pause()

pid, read = child(middle)
inner = int(lines(read, until=1))
spool.keep("helicone", named("parent again"))
print(len(os.listdir(directory)), "files")
os.kill(pid, signal.SIGKILL)
os.waitpid(pid, 0)
found = Spool(directory).parcels("helicone")
print([names_of(parcel.spans) for parcel in found], "of middle")
os.kill(inner, signal.SIGKILL)
spool.close()
ends, found = time.monotonic() + 10, []
while len(found) < 4 and time.monotonic() < ends:  # it is nobody's child: there is no waiting
    found = [names_of(parcel.spans)[0] for parcel in Spool(directory).parcels("helicone")]
print(sorted(found))
print(len(list(Spool(directory).parcels("otlp"))), "claimed by parent")
parcels.close()
print(len(list(Spool(directory).parcels("otlp"))))
""",
    )
    assert " ".join(seen) == (
        "4 files [['middle']] of middle ['inner', 'middle', 'parent', 'parent again'] "
        "0 claimed by parent 1"
    )


@pytest.mark.parametrize("where", ["close", "__repr__"])
def test_what_is_kept_at_exit_is_kept(run_python: Run, directory: Path, where: str) -> None:
    """Whether or not somebody closes the spool; and the interpreter ends without a word."""
    run(
        run_python,
        directory,
        f"""
import atexit
spool = Spool(directory)
atexit.register(spool.{where})
atexit.register(spool.keep, "helicone", named("late"))
""",
    )
    assert [names_of(spans) for spans in take(Spool(directory))] == [["late"]]


def test_dead_letters_of_several_processes_are_whole_lines(
    run_python: Run, directory: Path
) -> None:
    """Each waits for the other."""
    run(
        run_python,
        directory,
        """
def work(say):
    spool = Spool(directory)
    for number in range(30):
        assert spool.bury("helicone", named("x" * 5_000, "y"), "refused")

for pid, read in [child(work) for _ in range(3)]:
    os.waitpid(pid, 0)
    os.close(read)
""",
    )
    letters = list(Spool(directory).dead_letters.letters())
    assert Counter(len(letter.span.name) for letter in letters) == {5_000: 90, 1: 90}
