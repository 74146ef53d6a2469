"""The end of a process: what waits is delivered, in time, and nothing is printed."""

from __future__ import annotations

import multiprocessing
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from otel_helisession.store.reader import SessionReader
from tests.servers.otlp import HttpSink

Run = Callable[..., CompletedProcess[str]]

PIPELINE = """
import logging, os, sys, threading, time
from otel_helisession import SessionSpanProcessor, session, step
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import TracerProvider

def pipeline(**options):
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SessionSpanProcessor(OTLPSpanExporter(sys.argv[1]), **options))
    trace.set_tracer_provider(provider)
    return provider

def spans(count, name="work"):
    with session("Trip"):
        for number in range(count):
            with step(name): pass
"""


STRICT = [sys.executable, "-X", "dev", "-W", "error"]
"""Python for a developer who wants to hear of everything."""

TWICE = [*STRICT, "-W", "ignore::ResourceWarning"]
"""For programs that export twice: OTLPSpanExporter then leaves a socket open, also behind the
SDK's own processor."""


def strict(source: str, *arguments: str, python: list[str] = STRICT) -> CompletedProcess[str]:
    """Run *source* after PIPELINE, to its end."""
    return subprocess.run(
        [*python, "-c", PIPELINE + source, *arguments],
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_nobody_has_to_call_shutdown(otlp_http: HttpSink) -> None:
    """Also where the provider's own exit hook is off: all is delivered, and nothing printed."""
    done = strict("pipeline(); spans(100)", otlp_http.endpoint)
    assert (done.returncode, done.stderr) == (0, "")
    assert len(otlp_http.spans()) == 100


def test_both_exit_hooks_make_no_noise(otlp_http: HttpSink) -> None:
    """The provider's comes first, and ours has nothing left to do."""
    source = """
provider = TracerProvider()
provider.add_span_processor(SessionSpanProcessor(OTLPSpanExporter(sys.argv[1])))
trace.set_tracer_provider(provider)
spans(3)
"""
    done = strict(source, otlp_http.endpoint)
    assert (done.returncode, done.stderr) == (0, "")
    assert len(otlp_http.spans()) == 3


def test_the_store_is_closed_in_order(tmp_path: Path) -> None:
    """No connection to it is left for Python to complain of."""
    source = """
from otel_helisession import LocalSpanExporter
provider = TracerProvider(shutdown_on_exit=False)
provider.add_span_processor(SessionSpanProcessor(LocalSpanExporter(sys.argv[1])))
trace.set_tracer_provider(provider)
spans(3)
provider.force_flush()
spans(3)
"""
    done = strict(source, str(tmp_path / "sessions.db"))
    assert (done.returncode, done.stderr) == (0, "")
    with SessionReader(tmp_path / "sessions.db") as store:
        assert store.count() == 2


def test_spans_of_the_programs_exit_hooks_are_delivered(otlp_http: HttpSink) -> None:
    """Ours runs after those that were registered since the import, of whatever kind."""
    source = """
import atexit
atexit.register(lambda: spans(1, "early hook"))
pipeline()
atexit.register(lambda: spans(1, "late hook"))
spans(1)
"""
    done = strict(source, otlp_http.endpoint)
    assert (done.returncode, done.stderr) == (0, "")
    assert {span.name for span in otlp_http.spans()} == {"work", "early hook", "late hook"}


@pytest.mark.parametrize(
    ("ending", "code"),
    [("sys.exit(3)", 3), ("raise KeyboardInterrupt", -2), ("raise ValueError('theirs')", 1)],
    ids=["sys.exit", "Ctrl-C", "an exception"],
)
def test_every_orderly_end_delivers(otlp_http: HttpSink, ending: str, code: int) -> None:
    """However the program ends, its exit code is its own."""
    done = strict(f"pipeline(); spans(5); {ending}", otlp_http.endpoint)
    assert done.returncode == code
    assert "otel_helisession" not in done.stderr
    assert len(otlp_http.spans()) == 5


def test_a_dead_backend_holds_the_end_up_for_seconds_only(
    run_python: Run, otlp_http: HttpSink
) -> None:
    """Five, all told, with one line that says what was lost."""
    otlp_http.delay_seconds = 30
    source = "pipeline(); spans(4)\nprint(time.time())"
    done = run_python(PIPELINE + source, otlp_http.endpoint)
    assert time.time() - float(done.stdout) < 7
    assert done.returncode == 0
    assert done.stderr == "OTLPSpanExporter: 0 spans delivered, 0 refused, 4 dropped\n"


def test_a_spool_keeps_what_a_dead_backend_does_not_take(
    run_python: Run, otlp_http: HttpSink, tmp_path: Path
) -> None:
    """The next run of the program delivers it, together with its own."""
    otlp_http.status = 400
    source = "logging.disable(); pipeline(spool=sys.argv[2]); spans(10)"
    for _ in range(2):
        done = run_python(PIPELINE + source, otlp_http.endpoint, str(tmp_path / "spool"))
        assert (done.returncode, done.stderr) == (0, "")
    assert otlp_http.spans() == []
    otlp_http.status = 200
    waiting = "; time.sleep(1.5)"
    run_python(PIPELINE + source + waiting, otlp_http.endpoint, str(tmp_path / "spool"))
    assert len({span.span_id for span in otlp_http.spans()}) == 30


def test_asyncio_and_threads_end_like_others(otlp_http: HttpSink) -> None:
    """Spans that end in tasks and in threads, daemons among them, up to the last moment."""
    source = """
import asyncio
pipeline()
async def work():
    with session("Trip"), step("task"):
        await asyncio.sleep(0.01)
async def main():
    asyncio.get_running_loop().slow_callback_duration = 60  # a busy machine is no fault of ours
    await asyncio.gather(*(work() for _ in range(20)))
asyncio.run(main())
threads = [threading.Thread(target=spans, args=(5, "thread"), daemon=daemon) for daemon in (0, 1)]
for thread in threads: thread.start()
for thread in threads: thread.join()
"""
    done = strict(source, otlp_http.endpoint)
    assert (done.returncode, done.stderr) == (0, "")
    names = [span.name for span in otlp_http.spans()]
    assert (names.count("task"), names.count("thread")) == (20, 10)


def test_gevent_programs_deliver(otlp_http: HttpSink) -> None:
    """With everything patched our threads are greenlets; flush, exit and deadlines hold."""
    pytest.importorskip("gevent", reason="gevent is not installed")
    source = """
import gevent
import gevent.monkey
gevent.monkey.patch_all()
provider = pipeline()
jobs = [gevent.spawn(spans, 5, "greenlet") for _ in range(10)]
gevent.joinall(jobs)
assert provider.force_flush(5_000)
spans(7)
"""
    done = strict(source, otlp_http.endpoint, python=[sys.executable])
    assert (done.returncode, done.stderr) == (0, "")
    assert len(otlp_http.spans()) == 57


WORKER = """
import multiprocessing, sys
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from otel_helisession import configure, session, step

def work(endpoint):
    configure(exporters=[OTLPSpanExporter(endpoint)], httpx=False)
    with session("Trip"), step("work"): pass

if __name__ == "__main__":
    context = multiprocessing.get_context(sys.argv[2])
    workers = [context.Process(target=work, args=sys.argv[1:2]) for _ in range(2)]
    for worker in workers: worker.start()
    for worker in workers: worker.join()
    print([worker.exitcode for worker in workers])
"""


@pytest.mark.parametrize("start", ["fork", "spawn", "forkserver"])
def test_a_worker_that_configures_itself(start: str, otlp_http: HttpSink, tmp_path: Path) -> None:
    """It leaves by os._exit, unless it was spawned; what it did is delivered before, once."""
    if start not in multiprocessing.get_all_start_methods():
        pytest.skip(f"this system has no {start}")
    program = tmp_path / "program.py"
    program.write_text(WORKER)
    command = [sys.executable, str(program), otlp_http.endpoint, start]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert (done.stdout, done.stderr) == ("[0, 0]\n", "")
    assert len(otlp_http.spans()) == 2
