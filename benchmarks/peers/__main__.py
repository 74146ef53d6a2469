"""What peers cost on the user's thread, side by side, each in an environment of its own.

    python benchmarks/peers             # about five minutes; the first time, installations besides
    python benchmarks/peers --quick     # a minute, noisier
    python benchmarks/peers --write     # and puts table and picture into docs/performance.md

Every subject is a process. They are asked for a round in turns, one at a time, and measure in each
the bare span of a plain SDK besides; what a peer adds is taken from the two of one round. A peer
that cannot be installed is named, with the reason.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
sys.path.insert(0, str(Path(__file__).resolve().parent))

import page
from environments import OPENTELEMETRY, PEERS, PLOTS, SDK, Peer, prepared
from measuring import Figure, added, figure

HERE = Path(__file__).resolve().parent

Rounds = list[dict[str, float]]


@dataclass(frozen=True)
class Row:
    """What was found of one subject, in microseconds; None where it has no such thing."""

    name: str
    version: str
    bare: Figure
    outside: Figure
    inside: Figure | None
    scope: Figure | None

    def cells(self) -> str:
        figures = (self.bare, self.outside, self.inside, self.scope)
        return " | ".join([self.name, *("" if one is None else str(one) for one in figures)])


class Running:
    """One subject's process."""

    def __init__(self, name: str, python: Path, times: int) -> None:
        self.name = name
        self.rounds: Rounds = []
        # Its log takes a millisecond, and is no matter of microseconds.
        often = times if "one log" not in name else max(20, times // 20)
        self._process = subprocess.Popen(
            [python, HERE / "program.py", name, str(often)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self._answer()

    def measure(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        self.rounds.append(json.loads(self._answer()))

    def close(self) -> None:
        self._process.kill()
        self._process.wait()

    def _answer(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self.name} ended by itself: run {HERE / 'program.py'} to see why")
        return line


def row(name: str, version: str, rounds: Rounds) -> Row:
    """Return the figures of one subject: what it adds to the bare span of each round."""
    micros = {key: [one[key] / 1_000 for one in rounds] for key in rounds[0]}
    bare = micros["bare"]
    return Row(
        name,
        version,
        figure(bare),
        added(micros["outside"], bare),
        added(micros["inside"], bare) if "inside" in micros else None,
        figure(micros["scope"]) if "scope" in micros else None,
    )


def measured(pythons: dict[Peer, Path | str], rounds: int, times: int) -> list[Row]:
    """Measure every subject whose peer is installed, in turns."""
    homes = {name: peer for peer in pythons for name in peer.rows}
    running = [
        Running(name, python, times)
        for name, peer in homes.items()
        if isinstance(python := pythons[peer], Path)
    ]
    try:
        order = random.Random(7)
        for _ in range(rounds):
            for one in order.sample(running, len(running)):
                one.measure()
    finally:
        for one in running:
            one.close()
    return [row(one.name, _version(homes[one.name]), one.rounds) for one in running]


def _version(peer: Peer) -> str:
    own = (
        peer.requirements[1]
        if peer.requirements[0] == SDK and len(peer.requirements) > 1
        else peer.requirements[0]
    )
    return own.partition("==")[2] or "of this tree"


def text(rows: list[Row], pythons: dict[Peer, Path | str], rounds: int) -> str:
    """Return the table, what it depends on, and what is missing from it."""
    lines = [
        f"{page.processor()}, Python {sys.version.split()[0]}, OpenTelemetry {OPENTELEMETRY} "
        f"where the peer allows; {rounds} rounds. Microseconds of the user's thread: median ±MAD.",
        "",
        "| | bare span | added, no session | added, in a session | entering and leaving one |",
        "|---|---:|---:|---:|---:|",
        *(f"| {one.cells()} |" for one in rows),
        "",
        "Versions: " + ", ".join(sorted({_named(one) for one in rows})) + ".",
    ]
    missing = [f"{peer.name}: {why}" for peer, why in pythons.items() if isinstance(why, str)]
    return "\n".join(lines + (["", "Not installed here: " + "; ".join(missing)] if missing else []))


def _named(row: Row) -> str:
    return f"{row.name.partition(',')[0].partition(' (')[0]} {row.version}"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="few rounds, for a first look")
    parser.add_argument("--write", action="store_true", help="update docs/performance.md")
    options = parser.parse_args()
    rounds, times = (7, 300) if options.quick else (41, 1_000)
    pythons = {peer: prepared(peer) for peer in PEERS}
    rows = measured(pythons, rounds, times)
    found = text(rows, pythons, rounds)
    print(found)
    if options.write:
        page.draw(prepared(PLOTS), "peers", json.dumps([asdict(one) for one in rows]))
        page.write(
            "peers", f"{found}\n\n![What peers add to a span](pictures/performance-peers.svg)"
        )


if __name__ == "__main__":
    main()
