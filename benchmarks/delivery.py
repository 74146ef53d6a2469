"""Delivery beside the SDK's BatchSpanProcessor: CPU a span, and drops, with the same exporter.

    python benchmarks/delivery.py            # about four minutes
    python benchmarks/delivery.py --quick    # half a minute, noisier

Both pipelines have a stock OTLPSpanExporter over HTTP, and send to one sink on loopback, in
another process. CPU time is the whole process's, all threads, for spans that end at a steady
rate which neither finds hard; less what the same spans cost with a processor that does nothing.
The pipelines take turns, in an order that changes; each figure is the lowest of its rounds.

Drops: spans end for some seconds at a higher and higher rate. The answer is what the sink got.
With --check it is an error if ours drops at the rate at which the SDK's begins to.
"""

from __future__ import annotations

import argparse
import gc
import logging
import multiprocessing
import random
import statistics
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import version
from multiprocessing.connection import Connection
from typing import Any

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Tracer

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


class Nothing(SpanProcessor):
    """Does nothing."""


def serve(pipe: Connection) -> None:
    """Answer every OTLP request with success, and tell how many spans came when asked."""
    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

    bodies: list[bytes] = []

    class Sink(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            bodies.append(self.rfile.read(int(self.headers["content-length"])))
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Sink)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    pipe.send(f"http://127.0.0.1:{server.server_address[1]}/v1/traces")
    while pipe.recv():
        count = 0
        for body in bodies:
            request = ExportTraceServiceRequest.FromString(body)
            for resource in request.resource_spans:
                count += sum(len(scope.spans) for scope in resource.scope_spans)
        bodies.clear()
        pipe.send(count)


class Sink:
    """An OTLP endpoint in a process of its own.

    Attributes:
        endpoint: Its URL.
    """

    def __init__(self) -> None:
        spawn = multiprocessing.get_context("spawn")
        self._pipe, theirs = spawn.Pipe()
        self._process = spawn.Process(target=serve, args=(theirs,), daemon=True)
        self._process.start()
        self.endpoint: str = self._pipe.recv()

    def received(self) -> int:
        """Return how many spans have come since the last time."""
        self._pipe.send(True)
        return int(self._pipe.recv())

    def close(self) -> None:
        """End it."""
        self._pipe.send(False)
        self._process.join(5)


def exporter(sink: Sink) -> OTLPSpanExporter:
    return OTLPSpanExporter(sink.endpoint)


PIPELINES: dict[str, Callable[[Sink], SpanProcessor]] = {
    "nothing": lambda sink: Nothing(),
    "BatchSpanProcessor": lambda sink: BatchSpanProcessor(exporter(sink)),
    "SessionSpanProcessor": lambda sink: SessionSpanProcessor(exporter(sink)),
    "the same, FastOTLPSpanExporter": lambda sink: SessionSpanProcessor(
        FastOTLPSpanExporter(endpoint=sink.endpoint)
    ),
}


@contextmanager
def pipeline(name: str, sink: Sink) -> Iterator[tuple[TracerProvider, Tracer]]:
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(PIPELINES[name](sink))
    yield provider, provider.get_tracer("benchmark")
    provider.shutdown()


def end_spans(
    tracer: Tracer, count: int, rate: float, attributes: dict[str, Any], in_session: bool
) -> None:
    """End *count* spans at *rate* a second, in bursts of a hundredth of a second."""
    burst = max(1, int(rate / 100))
    started = time.perf_counter()
    done = 0
    while done < count:
        with ExitStack() as stack:
            if in_session:
                stack.enter_context(session("Trip", id=f"t-{done // PER_SESSION}"))
            for _ in range(min(burst, count - done)):
                tracer.start_span("work", attributes=attributes).end()
        done += burst
        pause = started + done / rate - time.perf_counter()
        if pause > 0:
            time.sleep(pause)


@dataclass
class Case:
    """One kind of span, through one pipeline.

    Attributes:
        kind: What the spans are.
        name: The pipeline.
        attributes: Those of each span.
        in_session: Whether the spans are in sessions.
        micros: CPU time a span, a round.
    """

    kind: str
    name: str
    attributes: dict[str, Any]
    in_session: bool
    micros: list[float] = field(default_factory=list)

    def measure(self, sink: Sink, count: int, rate: float) -> None:
        with pipeline(self.name, sink) as (provider, tracer):
            end_spans(tracer, 200, rate, self.attributes, self.in_session)
            provider.force_flush()
            gc.collect()
            before = time.process_time()
            end_spans(tracer, count, rate, self.attributes, self.in_session)
            provider.force_flush()
            spent = time.process_time() - before
        received = sink.received()
        expected = 0 if self.name == "nothing" else count + 200
        if received != expected:
            print(f"({self.name}: {received} of {expected} spans came; this round is left out)")
            return
        self.micros.append(spent / count * 1e6)


def cases() -> list[Case]:
    """Return every case; in sessions our processor stamps, the others' spans have no session."""
    kinds = [
        ("nothing to read: plumbing, no session", PLUMBING, False),
        ("reading, masking, re-stamping: LLM calls in sessions", CHAT, True),
    ]
    return [
        Case(kind, name, attributes, on) for kind, attributes, on in kinds for name in PIPELINES
    ]


def report(measured: list[Case]) -> None:
    print("| spans | pipeline | CPU µs a span, lowest | median | less nothing's | of the SDK's |")
    print("|---|---|---:|---:|---:|---:|")
    for case in measured:
        peers = {peer.name: min(peer.micros) for peer in measured if peer.kind == case.kind}
        lowest = min(case.micros)
        own, stock = lowest - peers["nothing"], peers["BatchSpanProcessor"] - peers["nothing"]
        ratio = "" if case.name == "nothing" else f"{own / stock:.2f}"
        row = [case.kind, case.name, f"{lowest:.1f}", f"{statistics.median(case.micros):.1f}"]
        print(f"| {' | '.join([*row, f'{own:.1f}', ratio])} |")


def drops(sink: Sink, rates: list[int], passes: int, seconds: float) -> bool:
    """Print how many spans were dropped at each rate, of those that the thread managed to end.

    Returns:
        Whether ours dropped none, in any pass, at the lowest rate at which the SDK's dropped
        some; True when there is no such rate.
    """
    holds: bool | None = None
    verdict = "The SDK's drops nothing at these rates."
    print(
        "\n| spans a second: asked for | SDK's: ended, dropped (lowest to highest) | ours ", end=""
    )
    print("| ours, fast encoding |\n|---:|---:|---:|---:|")
    for rate in rates:
        found: dict[str, list[tuple[float, float]]] = {}
        for _ in range(passes):
            for name in [name for name in PIPELINES if name != "nothing"]:
                found.setdefault(name, []).append(_dropped(name, sink, rate, seconds))
        cells = []
        theirs, ours, _ = ([share for _, share in results] for results in found.values())
        if holds is None and max(theirs) > 0:
            holds = max(ours) == 0
            verdict = f"The SDK's begins to drop at {rate:,} a second; ours drops {max(ours):.1%}."
        for results in found.values():
            ended = statistics.median(speed for speed, _ in results)
            lost = [share for _, share in results]
            cells.append(f"{ended:,.0f}, {min(lost):.1%} to {max(lost):.1%}")
        print(f"| {rate:,} | {' | '.join(cells)} |", flush=True)
    print(f"\n{verdict}")
    return holds is not False


def _dropped(name: str, sink: Sink, rate: int, seconds: float) -> tuple[float, float]:
    """Return how many spans a second were ended, and which part of them did not arrive."""
    with pipeline(name, sink) as (provider, tracer):
        count = int(rate * seconds)
        started = time.perf_counter()
        end_spans(tracer, count, rate, PLUMBING, in_session=False)
        speed = count / (time.perf_counter() - started)
        provider.force_flush()
    return speed, 1 - sink.received() / count


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="few rounds, for a first look")
    parser.add_argument(
        "--check", action="store_true", help="exit 1 if ours drops where the SDK's begins to"
    )
    options = parser.parse_args()
    quick: bool = options.quick
    rounds, count, rate = (4, 2_048, 3_000.0) if quick else (24, 2_048, 3_000.0)
    logging.disable()  # warnings of drops, which are counted here
    sink = Sink()
    measured = cases()
    order = random.Random(7)
    for _ in range(rounds):
        for case in order.sample(measured, len(measured)):
            case.measure(sink, count, rate)
    print(
        f"Python {sys.version.split()[0]}, OpenTelemetry {version('opentelemetry-sdk')}, ", end=""
    )
    print(f"{rounds} rounds of {count:,} spans at {rate:,.0f} a second.\n")
    report(measured)
    rates = [4_000, 8_000] if quick else [4_000, 5_000, 6_000, 7_000, 8_000, 10_000, 14_000]
    holds = drops(sink, rates, 1 if quick else 3, 3.0)
    sink.close()
    sys.exit(1 if options.check and not holds else 0)


if __name__ == "__main__":
    main()
