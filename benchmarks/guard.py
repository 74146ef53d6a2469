"""Fails when a hot path got slower than it was at the merge base, measured in the same run.

    python benchmarks/guard.py                 # against the merge base with the main branch
    python benchmarks/guard.py --base v0.3.0   # against a release, or any other commit

One thread's work is counted, not timed: instructions under valgrind's callgrind, which other
people's work on the machine does not change. A few hash seeds give the noise, and every case's
tolerance is three times its own, but at least 2% of what it adds to a bare span. What other threads
or libraries take part in is timed, the two trees in turns, with 10% at least.

A change that shall cost more says so, in the message of a commit since the base, with the reason
above it: ``Slower: stamping``.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from measuring import figure, ratio

ROOT = Path(__file__).resolve().parent.parent
CASES = Path(__file__).resolve().parent / "guard_cases.py"
SEEDS = (1, 2, 3)
TIMES = 200
LEAST_COUNTED, LEAST_TIMED = 0.02, 0.10

Counts = dict[str, float]


@dataclass(frozen=True)
class Verdict:
    """One case: what it costs here, as a multiple of what it cost, and how much is allowed."""

    name: str
    base: str
    head: str
    ratio: float
    tolerance: float

    @property
    def slower(self) -> bool:
        return self.ratio > 1 + self.tolerance

    def row(self) -> str:
        sign = "SLOWER" if self.slower else "faster" if self.ratio < 1 - self.tolerance else ""
        figures = f"{self.base:>9} {self.head:>9} {self.ratio:7.3f}   ±{self.tolerance:.3f}"
        return f"{self.name:30}{figures}  {sign}".rstrip()


def git(*arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def base_of(given: str | None) -> str:
    """Return the commit to compare with: what was given, or the merge base, or HEAD's parent."""
    if given:
        return git("rev-parse", "--verify", f"{given}^{{commit}}")
    for main in ("origin/main", "main"):
        try:
            found = git("merge-base", "HEAD", main)
        except subprocess.CalledProcessError:
            continue
        if found != git("rev-parse", "HEAD"):
            return found
    return git("rev-parse", "--verify", "HEAD~1")


def check_out(commit: str, where: Path) -> None:
    """Put the package as it was at *commit* into *where*. The repository does not notice."""
    packed = subprocess.run(
        ["git", "archive", commit, "otel_helisession"], cwd=ROOT, capture_output=True, check=True
    )
    subprocess.run(["tar", "-xf", "-", "-C", where], input=packed.stdout, check=True)


def copy_working_tree(where: Path) -> None:
    """Put the package as it is now into *where*, for two trees are compared from like places:
    run from the repository itself, some cases count 900 instructions more than from a copy."""
    without = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "otel_helisession", where / "otel_helisession", ignore=without)


def environment(tree: Path, seed: int = 1) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(tree), "PYTHONHASHSEED": str(seed)}


def counted(tree: Path, seed: int) -> Counts:
    """Return the instructions of each case, of which those of a bare span are taken off."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out"
        done = subprocess.run(
            [
                *("valgrind", "--tool=callgrind", "--dump-before=getppid"),
                *(f"--callgrind-out-file={out}", sys.executable, str(CASES), "count", str(TIMES)),
            ],
            env=environment(tree, seed),
            capture_output=True,
            text=True,
        )
        if done.returncode:
            sys.exit(f"{CASES.name} failed on {tree}:\n{done.stderr[-2_000:]}")
        totals = [_total(Path(f"{out}.{2 * at + 2}")) for at in range(len(json.loads(done.stdout)))]
    found = dict(zip(json.loads(done.stdout), (total / TIMES for total in totals), strict=True))
    bare = {name: found.pop(name) for name in list(found) if name.startswith("bare span")}
    return {name: value - bare.get(_bare(name) or "", 0) for name, value in found.items()}


def _total(dump: Path) -> int:
    found = re.search(r"^(?:summary|totals): (\d+)", dump.read_text(), re.MULTILINE)
    assert found is not None, dump
    return int(found[1])


def _bare(name: str) -> str | None:
    """Return the bare span that a case is compared with; None: it makes no spans."""
    if not name.startswith(("stamping", "no session")):
        return None
    return "bare span, 8 attributes" if name.endswith("8 attributes") else "bare span"


def compare_counts(base: Path, head: Path) -> list[Verdict]:
    """Count each case in both trees, with each hash seed."""
    runs = [(tree, seed) for seed in SEEDS for tree in (base, head)]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        found = list(pool.map(lambda run: counted(*run), runs))
    befores, afters = found[::2], found[1::2]
    verdicts = []
    for name in befores[0].keys() & afters[0].keys():
        before, after = [one[name] for one in befores], [one[name] for one in afters]
        middle = statistics.median(before)
        noise = max(_spread(before), _spread(after)) / middle
        quotient = statistics.median(after) / middle
        tolerance = max(LEAST_COUNTED, 3 * noise)
        figures = f"{middle:,.0f}", f"{statistics.median(after):,.0f}"
        verdicts.append(Verdict(name, *figures, quotient, tolerance))
    return sorted(verdicts, key=lambda one: list(afters[0]).index(one.name))


def _spread(values: list[float]) -> float:
    return (max(values) - min(values)) / 2


class Timed:
    """One tree's process, which measures a round when it is asked to."""

    def __init__(self, tree: Path, times: int) -> None:
        self.rounds: list[dict[str, float]] = []
        self._process = subprocess.Popen(
            [sys.executable, str(CASES), "time", str(times)],
            env=environment(tree),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._read()

    def measure(self) -> None:
        assert self._process.stdin is not None
        print(file=self._process.stdin, flush=True)
        self.rounds.append(json.loads(self._read()))

    def close(self) -> None:
        self._process.kill()
        self._process.wait()

    def _read(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline()


def compare_times(base: Path, head: Path, rounds: int = 31, times: int = 500) -> list[Verdict]:
    """Time each case in both trees, in turns; the ratio is the median of those of the rounds."""
    before, after = Timed(base, times), Timed(head, times)
    try:
        for _ in range(rounds):
            for one in random.sample((before, after), 2):
                one.measure()
    finally:
        before.close()
        after.close()
    verdicts = []
    for name in before.rounds[0].keys() & after.rounds[0].keys():
        old, new = ([one[name] / 1_000 for one in tree.rounds] for tree in (before, after))
        quotient = ratio(new, old)
        # The error of a median is about its MAD by the root of the rounds, by 0.54.
        tolerance = max(LEAST_TIMED, 3 * quotient.mad / 0.54 / rounds**0.5)
        figures = f"{figure(old).median:.2f} µs", f"{figure(new).median:.2f} µs"
        verdicts.append(Verdict(name, *figures, quotient.median, tolerance))
    return verdicts


def excused(base: str) -> set[str]:
    """Return the cases that a commit since *base* says shall cost more."""
    said = git("log", "--format=%(trailers:key=Slower,valueonly)", f"{base}..HEAD")
    return {line.strip() for line in said.splitlines() if line.strip()}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--base", help="a commit; the merge base with the main branch otherwise")
    given = parser.parse_args().base
    try:
        base = base_of(given)
    except (OSError, subprocess.CalledProcessError):
        if given:
            sys.exit(f"there is no commit {given!r} here; give one that `git log` shows")
        print("skipped: no earlier commit is known here, so there is nothing to compare with")
        return
    with tempfile.TemporaryDirectory() as folder:
        before, after = Path(folder, "base"), Path(folder, "head")
        for tree in (before, after):
            tree.mkdir()
        check_out(base, before)
        copy_working_tree(after)
        verdicts = compare_times(before, after)
        if shutil.which("valgrind") is None:
            print("instructions are not counted: install valgrind (apt-get install valgrind)")
        else:
            verdicts = compare_counts(before, after) + verdicts
    print(f"against {base[:12]}; instructions beyond a bare span's, or microseconds\n")
    print(f"{'':30}{'base':>9} {'here':>9} {'ratio':>7}   tolerance")
    for one in verdicts:
        print(one.row())
    slower = {one.name for one in verdicts if one.slower} - excused(base)
    if slower:
        sys.exit(
            f"\nslower than at {base[:12]}, and no commit says so: {', '.join(sorted(slower))}"
        )


if __name__ == "__main__":
    main()
