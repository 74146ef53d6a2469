"""Servers that fork their workers: each worker delivers its own spans, up to its end."""

from __future__ import annotations

import http.client
import shutil
import signal
import socket
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.delivery.conftest import soon
from tests.servers.otlp import HttpSink, attributes_of

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="this system has no fork")

APP = """
import os, time
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import TracerProvider
from otel_helisession import SessionSpanProcessor, session, step

provider = TracerProvider()
provider.add_span_processor(SessionSpanProcessor(OTLPSpanExporter(os.environ["SINK"])))
trace.set_tracer_provider(provider)
with session("Boot"), step("boot"): pass
provider.force_flush()  # threads have started before the server forks
time.sleep(0.2)  # and they sleep: uWSGI may fork while one has the interpreter's lock

def app(environ, start_response):
    with session("Request"), trace.get_tracer("tests").start_as_current_span("request") as span:
        span.set_attribute("process", os.getpid())
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [str(os.getpid()).encode()]

application = app
"""

GUNICORN = [sys.executable, "-m", "gunicorn", "app:app", "--preload", "--workers=2"]
GUNICORN += ["--graceful-timeout=7"]  # its gevent worker now and then misses SIGTERM, on its own
UWSGI = ["--http-socket=:PORT", "--wsgi-file=app.py", "--master", "--processes=2", "--die-on-term"]


def port() -> int:
    """Return a port that is free now."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        found: int = taken.getsockname()[1]
        return found


def ask(address: int) -> str:
    """Make one request, and return which process has answered; empty: none has."""
    connection = http.client.HTTPConnection("127.0.0.1", address, timeout=5)
    try:
        connection.request("GET", "/")
        return connection.getresponse().read().decode()
    except OSError:
        return ""
    finally:
        connection.close()


def served(command: list[str], address: int, sink: HttpSink, place: Path) -> Counter[str]:
    """Run a server until it has answered 20 requests; return how many each process answered."""
    (place / "app.py").write_text(APP)
    variables = {"SINK": sink.endpoint, "PATH": "/usr/bin:/bin", "PYTHONPATH": str(place)}
    variables["PYTHONPATH"] += f":{Path(__file__).parents[2]}"
    server = subprocess.Popen(
        command, cwd=place, env=variables, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    try:
        assert soon(lambda: bool(ask(address)), 20)
        answered = Counter(ask(address) for _ in range(20))
    finally:
        server.send_signal(signal.SIGTERM)
        try:
            out, _ = server.communicate(timeout=20)
        except subprocess.TimeoutExpired:
            server.kill()
            out, _ = server.communicate()
    assert b"Traceback" not in out, out.decode()
    return answered


@pytest.fixture
def address() -> int:
    return port()


def requests_of(sink: HttpSink) -> Counter[str]:
    """Return how many requests each process has told of."""
    return Counter(
        str(attributes_of(span)["process"]) for span in sink.spans() if span.name == "request"
    )


@pytest.mark.parametrize("worker", ["sync", "gthread", "gevent"])
def test_gunicorn_with_preload(
    otlp_http: HttpSink, address: int, tmp_path: Path, worker: str
) -> None:
    """Workers that were forked after the first spans deliver every request, and its own once."""
    pytest.importorskip("gunicorn", reason="gunicorn is not installed")
    if worker == "gevent":
        pytest.importorskip("gevent", reason="gevent is not installed")
    command = [*GUNICORN, f"--bind=127.0.0.1:{address}", f"--worker-class={worker}"]
    answered = served(command, address, otlp_http, tmp_path)
    told = requests_of(otlp_http)
    assert sum(told.values()) == 21  # with the first one, that waited for the server
    assert all(told[process] >= count for process, count in answered.items())
    assert [span.name for span in otlp_http.spans()].count("boot") == 1


@pytest.mark.parametrize("hooks", [[], ["--py-call-osafterfork"]], ids=["plain", "with hooks"])
def test_uwsgi(otlp_http: HttpSink, address: int, tmp_path: Path, hooks: list[str]) -> None:
    """It forks without a word to Python, unless it is told to. Threads must be enabled."""
    beside = Path(sys.executable).with_name("uwsgi")
    uwsgi = str(beside) if beside.exists() else shutil.which("uwsgi")
    if uwsgi is None:
        pytest.skip("uWSGI is not installed")
    options = [option.replace("PORT", str(address)) for option in UWSGI]
    home = f"--home={sys.prefix}"
    command = [uwsgi, *options, "--enable-threads", home, *hooks]
    served(command, address, otlp_http, tmp_path)
    assert soon(lambda: sum(requests_of(otlp_http).values()) == 21, 8)
