"""Sessions to look at that no framework makes: large ones, hostile ones, growing ones."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import Span, Status, StatusCode, set_span_in_context

from otel_helisession import LocalSpanExporter

MILLI = 1_000_000

ATTACKS = (
    "<img src=x onerror='window.pwned=1'>",
    "<script>window.pwned=1</script>",
    "</script><script>window.pwned=1</script>",
    "javascript:window.pwned=1",
    "{{constructor.constructor('window.pwned=1')()}}",
    "‮right to left\u0000\u001b[31m",
)
HOSTILE_ID = "x/<img src=x onerror=window.pwned=1>?a=b&c#d%2F"


class Maker:
    """Makes spans at times that it is told, and stores them."""

    def __init__(self) -> None:
        self._kept = InMemorySpanExporter()
        provider = TracerProvider()
        provider.add_span_processor(SimpleSpanProcessor(self._kept))
        self._tracer = provider.get_tracer("made")
        self.start = time.time_ns() - 60_000 * MILLI

    def begin(self, name: str, at_ms: float, parent: Span | None, **attributes: Any) -> Span:
        """Begin a span *at_ms* after :attr:`start`."""
        context = None if parent is None else set_span_in_context(parent)
        at = int(self.start + at_ms * MILLI)
        return self._tracer.start_span(name, context, attributes=attributes, start_time=at)

    def end(self, span: Span, at_ms: float) -> None:
        """End *span*."""
        span.end(int(self.start + at_ms * MILLI))

    def store(self, path: Path) -> Sequence[ReadableSpan]:
        """Write what was made, and return it."""
        spans = self._kept.get_finished_spans()
        exporter = LocalSpanExporter(path)
        for first in range(0, len(spans), 2_000):
            exporter.export(spans[first : first + 2_000])
        exporter.shutdown()
        return spans


def session(id: str, name: str, path: str) -> dict[str, str]:
    """Return the attributes of a span of a session."""
    return {
        "helicone.session.id": id,
        "helicone.session.name": name,
        "helicone.session.path": path,
    }


def chat(model: str = "gpt-5.4-mini") -> dict[str, Any]:
    """Return the attributes of a model call."""
    return {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": model,
        "gen_ai.usage.input_tokens": 120,
        "gen_ai.usage.output_tokens": 30,
    }


def hostile(store: Path) -> None:
    """Store a session that has markup and scripts wherever text can be."""
    made = Maker()
    for place, attack in enumerate(ATTACKS):
        said = [{"role": attack, "parts": [{"type": "text", "content": attack}]}]
        calls = [{"type": "tool_call", "name": attack, "id": attack, "arguments": attack}]
        span = made.begin(
            attack,
            place * 10,
            None,
            **session(HOSTILE_ID, attack, f"/{attack.replace('/', '_')}"),
            **chat(attack),
            **{
                "user.id": attack,
                f"helicone.property.{attack}": attack,
                "gen_ai.input.messages": json.dumps(said),
                "gen_ai.output.messages": json.dumps([{"role": "assistant", "parts": calls}]),
                attack: attack,
            },
        )
        span.add_event(attack, {attack: attack})
        span.record_exception(ValueError(attack))
        span.set_status(Status(StatusCode.ERROR, attack))
        made.end(span, place * 10 + 8)
    made.store(store)


def large(store: Path, *, spans: int, id: str = "large", earlier_ms: float = 0) -> None:
    """Store one session of about *spans* spans, in parallel work of six kinds."""
    made, dice, now, count = Maker(), random.Random(8), 0.0, 1
    made.start -= int(earlier_ms * MILLI)
    root = made.begin("review", 0, None, **session(id, "Code review agent", "/review"))
    while count < spans:
        ends = []
        for kind in dice.sample(["security", "style", "tests", "docs", "types", "speed"], 4):
            path, at = f"/review/{kind}", now + dice.random() * 20
            step = made.begin(kind, at, root, **session(id, "Code review agent", path))
            for _ in range(dice.randint(2, 7)):
                took = dice.lognormvariate(4, 0.8)
                call = made.begin("chat", at, step, **session(id, "", path), **chat())
                if dice.random() < 0.01:
                    call.set_attribute("http.response.status_code", dice.choice([429, 503]))
                    call.set_attribute("error.type", "overloaded")
                    call.set_status(Status(StatusCode.ERROR))
                at += took
                made.end(call, at)
                count += 1
            made.end(step, at)
            ends.append(at)
            count += 1
        now = max(ends)
    made.end(root, now)
    made.store(store)


def crowd(store: Path, *, sessions: int) -> None:
    """Store many small sessions of five names, one of them empty."""
    made, dice = Maker(), random.Random(3)
    names = ["Support", "Research", "", "Invoices", "Trip planner"]
    for number in range(sessions):
        id, name, at = f"crowd-{number:05d}", dice.choice(names), -number * 7_000
        model = dice.choice(["gpt-5.4-mini", "a-model-of-our-own"])
        call = made.begin("chat", at, None, **session(id, name, "/ask"), **chat(model))
        if number % 9 == 0:
            call.set_status(Status(StatusCode.ERROR, "overloaded"))
        made.end(call, at + dice.lognormvariate(6, 1))
    made.store(store)


def one_more(store: Path, id: str, *, name: str = "Support", at_ms: float = 0) -> None:
    """Store one call of the session *id*, which may be there already."""
    made = Maker()
    call = made.begin("chat", at_ms, None, **session(id, name, "/ask"), **chat())
    made.end(call, at_ms + 250)
    made.store(store)
