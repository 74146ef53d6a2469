"""Two tiers of real Collectors: sessions a second, CPU a span, memory a session that is held.

    python benchmarks/scale_out.py             # 1,000, 10,000 and 100,000 sessions; five minutes
    python benchmarks/scale_out.py --quick     # 1,000 and 5,000

A router (router-by-bucket.yaml) before two workers, which send the tenth that they keep to a
third Collector. All on one machine, with a generator beside them, so sessions a second are that
machine's; CPU a span is what to reckon with. A session is two traces of five spans, 1 kB each;
the second trace of each comes after the first of all. worker.yaml decides at once,
worker-tail.yaml when a session has waited: it holds all sessions meanwhile. Needs the Collector
that ``python -m tests.backends --build collector`` makes.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.backends import load
from tests.backends.collector import Collector, lacking
from tests.backends.processes import free_port, until

KEPT = 10

SINK = """yaml:
exporters: {debug: {verbosity: basic, sampling_initial: 0, sampling_thereafter: 1000000}}
service: {pipelines: {traces: {exporters: [debug]}}}
"""


@dataclass
class Member:
    """A Collector and where its own metrics are."""

    collector: Collector
    metrics_port: int

    def count(self, name: str) -> int:
        """Return the sum of a counter of its own; 0 before there is one."""
        url = f"http://127.0.0.1:{self.metrics_port}/metrics"
        with urllib.request.urlopen(url, timeout=10) as answer:
            text = answer.read().decode()
        found = re.findall(rf"^{name}(?:_total)?(?:\{{.*\}})? (\S+)", text, re.MULTILINE)
        return int(sum(map(float, found)))

    def cpu_seconds(self) -> float:
        """Return the CPU time that it has taken."""
        fields = Path(f"/proc/{self.collector.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def peak_mb(self) -> float:
        """Return the most memory that it has had."""
        status = Path(f"/proc/{self.collector.pid}/status").read_text()
        return int(re.findall(r"VmHWM:\s+(\d+) kB", status)[0]) / 1024


def member(name: str, folder: Path, running: ExitStack, *more: str, **settings: str) -> Member:
    """Start a Collector that tells of itself."""
    port = free_port()
    readers = (
        "yaml:service: {telemetry: {logs: {level: warn}, metrics: {level: normal, readers: "
        f"[{{pull: {{exporter: {{prometheus: {{host: 127.0.0.1, port: {port}}}}}}}}}]}}}}}}"
    )
    made = Collector(name, folder, readers, *more, **settings)
    running.enter_context(made)
    return Member(made, port)


def measure(worker: str, sessions: int, folder: Path) -> Iterator[str]:
    """Send *sessions* through a tier of these workers; yield the cells of its row."""
    with ExitStack() as running:
        sink = Collector("local", folder / "sink", SINK)
        running.enter_context(sink)
        to_sink = {"BACKEND_OTLP": f"127.0.0.1:{sink.grpc_port}"}
        roomy = "yaml:exporters::otlp_grpc/backend::sending_queue::queue_size: 5000000"
        held = () if worker == "worker" else ("yaml:processors::tail_sampling::num_traces: 200000",)
        settings = {**to_sink, "KEEP_PERCENT": str(KEPT), "SESSION_WAIT": f"{WAIT[worker]}s"}
        workers = [
            member(worker, folder / f"worker-{one}", running, roomy, *held, **settings)
            for one in "ab"
        ]
        addresses = [f"127.0.0.1:{one.collector.grpc_port}" for one in workers]
        router = member(
            "router-by-bucket",
            folder / "router",
            running,
            WORKER_A=addresses[0],
            WORKER_B=addresses[1],
        )
        yield from _run(router, workers, sessions, holds=bool(held))


WAIT = {"worker": 1, "worker-tail": 600}
"""Seconds that a session is waited for: longer than a run, so that all are held at its end."""


def _run(router: Member, workers: list[Member], sessions: int, holds: bool) -> Iterator[str]:
    empty = sum(one.peak_mb() for one in workers)
    spans, began = sessions * load.SPANS, time.monotonic()
    address = f"127.0.0.1:{router.collector.grpc_port}"
    for turn in (1, 2):
        load.send(address, load.turns(sessions, turn))
    accepted = "otelcol_receiver_accepted_spans"
    arrived = lambda: sum(one.count(accepted) for one in workers) >= spans  # noqa: E731
    if not until(arrived, 600):
        raise SystemExit("the workers did not get all spans in ten minutes")
    seconds = time.monotonic() - began
    yield f"{sessions:,}"
    yield f"{sessions / seconds:,.0f}"
    yield f"{spans / seconds:,.0f}"
    yield f"{router.cpu_seconds() / spans * 1e6:.0f}"
    yield f"{sum(one.cpu_seconds() for one in workers) / spans * 1e6:.0f}"
    yield f"{router.peak_mb():.0f}"
    peak = sum(one.peak_mb() for one in workers)
    yield f"{peak:.0f}"
    yield f"{(peak - empty) / sessions * 1024:.0f}" if holds else ""


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true")
    counts = (1_000, 5_000) if parser.parse_args().quick else (1_000, 10_000, 100_000)
    for name in ("router-by-bucket", "worker", "worker-tail"):
        if lacking(name):
            raise SystemExit(lacking(name))
    print(
        f"{load.SPANS} spans a session, {len(load.TURN) * 2 / load.SPANS / 1000:.2f} kB a span.\n"
    )
    print("| workers | sessions | sessions/s | spans/s | router, µs CPU a span |", end="")
    print(" workers, µs CPU a span | router, MB | both workers, MB | kB a session held |")
    print("|---|---:|---:|---:|---:|---:|---:|---:|---:|")
    for worker in WAIT:
        for sessions in counts:
            with tempfile.TemporaryDirectory() as folder:
                cells = measure(worker, sessions, Path(folder))
                print(f"| {worker}.yaml |", " | ".join(cells), "|", flush=True)


if __name__ == "__main__":
    main()
