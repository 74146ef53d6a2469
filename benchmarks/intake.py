"""How many spans a second the receivers accept, and how many of them reach the store.

    python benchmarks/intake.py            # four minutes
    python benchmarks/intake.py --quick    # less than one, noisier

A server in a process of its own, as `helisession view` has it, and a client that sends requests
encoded beforehand: 512 spans each, of 20 attributes and 3.5 kB, in sessions of 100. In the rows
"accepted" nobody reads what comes. In the rows "indexed" it is read, masked, priced, stored,
counted and indexed for the search meanwhile; the lags say how long after the last request all of
it was in the store, and could be found. CPU and memory are the server's, with the processes that
help it to read, not the client's; memory counts shared pages once for each of them.

Nothing may be refused, and what was accepted must be in the store at the end, or this fails.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

SPANS = 512
DISTINCT = 12
WORDS = ("the quick", "brown", "fox", "finds", "a hotel", "in Lisbon", "near", "the river", "cheap")
MARK = "000marked"
"""In every id, to be replaced by the number of the request as it is sent."""


def words(chars: int) -> str:
    return " ".join(random.choice(WORDS) for _ in range(chars // 2))[:chars]


def request(number: int) -> bytes:
    """Return one encoded request, whose ids have the MARK in them."""
    from opentelemetry.sdk.trace import ReadableSpan
    from opentelemetry.trace import SpanContext, SpanKind, TraceFlags

    from otel_helisession.otlp.encoding import request_of

    spans = []
    for index in range(SPANS):
        at = number * SPANS + index
        identifier = f"session-{MARK}-{at // 100:04d}"
        asked = [{"role": "user", "parts": [{"type": "text", "content": words(2_050)}]}]
        said = [{"role": "assistant", "parts": [{"type": "text", "content": words(500)}]}]
        attributes: dict[str, Any] = {
            "helicone.session.id": identifier,
            "helicone.session.path": random.choice(("/trip", "/trip/research", "/trip/book")),
            "helicone.session.name": "Trip planner",
            "session.id": identifier,
            "helicone.request.type": "llm",
            "user.id": "user-1",
            "gen_ai.operation.name": "chat",
            "gen_ai.provider.name": "openai",
            "gen_ai.request.model": "gpt-5.4-mini",
            "gen_ai.response.model": "gpt-5.4-mini",
            "gen_ai.response.id": f"chatcmpl-{MARK}-{at:010d}",
            "gen_ai.usage.input_tokens": random.randrange(100, 5_000),
            "gen_ai.usage.output_tokens": random.randrange(10, 500),
            "gen_ai.request.temperature": 0.2,
            "gen_ai.request.max_tokens": 1_000,
            "gen_ai.response.finish_reasons": ("stop",),
            "server.address": "api.openai.com",
            "server.port": 443,
            "gen_ai.input.messages": json.dumps(asked),
            "gen_ai.output.messages": json.dumps(said),
        }
        trace_id = int.from_bytes(MARK.encode() + (at // 100).to_bytes(7, "big"), "big")
        context = SpanContext(trace_id, 1 + at, False, TraceFlags(1))
        start = time.time_ns() - 10**9 + index * 10**6
        spans.append(
            ReadableSpan(
                "chat gpt-5.4-mini",
                context,
                attributes=attributes,
                kind=SpanKind.CLIENT,
                start_time=start,
                end_time=start + random.randrange(10**8, 10**9),
            )
        )
    return bytes(request_of(spans).SerializeToString())


def serve(store: str, reads: bool) -> None:
    """Serve until a line comes; then say what became of what was sent."""
    from otel_helisession.intake.grpc import GrpcReceiver
    from otel_helisession.intake.http import HttpReceiver
    from otel_helisession.intake.intake import Intake
    from otel_helisession.viewer.upkeep import Upkeep

    intake = Intake(store, processes=2)
    upkeep = Upkeep(Path(store))
    if reads:
        intake.start()
        upkeep.start()
    receivers = (HttpReceiver(intake, port=0), GrpcReceiver(intake, port=0))
    for receiver in receivers:
        receiver.start()
    watch = Watch()
    print(json.dumps({"http": receivers[0].port, "grpc": receivers[1].port}), flush=True)
    sys.stdin.readline()
    began = time.monotonic()
    settled = not reads or intake.settle(600)
    lag = time.monotonic() - began
    indexed = not reads or upkeep.settle(600)
    figures = intake.figures()
    upkeep.stop()
    for receiver in receivers:
        receiver.stop()
    said = {
        "stored": figures.stored if settled and indexed else -1,
        "lag": lag,
        "index_lag": time.monotonic() - began,
        "peak_mb": watch.stop(),
    }
    intake.close()
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    said["cpu"] = sum(one.ru_utime + one.ru_stime for one in used)
    print(json.dumps(said), flush=True)


class Watch:
    """The most memory that this process and its children have had together, in MB."""

    def __init__(self) -> None:
        self._most = 0.0
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def stop(self) -> float:
        self._done.set()
        self._thread.join()
        return self._most

    def _run(self) -> None:
        while not self._done.wait(0.1):
            children: list[str] = []
            for listed in Path("/proc/self/task").glob("*/children"):
                with suppress(OSError):  # the thread has ended
                    children += listed.read_text().split()
            sizes = [_resident(one) for one in ("self", *children)]
            self._most = max(self._most, sum(sizes))


def _resident(process: str) -> float:
    try:
        pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    except (OSError, IndexError):  # it has ended
        return 0.0
    return pages * resource.getpagesize() / 1e6


class HttpClient:
    def __init__(self, ports: dict[str, int]) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", ports["http"], timeout=60)

    def send(self, body: bytes) -> bool:
        headers = {"content-type": "application/x-protobuf"}
        self._connection.request("POST", "/v1/traces", body, headers)
        response = self._connection.getresponse()
        response.read()
        return response.status == 200


class GrpcClient:
    def __init__(self, ports: dict[str, int]) -> None:
        import grpc

        self._errors = grpc.RpcError
        channel = grpc.insecure_channel(f"127.0.0.1:{ports['grpc']}")
        self._call = channel.unary_unary(
            "/opentelemetry.proto.collector.trace.v1.TraceService/Export"
        )

    def send(self, body: bytes) -> bool:
        try:
            self._call(body, timeout=60)
        except self._errors:
            return False
        return True


def load(
    client: Callable[[dict[str, int]], Any],
    ports: dict[str, int],
    bodies: list[bytes],
    seconds: float,
    rate: float,
    connections: int,
) -> tuple[int, int, float]:
    """Send for *seconds*; return spans accepted, requests refused, and how long it took."""
    accepted, refused, sent = [0], [0], [0]
    lock = threading.Lock()
    began = time.monotonic()

    def run() -> None:
        mine = client(ports)
        while time.monotonic() - began < seconds:
            with lock:
                number = sent[0]
                sent[0] += 1
            time.sleep(max(0.0, began + number * SPANS / rate - time.monotonic()))
            body = bodies[number % len(bodies)].replace(MARK.encode(), b"%09d" % number)
            fine = mine.send(body)
            with lock:
                accepted[0] += SPANS if fine else 0
                refused[0] += not fine

    threads = [threading.Thread(target=run) for _ in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return accepted[0], refused[0], time.monotonic() - began


def measure(name: str, reads: bool, rate: float, bodies: list[bytes], seconds: float) -> str:
    client = HttpClient if name == "HTTP" else GrpcClient
    with tempfile.TemporaryDirectory() as directory:
        command = [sys.executable, __file__, "--serve", directory + "/s.db", str(int(reads))]
        server = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=os.environ
        )
        assert server.stdin is not None
        assert server.stdout is not None
        ports = json.loads(server.stdout.readline())
        accepted, refused, took = load(client, ports, bodies, seconds, rate, 2)
        server.stdin.write("\n")
        server.stdin.flush()
        said = json.loads(server.stdout.readline())
        server.wait(30)
    if reads and said["stored"] != accepted:
        raise SystemExit(f"{accepted} spans were accepted, and {said['stored']} stored")
    stored = f"{accepted / (took + said['lag']):,.0f}" if reads else ""
    lags = f"{said['lag']:.1f} | {said['index_lag']:.1f}" if reads else " | "
    return (
        f"| {name} | {'indexed' if reads else 'accepted'} | {rate:,.0f} | {accepted / took:,.0f} "
        f"| {refused} | {stored} | {lags} | {said['cpu'] / accepted * 1e6:.0f} "
        f"| {said['peak_mb']:.0f} |"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="seconds, noisier")
    parser.add_argument("--serve", nargs=2, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.serve:
        serve(arguments.serve[0], arguments.serve[1] == "1")
        return
    seconds = 4.0 if arguments.quick else 20.0
    bodies = [request(number) for number in range(DISTINCT)]
    print(
        f"{SPANS} spans a request, {len(bodies[0]) / SPANS:,.0f} bytes and 20 attributes a span\n"
    )
    print(
        "| over | until | aimed at, spans/s | accepted, spans/s | requests refused "
        "| stored, spans/s | lag, s | index lag, s | CPU, µs a span | memory, MB |"
    )
    print("|---|---|---:|---:|---:|---:|---:|---:|---:|---:|")
    for name in ("HTTP", "gRPC"):
        for reads, rate in ((False, 12_000.0), (True, 3_000.0), (True, 10_000.0)):
            print(measure(name, reads, rate, bodies, seconds), flush=True)


if __name__ == "__main__":
    main()
