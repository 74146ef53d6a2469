"""Processes are killed with -9, and fork while they work."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from otel_helisession.delivery import resending
from tests.faults.conftest import Start
from tests.faults.destinations import helicone, otlp_over_http
from tests.faults.program import soon
from tests.faults.wire import FaultyWire
from tests.helicone.endpoint import KEY

ROOT = str(Path(__file__).parents[2])

KILLS = 12

ACKNOWLEDGING = """
import sys
from otel_helisession.exporters.helicone import HeliconeSpanExporter
from tests.faults.program import Program

key, url, spool, run = sys.argv[1:]
program = Program(
    HeliconeSpanExporter(key, url, timeout_seconds=0.2), spool=spool, retry_for_seconds=0
)
program.name = f"{run}."
(queue,) = program.processor._delivery.queues
while True:
    names = program.work(1)
    program.processor.force_flush(300)
    if not queue.waiting:  # sent, or in the spool: neither may be lost from now on
        print(*names, sep="\\n", flush=True)
"""


def test_nothing_that_was_taken_over_is_lost_by_kill_9(
    start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A program is killed a dozen times, at random, with its destination up and down: what it
    has sent or spooled by then arrives, once by its id, from its heirs."""
    random.seed(7)
    monkeypatch.setattr(resending, "PAUSE_SECONDS", 0.01)
    with helicone() as destination, FaultyWire(destination.port) as wire:
        acknowledged: set[str] = set()
        for run in range(KILLS):
            wire.fault = random.choice([None, "refused", "half", "reset"])
            acknowledged |= _run_and_kill(wire, tmp_path, f"run{run}")
        wire.fault = None
        heir = start(destination.exporter(wire.port), spool=tmp_path / "spool")
        heir.work(1)
        soon(lambda: acknowledged <= set(destination.arrived()), seconds=60)
        assert acknowledged - set(destination.arrived()) == set()
        assert len(acknowledged) > KILLS
        assert set(destination.arrived().values()) == {1}


def _run_and_kill(wire: FaultyWire, folder: Path, run: str) -> set[str]:
    """Run a program for a moment, kill it, and return what it has acknowledged."""
    url = f"http://127.0.0.1:{wire.port}/custom/v1/log"
    arguments = [KEY, url, str(folder / "spool"), run]
    with (folder / "said").open("w+") as said:
        program = subprocess.Popen(
            [sys.executable, "-c", ACKNOWLEDGING, *arguments],
            stdout=said,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": ROOT},
        )
        soon(lambda: os.fstat(said.fileno()).st_size > 0)
        time.sleep(random.random() * 0.3)
        program.send_signal(signal.SIGKILL)
        program.wait(10)
        said.seek(0)
        return set(said.read().rpartition("\n")[0].split("\n")) - {""}


FORKING = """
import multiprocessing, sys, threading
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from tests.faults.program import Program

program = Program(OTLPSpanExporter(sys.argv[1], timeout=5))
over = threading.Event()

def keep_working():
    while not over.wait(0.002):
        program.work(1)

def child(number):
    program.name = f"child{number}."
    program.sent.clear()
    program.work(10)

threads = [threading.Thread(target=keep_working) for _ in range(2)]
for thread in threads:
    thread.start()
fork = multiprocessing.get_context("fork")
for number in range(8):
    worker = fork.Process(target=child, args=(number,))
    worker.start()
    worker.join(20)
    assert worker.exitcode == 0, worker.exitcode
over.set()
for thread in threads:
    thread.join()
assert program.processor.shutdown(10_000)
print(len(program.sent))
"""


def test_forks_under_load_deliver_every_span_once(
    run_python: Callable[..., CompletedProcess[str]],
) -> None:
    """Eight children, from a parent two of whose threads end spans all the time: the children's
    own arrive when they leave, the parent's from the parent, and none from both."""
    with otlp_over_http() as destination:
        url = f"http://127.0.0.1:{destination.port}/v1/traces"
        done = run_python(FORKING, url, PYTHONPATH=ROOT, PYTHONWARNINGS="ignore")
        assert done.stderr == ""
        spans = destination.server.spans()
        assert len(spans) == int(done.stdout) + 8 * 50
        assert len({span.span_id for span in spans}) == len(spans)
        children = [span.name for span in spans if span.name.startswith("child")]
        assert len(set(children)) == 8 * 50


INHERITING = """
import multiprocessing, sys
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from otel_helisession import SessionSpanExporter
from tests.faults.program import Program

exporter = OTLPSpanExporter(sys.argv[1], timeout=5)
program = Program(SessionSpanExporter(exporter) if "wrapped" in sys.argv else exporter)

def work():
    program.work(1)
    assert program.processor.force_flush(5_000)

work()
worker = multiprocessing.get_context("fork").Process(target=work)
worker.start()
worker.join(20)
work()
"""


@pytest.mark.parametrize("how", ["bare", "wrapped"])
def test_a_forked_child_has_connections_of_its_own(
    how: str, run_python: Callable[..., CompletedProcess[str]]
) -> None:
    """A stock exporter would share its parent's, and both write to one stream."""
    with otlp_over_http() as destination, FaultyWire(destination.port) as wire:
        url = f"http://127.0.0.1:{wire.port}/v1/traces"
        done = run_python(INHERITING, url, how, PYTHONPATH=ROOT, PYTHONWARNINGS="ignore")
        assert (done.returncode, done.stderr) == (0, "")
        assert wire.connections == 2
        assert len(destination.server.spans()) == 15


def test_threads_that_end_spans_all_the_time_lose_none(start: Start) -> None:
    """Eight threads, and a wire that is cut again and again."""
    with otlp_over_http() as destination, FaultyWire(destination.port) as wire:
        program = start(destination.exporter(wire.port))
        threads = [threading.Thread(target=program.work, args=(40,)) for _ in range(8)]
        for thread in threads:
            thread.start()
        for _ in range(10):
            time.sleep(0.05)
            wire.cut()
        for thread in threads:
            thread.join()
        assert len(program.sent) == 8 * 40 * 5
        assert soon(lambda: {span.name for span in destination.server.spans()} == {*program.sent})
        assert max(program.seconds) < 0.5
        assert program.processor.shutdown(5_000)
