"""What importing costs, and what is installed: ours beside the OpenTelemetry SDK and each peer.

    python benchmarks/startup.py            # two minutes; the first time, installations besides
    python benchmarks/startup.py --quick    # half a minute, noisier
    python benchmarks/startup.py --write    # and puts table and picture into docs/performance.md

CPU time of the import in a fresh interpreter, whose own start is left out; bytecode is there. The
interpreters run in turns. Ratios are to the SDK of the same round, in the same environment.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent / "peers"))

import page
from environments import OURS, PEERS, PLOTS, Peer, installed, prepared
from measuring import Figure, figure, ratio

TIMED = "import time; before = time.process_time_ns(); {}; print(time.process_time_ns() - before)"
ALONE = "import opentelemetry.sdk.trace"
HERE_ALONE = "the SDK, there"
USES = {
    HERE_ALONE: ALONE,
    "import otel_helisession": "import otel_helisession",
    "import otel_helisession, and the SDK": f"import otel_helisession; {ALONE}",
    "from otel_helisession import session, step": (
        f"from otel_helisession import session, step; {ALONE}"
    ),
    "from otel_helisession import configure, session, step": (
        "from otel_helisession import configure, session, step"
    ),
}
"""What programs import of ours, from the cheapest to what all of them do in the end."""


@dataclass(frozen=True)
class Row:
    """One import: its milliseconds, as a multiple of the SDK's, and what was installed for it."""

    name: str
    millis: Figure
    ratio: Figure
    distributions: int
    megabytes: float
    ours: bool


def cases() -> dict[str, tuple[Peer, str]]:
    """Return every import by name, and whose environment it runs in."""
    found = {name: (OURS, code) for name, code in USES.items()}
    return found | {peer.name: (peer, peer.imports) for peer in PEERS if peer is not OURS}


def measured(pythons: dict[Peer, Path | str], rounds: int) -> list[Row]:
    """Import everything *rounds* times, in turns."""
    able = {
        name: (str(pythons[peer]), code)
        for name, (peer, code) in cases().items()
        if isinstance(pythons[peer], Path)
    }
    nanos: dict[str, list[float]] = {name: [] for name in able}
    order = random.Random(7)
    for number in range(rounds + 1):
        for name in order.sample(list(able), len(able)):
            python, code = able[name]
            done = subprocess.run(
                [python, "-c", TIMED.format(code)], capture_output=True, text=True, check=True
            )
            if number:  # the first one compiles
                nanos[name].append(int(done.stdout.split()[-1]))
    return [row(name, values, nanos[HERE_ALONE]) for name, values in nanos.items()]


def row(name: str, nanos: list[float], alone: list[float]) -> Row:
    peer = cases()[name][0]
    there = installed(peer)
    millis = figure([one / 1e6 for one in nanos])
    ours = peer is OURS and name != HERE_ALONE
    return Row(name, millis, ratio(nanos, alone), there.distributions, there.megabytes, ours)


def text(rows: list[Row], rounds: int) -> str:
    lines = [
        f"{page.processor()}, Python {sys.version.split()[0]}; {rounds} rounds, median ±MAD.",
        "",
        "| | import, ms | of the SDK's | distributions | MB |",
        "|---|---:|---:|---:|---:|",
    ]
    for one in rows:
        lines.append(
            f"| {one.name} | {one.millis.median:.1f} ±{one.millis.mad:.1f} | {one.ratio} "
            f"| {one.distributions} | {one.megabytes:.1f} |"
        )
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="few rounds, for a first look")
    parser.add_argument("--write", action="store_true", help="update docs/performance.md")
    options = parser.parse_args()
    rounds = 5 if options.quick else 21
    pythons = {peer: prepared(peer) for peer in PEERS}
    rows = measured(pythons, rounds)
    found = text(rows, rounds)
    print(found)
    if options.write:
        said = [one for one in rows if not one.ours or "configure" in one.name]
        shown = [asdict(one) for one in said if one.name != HERE_ALONE]
        page.draw(prepared(PLOTS), "startup", json.dumps(shown))
        page.write("startup", f"{found}\n\n![Imports and sizes](pictures/performance-startup.svg)")


if __name__ == "__main__":
    main()
