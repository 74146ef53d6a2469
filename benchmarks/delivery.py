"""Delivery beside the SDK's BatchSpanProcessor: CPU a span, and drops.

    python benchmarks/delivery.py            # four to five minutes
    python benchmarks/delivery.py --quick    # half a minute, noisier
    python benchmarks/delivery.py --write    # and puts the tables into docs/performance.md

All pipelines export OTLP over HTTP to one sink on loopback, in another process. CPU time is the
whole process's, all threads, for spans that end at a steady rate which none finds hard, less what
the same spans cost with a processor that does nothing. In a round every pipeline has its turn, in
an order that changes; a pipeline is compared with the SDK's of the same round, and what is
reported is the median over the rounds, with its median absolute deviation (MAD).

Drops: spans end for some seconds at a higher and higher rate. The answer is what the sink got.
With --check it is an error if ours drops at the rate at which the SDK's begins to.
"""

from __future__ import annotations

import argparse
import gc
import logging
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import page
from measuring import added, figure, ratio
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Tracer
from otlp_sink import Sink

from otel_helisession import SessionSpanProcessor, session
from otel_helisession.exporters.fast_otlp import FastOTLPSpanExporter

PLUMBING: dict[str, Any] = {
    **{f"app.attribute.{number}": f"value {number} of some length" for number in range(14)},
    "http.request.method": "POST",
    "server.address": "api.example.com",
    "server.port": 443,
    "http.response.status_code": 200,
    "network.protocol.version": "1.1",
    "retry": False,
}
"""Twenty attributes in which nothing has to be read."""

MESSAGES = (
    '[{"role":"user","parts":[{"type":"text","content":"Hotels in Lisbon? ' + "x" * 600 + '"}]}]'
)
CHAT: dict[str, Any] = {
    "gen_ai.operation.name": "chat",
    "gen_ai.provider.name": "openai",
    "gen_ai.request.model": "gpt-5-mini",
    "gen_ai.response.model": "gpt-5-mini",
    "gen_ai.response.id": "chatcmpl-1",
    "gen_ai.usage.input_tokens": 812,
    "gen_ai.usage.output_tokens": 124,
    "gen_ai.input.messages": MESSAGES,
    "gen_ai.output.messages": MESSAGES,
    "http.request.header.authorization": "Bearer sk-0000000000000000",
    **{f"app.attribute.{number}": f"value {number} of some length" for number in range(10)},
}
"""An LLM call: its kind is read, its path made final, a secret masked, and all of it copied."""

PER_SESSION = 256
"""Spans of a session: a batch of the exporter's holds two, as it would of a busy agent's."""

RATE = 3_000.0
WARMING = 200


class Nothing(SpanProcessor):
    """Does nothing."""


NOTHING, SDK, OURS, FAST = (
    "nothing",
    "BatchSpanProcessor",
    "SessionSpanProcessor, the SDK's exporter",
    "SessionSpanProcessor, `FastOTLPSpanExporter`",
)

PIPELINES: dict[str, Callable[[str], SpanProcessor]] = {
    NOTHING: lambda endpoint: Nothing(),
    SDK: lambda endpoint: BatchSpanProcessor(OTLPSpanExporter(endpoint)),
    OURS: lambda endpoint: SessionSpanProcessor(OTLPSpanExporter(endpoint)),
    FAST: lambda endpoint: SessionSpanProcessor(FastOTLPSpanExporter(endpoint=endpoint)),
}


@dataclass(frozen=True)
class Kind:
    """One kind of span.

    Attributes:
        name: What the spans are.
        attributes: Those of each.
        in_session: Whether they are in sessions; then our processor stamps four attributes
            more, which its exporter has to encode, and the SDK's has not.
    """

    name: str
    attributes: dict[str, Any]
    in_session: bool


KINDS = (
    Kind("plumbing, no session", PLUMBING, False),
    Kind("LLM calls in sessions: read, stamped, masked", CHAT, True),
)


@contextmanager
def pipeline(name: str, sink: Sink) -> Iterator[tuple[TracerProvider, Tracer]]:
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(PIPELINES[name](sink.endpoint))
    yield provider, provider.get_tracer("benchmark")
    provider.shutdown()


def end_spans(tracer: Tracer, count: int, rate: float, kind: Kind) -> None:
    """End *count* spans at *rate* a second, in bursts of a hundredth of a second."""
    burst = max(1, int(rate / 100))
    started = time.perf_counter()
    done = 0
    while done < count:
        with ExitStack() as stack:
            if kind.in_session:
                stack.enter_context(session("Trip", id=f"t-{done // PER_SESSION}"))
            for _ in range(min(burst, count - done)):
                tracer.start_span("work", attributes=kind.attributes).end()
        done += burst
        pause = started + done / rate - time.perf_counter()
        if pause > 0:
            time.sleep(pause)


def micros(name: str, sink: Sink, kind: Kind, count: int) -> float | None:
    """Return the CPU time a span of the pipeline *name*; None when spans were dropped."""
    with pipeline(name, sink) as (provider, tracer):
        end_spans(tracer, WARMING, RATE, kind)
        provider.force_flush()
        gc.collect()
        before = time.process_time()
        end_spans(tracer, count, RATE, kind)
        provider.force_flush()
        spent = time.process_time() - before
    if sink.received() != (0 if name == NOTHING else count + WARMING):
        return None
    return spent / count * 1e6


def rounds_of(sink: Sink, kind: Kind, rounds: int, count: int) -> dict[str, list[float]]:
    """Return the CPU times a span of each pipeline, one a round; rounds with drops are left out."""
    found: dict[str, list[float]] = {name: [] for name in PIPELINES}
    order = random.Random(7)
    for _ in range(rounds):
        turn = {
            name: micros(name, sink, kind, count)
            for name in order.sample(list(PIPELINES), len(PIPELINES))
        }
        whole = {name: spent for name, spent in turn.items() if spent is not None}
        if len(whole) < len(turn):
            print(f"(spans were dropped by {turn.keys() - whole.keys()}: a round is left out)")
            continue
        for name, spent in whole.items():
            found[name].append(spent)
    return found


def cost(sink: Sink, rounds: int, count: int) -> list[str]:
    """Return the rows of the table of CPU times."""
    rows = [
        "| spans | pipeline | CPU, µs a span | less the program's own | of BatchSpanProcessor's |",
        "|---|---|---:|---:|---:|",
    ]
    for kind in KINDS:
        found = rounds_of(sink, kind, rounds, count)
        bare = found[NOTHING]
        stock = [one - other for one, other in zip(found[SDK], bare, strict=True)]
        rows.append(f"| {kind.name} | nothing | {figure(bare)} |  |  |")
        for name in (SDK, OURS, FAST):
            own = [one - other for one, other in zip(found[name], bare, strict=True)]
            compared = "1" if name == SDK else str(ratio(own, stock))
            cells = [name, str(figure(found[name])), str(added(found[name], bare)), compared]
            rows.append(f"| {kind.name} | {' | '.join(cells)} |")
    return rows


def drops(sink: Sink, rates: list[int], passes: int, seconds: float) -> tuple[list[str], bool]:
    """Measure which part of the spans that the program managed to end is dropped at each rate.

    Returns:
        The rows of a table; and whether ours dropped none, in any pass, at the lowest rate at
        which the SDK's dropped some (True when there is none).
    """
    rows = [f"| spans a second | {SDK} | {OURS} | {FAST} |", "|---:|---:|---:|---:|"]
    holds: bool | None = None
    for rate in rates:
        found: dict[str, list[tuple[float, float]]] = {SDK: [], OURS: [], FAST: []}
        for _ in range(passes):
            for name, results in found.items():
                results.append(dropped(name, sink, rate, seconds))
        if holds is None and any(lost for _, lost in found[SDK]):
            holds = not any(lost for _, lost in found[OURS])
        rows.append(f"| {rate:,} | {' | '.join(cells(rate, found))} |")
    return rows, holds is not False


def dropped(name: str, sink: Sink, rate: int, seconds: float) -> tuple[float, float]:
    """Return how many spans a second were ended, and which part of them did not arrive."""
    with pipeline(name, sink) as (provider, tracer):
        count = int(rate * seconds)
        started = time.perf_counter()
        end_spans(tracer, count, rate, KINDS[0])
        speed = count / (time.perf_counter() - started)
        provider.force_flush()
    return speed, 1 - sink.received() / count


def cells(rate: int, found: Mapping[str, list[tuple[float, float]]]) -> Iterator[str]:
    """Say what was dropped, lowest to highest, and what was ended where that is much less."""
    for results in found.values():
        lost = sorted(share for _, share in results)
        ended = statistics.median(speed for speed, _ in results)
        text = f"{lost[0]:.1%} to {lost[-1]:.1%}" if lost[-1] else "0%"
        yield text if ended > 0.97 * rate else f"{text} of {ended:,.0f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="few rounds, for a first look")
    parser.add_argument("--write", action="store_true", help="update docs/performance.md")
    parser.add_argument(
        "--check", action="store_true", help="exit 1 if ours drops where the SDK's begins to"
    )
    options = parser.parse_args()
    rounds, count = (5, 1_024) if options.quick else (31, 1_536)
    rates = [4_000, 8_000] if options.quick else [4_000, 6_000, 8_000, 10_000, 14_000]
    passes, seconds = (1, 2.0) if options.quick else (3, 2.0)
    logging.disable()  # warnings of drops, which are counted here
    sink = Sink()
    found = [
        f"{page.conditions()}; {rounds} rounds of {count:,} spans at {RATE:,.0f} a second, "
        "median ±MAD.",
        "",
        *cost(sink, rounds, count),
    ]
    print("\n".join(found), flush=True)
    table, holds = drops(sink, rates, passes, seconds)
    sink.close()
    found += ["", f"Dropped in {passes} passes of {seconds:.0f} s, lowest to highest:", "", *table]
    print("\n".join(found[-len(table) - 3 :]))
    if options.write:
        page.write("delivery", "\n".join(found))
    if options.check and not holds:
        sys.exit("ours drops spans at a rate at which BatchSpanProcessor begins to")


if __name__ == "__main__":
    main()
