"""What the last look at a span costs in the background: its secrets, media, length, content.

    python benchmarks/finishing.py            # half a minute
    python benchmarks/finishing.py --quick    # seconds, noisier

First spans of 20 attributes, with messages from 1 kB to 1 MB: reading them, finishing them, with a
user's function, and leaving content out. Then texts: how long the search for secrets takes a kB.
One process, one thread, thread CPU time, no garbage collection while timing. In each round every
case has its turn, in an order that changes; what is reported is the median over the rounds, with
its median absolute deviation (MAD).
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from measuring import Case, added, figure, in_turns
from reading import SIZES, chat

from otel_helisession.conventions import reader
from otel_helisession.finishing import Cleaning, finish, without_content
from otel_helisession.finishing.media import without_media
from otel_helisession.redaction import redact
from otel_helisession.sessions.adoption import ADOPTED_KEYS

ROOT = Path(__file__).resolve().parent.parent


def repeated(work: Callable[[], object]) -> Case:
    """Return what does *work* so many times."""

    def run(times: int) -> None:
        for _ in range(times):
            work()

    return run


def spans(quick: bool) -> None:
    hooked = Cleaning(redact=lambda key, text: text)
    print("| messages, kB | read, µs | finish, µs | a function adds | without content |")
    print("|---:|---:|---:|---:|---:|")
    for size in SIZES:
        span = chat(size)
        finished = finish(span, None, ADOPTED_KEYS)
        cases = {
            "read": repeated(partial(reader.read, span)),
            "finish": repeated(partial(finish, span, None, ADOPTED_KEYS)),
            "hooked": repeated(partial(finish, span, None, ADOPTED_KEYS, hooked)),
            "without": repeated(partial(without_content, finished)),
        }
        found = micros(cases, quick, max(3, (100_000 if quick else 700_000) // size))
        cells = [
            figure(found["read"]),
            figure(found["finish"]),
            added(found["hooked"], found["finish"]),
            figure(found["without"]),
        ]
        print(f"| {size / 1_000:g} | {' | '.join(map(str, cells))} |", flush=True)


def micros(cases: dict[str, Case], quick: bool, times: int) -> dict[str, list[float]]:
    """Return the CPU microseconds of each case, one a round."""
    found = in_turns(cases, 5 if quick else 31, times)
    return {name: [one / 1_000 for one in nanos] for name, nanos in found.items()}


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
        cases = {
            "redact": repeated(partial(redact, text)),
            "media": repeated(partial(without_media, text)),
        }
        found = micros(cases, quick, 10 if quick else 50)
        cells = [figure([one / size for one in found[case]]) for case in cases]
        print(f"| {name} | {size:.0f} | {cells[0]} | {cells[1]} |", flush=True)


def main() -> None:
    options = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    options.add_argument("--quick", action="store_true", help="fewer rounds")
    quick = options.parse_args().quick
    spans(quick)
    texts(quick)


if __name__ == "__main__":
    main()
