"""Everything docs/performance.md shows, one after another: peers, imports and sizes, growth.

    python benchmarks/all.py            # prints the tables
    python benchmarks/all.py --quick    # fewer rounds, noisier
    python benchmarks/all.py --write    # and puts tables and pictures into docs/performance.md

Needs nothing but Python and a package index: each peer, and this tree, has an environment of its
own under ~/.cache/otel-helisession/peers, made the first time with what peers/environments.py pins.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent / "peers"))

from environments import OURS, prepared

HERE = Path(__file__).resolve().parent


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="few rounds, for a first look")
    parser.add_argument("--write", action="store_true", help="update docs/performance.md")
    parser.parse_args()
    _run(sys.executable, "peers")
    _run(sys.executable, "startup.py")
    ours = prepared(OURS)
    if isinstance(ours, str):
        sys.exit(f"scaling.py not run, for this tree cannot be installed: {ours}")
    _run(str(ours), "scaling.py")


def _run(python: str, script: str) -> None:
    """Run *script* with our own options, and say how long it took; end where it fails."""
    begun = time.monotonic()
    done = subprocess.run([python, str(HERE / script), *sys.argv[1:]])
    if done.returncode:
        sys.exit(f"{script} failed with {done.returncode}; what came before it is done")
    print(f"{script}: {time.monotonic() - begun:.0f} s\n", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
