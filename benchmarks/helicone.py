"""HeliconeSpanExporter beside helicone-helpers, in one run against one loopback worker.

    python benchmarks/helicone.py [--quick]

Makes ``benchmarks/.venv-helicone-helpers`` the first time, for helicone-helpers' own
dependencies. Rounds of all clients are interleaved, and each client keeps its best: at 50 ms
a connection carries at most 20 logs a second, so that 32 connections allow 640.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import venv
from pathlib import Path

HERE = Path(__file__).resolve().parent
HELPERS_VENV = HERE / ".venv-helicone-helpers"
HELPERS = "helicone-helpers==1.2.1"
CONNECTIONS = 32
CLIENTS = ("helicone-helpers", "helisession", "helisession-pipeline")


def helpers_python() -> Path:
    """Return the interpreter that has helicone-helpers, installed if it is not there yet."""
    python = HELPERS_VENV / "bin" / "python"
    if not (HELPERS_VENV / "installed").exists():
        print(f"installing {HELPERS} in {HELPERS_VENV.name} ...", flush=True)
        venv.create(HELPERS_VENV, with_pip=True, clear=True)
        subprocess.run([python, "-m", "pip", "install", "-q", HELPERS], check=True)
        (HELPERS_VENV / "installed").touch()
    return python


def measure(client: str, origin: str, count: int) -> tuple[float, float]:
    """Return logs a second, and microseconds of CPU a log."""
    python = helpers_python() if client == "helicone-helpers" else Path(sys.executable)
    command = [str(python), str(HERE / "helicone_client.py"), client, origin, str(count)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    wall, cpu = json.loads(done.stdout.splitlines()[-1])
    return count / wall, cpu / count * 1e6


def compare(latency: float, counts: dict[str, int], rounds: int) -> None:
    """Print one table: all clients against a worker that answers after *latency* seconds."""
    command = [sys.executable, str(HERE / "helicone_server.py"), str(latency)]
    best = {client: (0.0, float("inf")) for client in CLIENTS}
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout is not None
        assert server.stdin is not None
        origin = f"http://127.0.0.1:{server.stdout.readline().strip()}"
        for _ in range(rounds):
            for client in CLIENTS:
                rate, cpu = measure(client, origin, counts[client])
                best[client] = max(best[client][0], rate), min(best[client][1], cpu)
        server.stdin.close()
    base_rate, base_cpu = best["helicone-helpers"]
    print(f"\nlatency {latency * 1000:.0f} ms, logs of 4 kB, best of {rounds}")
    print(f"{'':24}{'logs/s':>9}{'ratio':>9}{'of bound':>10}{'CPU µs/log':>12}{'ratio':>8}")
    for client, (rate, cpu) in best.items():
        bound = f"{rate * latency / CONNECTIONS:.0%}" if latency and client != CLIENTS[0] else "-"
        print(
            f"{client:24}{rate:9.0f}{rate / base_rate:8.1f}x{bound:>10}{cpu:12.0f}"
            f"{cpu / base_cpu:8.2f}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="one round of few logs, 15 seconds")
    quick = parser.parse_args().quick
    helpers_python()
    ours = 512 if quick else 2_048
    for latency, theirs in ((0.0, 300 if quick else 1_000), (0.05, 20 if quick else 60)):
        counts = dict.fromkeys(CLIENTS, ours) | {"helicone-helpers": theirs}
        compare(latency, counts, 1 if quick else 4)


if __name__ == "__main__":
    main()
