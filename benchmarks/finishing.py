"""What the last look at a span costs in the background: its secrets, media, length, content.

    python benchmarks/finishing.py            # half a minute
    python benchmarks/finishing.py --quick    # seconds, noisier

First spans of 20 attributes, with messages from 1 kB to 1 MB: reading them, finishing them, with a
user's function, and leaving content out. Then texts: how long the search for secrets takes a kB.
One process, one thread, thread CPU time, minimum over rounds, no garbage collection while timing.
"""

from __future__ import annotations

import argparse
import gc
import json
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from reading import SIZES, chat

from otel_helisession.conventions import reader
from otel_helisession.finishing import Cleaning, finish, without_content
from otel_helisession.finishing.media import without_media
from otel_helisession.redaction import redact
from otel_helisession.sessions.adoption import ADOPTED_KEYS

ROOT = Path(__file__).resolve().parent.parent

Case = Callable[[], object]


def measure(case: Case, times: int, rounds: int) -> float:
    """CPU microseconds of one call, the minimum over rounds."""
    best = float("inf")
    for _ in range(rounds):
        gc.collect()
        gc.disable()
        try:
            before = time.thread_time_ns()
            for _ in range(times):
                case()
            best = min(best, (time.thread_time_ns() - before) / times / 1_000)
        finally:
            gc.enable()
    return best


def spans(quick: bool) -> None:
    hooked = Cleaning(redact=lambda key, text: text)
    print("| messages, kB | read, µs | finish, µs | with a function | without content |")
    print("|---:|---:|---:|---:|---:|")
    for size in SIZES:
        span = chat(size)
        finished = finish(span, None, ADOPTED_KEYS)
        cases: list[Case] = [
            lambda span=span: reader.read(span),  # type: ignore[misc]
            lambda span=span: finish(span, None, ADOPTED_KEYS),  # type: ignore[misc]
            lambda span=span: finish(span, None, ADOPTED_KEYS, hooked),  # type: ignore[misc]
            lambda finished=finished: without_content(finished),  # type: ignore[misc]
        ]
        times = max(3, (300_000 if quick else 2_000_000) // size)
        found = [measure(case, times, 3 if quick else 15) for case in cases]
        print(f"| {size / 1_000:g} | {' | '.join(f'{one:.1f}' for one in found)} |")


def texts(quick: bool) -> None:
    prose = (ROOT / "docs" / "sampling.md").read_text()
    calls = [
        {
            "role": "assistant",
            "parts": [
                {"type": "tool_call", "id": f"call_{number:024x}", "name": "search_hotels"},
                {"type": "text", "content": prose[number * 80 : number * 80 + 200]},
            ],
        }
        for number in range(60)
    ]
    keys = f"{prose} sk-proj-0000000000000000 " * 3
    given = {
        "prose": prose,
        "JSON with ids": json.dumps(calls),
        "JSON in JSON": json.dumps({"body": json.dumps(calls)}),
        "prose with three keys": keys,
    }
    print("\n| text | kB | redact, µs a kB | media, µs a kB |")
    print("|---|---:|---:|---:|")
    for name, text in given.items():
        size = len(text) / 1_000
        cost = [
            measure(partial(work, text), 20 if quick else 100, 3 if quick else 15) / size
            for work in (redact, without_media)
        ]
        print(f"| {name} | {size:.0f} | {cost[0]:.2f} | {cost[1]:.2f} |")


def main() -> None:
    options = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    options.add_argument("--quick", action="store_true", help="fewer rounds")
    quick = options.parse_args().quick
    spans(quick)
    texts(quick)


if __name__ == "__main__":
    main()
