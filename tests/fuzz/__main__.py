"""Fuzz for a bounded time: guided by coverage where atheris is installed, else by hypothesis.

    python -m tests.fuzz --seconds 60
    python -m tests.fuzz --seconds 600 --corpus /tmp/corpus     # what was found is kept, and used
    python -m tests.fuzz --reproduce crash-0123...              # one input again

Exit code 0: nothing was found. atheris (libFuzzer for Python) has wheels for Linux and CPython;
it is not among this package's requirements: pip install atheris.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
import time
from pathlib import Path


def guided(seconds: int, corpus: Path | None) -> None:
    """Fuzz with libFuzzer, which keeps what reaches new code. Ends the process."""
    import atheris

    with atheris.instrument_imports(include=["otel_helisession"]):
        one = target()
    arguments = [f"-max_total_time={seconds}", "-max_len=400", "-len_control=0"]
    arguments += ["-timeout=60", "-rss_limit_mb=4096"]
    if corpus is not None:
        corpus.mkdir(parents=True, exist_ok=True)
        arguments.append(str(corpus))
    atheris.Setup([sys.argv[0], *arguments], one)
    atheris.Fuzz()


def drawn(seconds: int) -> None:
    """Fuzz with hypothesis, which sees no coverage but makes what it finds small."""
    from hypothesis import HealthCheck, given, settings
    from hypothesis import strategies as st

    one = target()

    @settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
    @given(data=st.binary(min_size=20, max_size=400))
    def run(data: bytes) -> None:
        one(data)

    end = time.monotonic() + seconds
    while time.monotonic() < end:
        run()


def target():  # type: ignore[no-untyped-def]
    """Return the function to call, ready: faults raise, and what is slow to load is loaded."""
    from otel_helisession import guard
    from tests.fuzz.target import one

    guard.strict = True
    one(b"")
    return one


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--seconds", type=int, default=60, help="how long (default: 60)")
    parser.add_argument("--corpus", type=Path, help="a directory of inputs, read and added to")
    parser.add_argument("--reproduce", type=Path, help="run this one input and stop")
    options = parser.parse_args()
    logging.disable(logging.CRITICAL)
    os.environ["HELISESSION_PRICES"] = "false"  # the tables' code is not ours
    if options.reproduce is not None:
        target()(options.reproduce.read_bytes())
        return
    try:
        guided(options.seconds, options.corpus)
    except ImportError as error:
        if error.name != "atheris":
            raise
        print("atheris is not installed: hypothesis, without coverage")
        drawn(options.seconds)


if __name__ == "__main__":
    main()
