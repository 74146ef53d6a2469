"""What can be done once a process: setting the provider, forking, ending."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from tests.servers.otlp import HttpSink, attributes_of

Run = Callable[..., CompletedProcess[str]]

_PIPELINE = """
import os, sys
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import TracerProvider
from otel_helisession import SessionSpanProcessor, session, step

def pipeline():
    provider = TracerProvider()
    provider.add_span_processor(SessionSpanProcessor(OTLPSpanExporter(sys.argv[1])))
    trace.set_tracer_provider(provider)
    return provider
"""


def test_a_provider_that_is_set_later_has_the_spans(run_python: Run, otlp_http: HttpSink) -> None:
    """Decorators and sessions from before the provider was set make its spans afterwards."""
    source = """
@step("research")
def research(): pass

with session("Trip", id="t-1"):
    research()
    pipeline()
    research()
"""
    done = run_python(_PIPELINE + source, otlp_http.endpoint)
    assert (done.returncode, done.stderr) == (0, "")
    (span,) = otlp_http.spans()
    assert span.name == "research"
    assert attributes_of(span)["helicone.session.path"] == "/research"


def test_without_a_provider_a_program_runs_as_before(run_python: Run) -> None:
    """Sessions, steps and their headers work, silently, with no SDK set up."""
    source = """
from otel_helisession import current_session, record, session, step
with session("Trip", id="t-1"), step("research"), record.tool("search") as call:
    call.result = 7
    print(current_session().headers["Helicone-Session-Path"])
"""
    done = run_python(source)
    assert (done.returncode, done.stdout, done.stderr) == (0, "/research\n", "")


def test_the_end_of_a_process_delivers_what_waits(run_python: Run, otlp_http: HttpSink) -> None:
    """The provider's own exit hook shuts us down, and nothing is lost."""
    source = """
pipeline()
with session("Trip"):
    for number in range(100):
        with step("work"): pass
"""
    done = run_python(_PIPELINE + source, otlp_http.endpoint)
    assert (done.returncode, done.stderr) == (0, "")
    assert len(otlp_http.spans()) == 100


def test_spans_of_an_exit_hook_are_delivered(run_python: Run, otlp_http: HttpSink) -> None:
    """The first span may end where Python starts no thread any more."""
    source = """
import atexit
pipeline()
@atexit.register
def leave():
    with session("Trip"), step("last"): pass
"""
    done = run_python(_PIPELINE + source, otlp_http.endpoint)
    assert (done.returncode, done.stderr) == (0, "")
    assert [span.name for span in otlp_http.spans()] == ["last"]


def test_the_end_of_a_process_is_not_held_up(run_python: Run, otlp_http: HttpSink) -> None:
    """A collector that hangs costs the deadline of shutdown, and one line, not the exit code."""
    otlp_http.delay_seconds = 30
    source = """
import time
provider = TracerProvider(shutdown_on_exit=False)
processor = SessionSpanProcessor(OTLPSpanExporter(sys.argv[1]))
provider.add_span_processor(processor)
provider.get_tracer("tests").start_span("work").end()
started = time.monotonic()
print(processor.shutdown(300), time.monotonic() - started < 2)
"""
    done = run_python(_PIPELINE + source, otlp_http.endpoint)
    assert (done.returncode, done.stdout) == (0, "False True\n")
    assert "1 dropped" in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="this system has no fork")
def test_a_fork_sends_each_span_once(run_python: Run, otlp_http: HttpSink) -> None:
    """The parent delivers what it queued before; the child only its own, on threads of its own."""
    source = """
import warnings
warnings.simplefilter("ignore")
provider = pipeline()
with session("Trip", id="t-1"):
    with step("flushed"): pass
    provider.force_flush()
    with step("queued"): pass
    with step("open") as opened:
        child = os.fork()
        with step("child" if child == 0 else "parent"): pass
        if child == 0:
            flushed = provider.force_flush(5_000)
            os._exit(0 if flushed else 3)
    status = os.waitpid(child, 0)[1]
assert provider.force_flush()
sys.exit(os.waitstatus_to_exitcode(status))
"""
    done = run_python(_PIPELINE + source, otlp_http.endpoint)
    assert (done.returncode, done.stderr) == (0, "")
    found = {span.name: attributes_of(span)["helicone.session.path"] for span in otlp_http.spans()}
    assert found == {
        "flushed": "/flushed",
        "queued": "/queued",
        "child": "/open/child",
        "parent": "/open/parent",
        "open": "/open",
    }
    assert len(otlp_http.spans()) == 5


@pytest.mark.skipif(sys.platform == "win32", reason="this system has no fork")
def test_a_fork_under_load_neither_hangs_nor_duplicates(run_python: Run, tmp_path: Path) -> None:
    """Children forked while threads queue and deliver have no lock held and no span of others."""
    source = """
import threading, warnings
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
warnings.simplefilter("ignore")

class Lines(SpanExporter):  # a connection that both sides of a fork may use
    def export(self, spans):
        lines = "".join(f"{span.name} {span.context.span_id}\\n" for span in spans)
        os.write(out, lines.encode())
        return SpanExportResult.SUCCESS

out = os.open(sys.argv[1], os.O_APPEND | os.O_CREAT | os.O_WRONLY)
provider = TracerProvider()
provider.add_span_processor(SessionSpanProcessor(Lines()))
trace.set_tracer_provider(provider)
stop = threading.Event()
def work():
    while not stop.is_set():
        with session("Trip"), step("load"): pass
        stop.wait(0.001)
threads = [threading.Thread(target=work, daemon=True) for _ in range(3)]
for thread in threads: thread.start()
children = []
for number in range(8):
    stop.wait(0.01)
    provider.force_flush(5_000)
    child = os.fork()
    if child == 0:
        with session("Trip"), step(f"child{number}"): pass
        os._exit(0 if provider.force_flush(5_000) else 3)
    children.append(child)
codes = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
stop.set()
for thread in threads: thread.join()
assert codes == [0] * 8, codes
assert provider.force_flush()
"""
    out = tmp_path / "spans"
    done = run_python(_PIPELINE + source, str(out))
    assert (done.returncode, done.stderr) == (0, "")
    names, ids = zip(*(line.split() for line in out.read_text().splitlines()), strict=True)
    assert len(set(ids)) == len(ids)
    assert sorted(set(names)) == [*(f"child{number}" for number in range(8)), "load"]
