"""What understanding a span costs in the background: CPU time to read it, by convention and size.

    python benchmarks/reading.py            # half a minute
    python benchmarks/reading.py --quick    # seconds, noisier

Reads the spans that were recorded from real libraries (tests/conventions/recordings), one row a
recording, and spans of 20 attributes whose messages grow from 1 kB to 1 MB, to show that the cost
is linear in the size. Beside each stands json.loads of the same JSON texts, which any reader pays.
One process, one thread, thread CPU time, minimum over rounds, no garbage collection while timing.
"""

from __future__ import annotations

import argparse
import gc
import json
import random
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from opentelemetry.sdk.trace import ReadableSpan, TracerProvider

from otel_helisession.conventions import reader
from otel_helisession.conventions.attributes.values import parsed
from tests import recordings

SIZES = (1_000, 3_500, 10_000, 100_000, 1_000_000)
RECORDINGS = Path(recordings.__file__).parent / "conventions" / "recordings"


@dataclass
class Case:
    """Spans that are read in every round.

    Attributes:
        name: What they are.
        spans: The spans.
        read: CPU microseconds a span, a round.
        json: The same for json.loads of their JSON texts alone.
    """

    name: str
    spans: Sequence[ReadableSpan]
    read: list[float] = field(default_factory=list)
    json: list[float] = field(default_factory=list)

    def measure(self, times: int) -> None:
        texts = [json_texts(span) for span in self.spans]
        self.read.append(self._time(lambda: [reader.read(span) for span in self.spans], times))
        self.json.append(
            self._time(lambda: [json.loads(text) for some in texts for text in some], times)
        )

    def _time(self, run: Callable[[], object], times: int) -> float:
        run()
        gc.collect()
        gc.disable()
        try:
            before = time.thread_time_ns()
            for _ in range(times):
                run()
            return (time.thread_time_ns() - before) / times / len(self.spans) / 1_000
        finally:
            gc.enable()

    def row(self) -> str:
        size = sum(map(bytes_of, self.spans)) / len(self.spans)
        count = sum(len(span.attributes or {}) for span in self.spans) / len(self.spans)
        return (
            f"| {self.name} | {count:.0f} | {size / 1_000:.1f} "
            f"| {min(self.read):.1f} | {min(self.json):.1f} |"
        )


def json_texts(span: ReadableSpan) -> list[str]:
    """The attributes of *span* that are JSON."""
    texts = [value for value in (span.attributes or {}).values() if isinstance(value, str)]
    return [text for text in texts if not isinstance(parsed(text), str)]


def bytes_of(span: ReadableSpan) -> int:
    """About what the attributes hold."""
    return sum(len(name) + len(str(value)) for name, value in (span.attributes or {}).items())


def chat(size: int) -> ReadableSpan:
    """A chat in the GenAI conventions: 20 attributes, messages of *size* bytes together."""
    text = "Which of these hotels has a view of the harbour, and what does it cost? "
    turns = max(1, size // 2 // 400)
    words = (text * (size // 2 // turns // len(text) + 1))[: max(size // 2 // turns - 60, 1)]
    messages = [{"role": "user", "parts": [{"type": "text", "content": words}]}] * turns
    attributes: dict[str, Any] = {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": "gpt-5-mini",
        "gen_ai.response.model": "gpt-5-mini",
        "gen_ai.response.id": "chatcmpl-0000",
        "gen_ai.response.finish_reasons": ("stop",),
        "gen_ai.usage.input_tokens": 900,
        "gen_ai.usage.output_tokens": 80,
        "gen_ai.input.messages": json.dumps(messages),
        "gen_ai.output.messages": json.dumps(messages),
        "server.address": "api.openai.com",
        "server.port": 443,
        "helicone.session.id": "00000000-0000-4000-8000-000000000000",
        "helicone.session.path": "/trip/research",
        "helicone.session.name": "Trip planner",
        "session.id": "00000000-0000-4000-8000-000000000000",
        **{f"app.label{number}": "value" for number in range(4)},
    }
    provider = TracerProvider(shutdown_on_exit=False)
    span: Any = provider.get_tracer("benchmark").start_span(
        "chat gpt-5-mini", attributes=attributes
    )
    span.end()
    return span  # type: ignore[no-any-return]


def main() -> None:
    options = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    options.add_argument("--quick", action="store_true", help="fewer rounds")
    quick = options.parse_args().quick
    cases = [Case(f"GenAI, messages of {size / 1_000:,.0f} kB", [chat(size)]) for size in SIZES]
    cases += [
        Case(path.stem, recordings.load(path.stem)) for path in sorted(RECORDINGS.glob("*.json"))
    ]
    for _ in range(3 if quick else 15):
        random.shuffle(cases)
        for case in cases:
            weight = sum(map(bytes_of, case.spans))
            case.measure(max(1, (300_000 if quick else 1_000_000) // max(weight, 1_000)))
    print("| spans | attributes | kB | read, µs a span | json.loads of its texts, µs |")
    print("|---|---:|---:|---:|---:|")
    for case in sorted(cases, key=lambda one: (not one.name.startswith("GenAI,"), one.name)):
        print(case.row())


if __name__ == "__main__":
    main()
