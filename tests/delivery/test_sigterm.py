"""SIGTERM: delivered first, then what would have happened without us."""

from __future__ import annotations

import logging
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from subprocess import PIPE, Popen

import pytest

from otel_helisession import configure
from otel_helisession.store.reader import SessionReader
from tests.delivery.test_exit import PIPELINE, TWICE
from tests.servers.otlp import HttpSink

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="this system has no SIGTERM")

SETUP = """
import signal
from otel_helisession import configure
from otel_helisession.store.reader import SessionReader
def set_up(handle_sigterm=True):
    return configure(exporters=[OTLPSpanExporter(sys.argv[1])], httpx=False,
                     handle_sigterm=handle_sigterm)
"""

READY = """
spans(5)
print("ready", flush=True)
deadline = time.monotonic() + 20
while time.monotonic() < deadline: time.sleep(0.05)
"""


def terminated(source: str, sink: HttpSink) -> tuple[int, str, str]:
    """Run *source*, send it SIGTERM when it is ready; return exit code, output and errors."""
    command = [*TWICE, "-c", PIPELINE + SETUP + source, sink.endpoint]
    program = Popen(command, stdout=PIPE, stderr=PIPE, text=True)
    assert program.stdout is not None
    assert program.stdout.readline() == "ready\n"
    program.send_signal(signal.SIGTERM)
    try:
        out, errors = program.communicate(timeout=15)
    except subprocess.TimeoutExpired:
        program.kill()
        raise
    return program.returncode, out, errors


def test_a_program_delivers_before_it_dies(otlp_http: HttpSink) -> None:
    """And whoever sent the signal sees that the program has died of it."""
    assert terminated("set_up()" + READY, otlp_http) == (-signal.SIGTERM, "", "")
    assert len(otlp_http.spans()) == 5


def test_without_being_asked_it_is_left_alone(otlp_http: HttpSink) -> None:
    """A handler is the program's matter: spans that wait are lost, as ever."""
    assert terminated("set_up(None)" + READY, otlp_http) == (-signal.SIGTERM, "", "")
    assert otlp_http.spans() == []


def test_the_programs_handler_comes_after(otlp_http: HttpSink) -> None:
    """It may go on working: what it does is delivered at its end."""
    source = """
def leave(number, frame):
    spans(1, "leaving")
    print("handled", number)
    sys.exit(7)
signal.signal(signal.SIGTERM, leave)
set_up()
"""
    assert terminated(source + READY, otlp_http) == (7, "handled 15\n", "")
    names = [span.name for span in otlp_http.spans()]
    assert names == ["work"] * 5 + ["leaving"]


def test_a_handler_that_is_set_later_is_in_charge(otlp_http: HttpSink) -> None:
    """As those of servers are: they end the program in an orderly way, with its exit hooks."""
    source = "set_up()\nsignal.signal(signal.SIGTERM, lambda *_: sys.exit(0))\n"
    assert terminated(source + READY, otlp_http) == (0, "", "")
    assert len(otlp_http.spans()) == 5


def test_what_is_ignored_stays_ignored(otlp_http: HttpSink) -> None:
    """The program ends by itself."""
    source = "signal.signal(signal.SIGTERM, signal.SIG_IGN)\nset_up()\n"
    ending = READY.replace("+ 20", "+ 0.5")
    assert terminated(source + ending, otlp_http) == (0, "", "")
    assert len(otlp_http.spans()) == 5


def test_a_lock_that_the_signal_interrupts_harms_nothing(otlp_http: HttpSink) -> None:
    """The main thread may be anywhere, in a flush of ours too."""
    source = """
handle = set_up()
print("ready", flush=True)
while True:
    spans(3)
    handle.flush()
"""
    code, _, errors = terminated(source, otlp_http)
    assert (code, errors) == (-signal.SIGTERM, "")


def test_the_first_process_of_a_container_dies_too(otlp_http: HttpSink) -> None:
    """The kernel spares it, with the code of one that it has killed."""
    first = ["unshare", "--user", "--map-root-user", "--pid", "--fork"]
    if shutil.which("unshare") is None or subprocess.run([*first, "true"]).returncode:
        pytest.skip("this system lets us make no process namespace")
    source = """
set_up()
spans(5)
os.kill(os.getpid(), signal.SIGTERM)
print("alive as process", os.getpid())
"""
    command = [*first, sys.executable, "-c", "import os\n" + PIPELINE + SETUP + source]
    ended = subprocess.run([*command, otlp_http.endpoint], capture_output=True, timeout=20)
    assert (ended.returncode, ended.stdout, ended.stderr) == (128 + signal.SIGTERM, b"", b"")
    assert len(otlp_http.spans()) == 5


def test_a_dead_backend_does_not_keep_it_alive(otlp_http: HttpSink) -> None:
    """Five seconds, and it dies."""
    otlp_http.delay_seconds = 30
    code, _, errors = terminated("set_up()" + READY, otlp_http)
    assert code == -signal.SIGTERM
    assert "5 dropped" in errors


def test_helisession_run_handles_it(tmp_path: Path) -> None:
    """What a program that is stopped did is in the store; the exit code says what stopped it."""
    beside = Path(sys.executable).with_name("helisession")
    if not beside.exists():
        pytest.skip("the helisession command is not installed here")
    source = """
import time
from otel_helisession import session, step
with session("Trip"), step("work"): pass
print("ready", flush=True)
time.sleep(20)
"""
    store = tmp_path / "sessions.db"
    command = [str(beside), "run", "--store", str(store), "--", "python", "-c", source]
    program = Popen(command, stdout=PIPE, stderr=PIPE, text=True)
    assert program.stdout is not None
    assert program.stdout.readline() == "ready\n"
    program.send_signal(signal.SIGTERM)
    program.communicate(timeout=15)
    assert program.returncode == 128 + signal.SIGTERM
    with SessionReader(store) as sessions:
        assert sessions.count(name="Trip") == 1


@pytest.fixture
def before() -> Iterator[object]:
    handler = signal.getsignal(signal.SIGTERM)
    yield handler
    signal.signal(signal.SIGTERM, handler)


def test_shutdown_takes_it_back(before: object) -> None:
    """Where nobody has set another one since."""
    handle = configure(exporters=["none"], httpx=False, handle_sigterm=True)
    assert signal.getsignal(signal.SIGTERM) is not before
    handle.shutdown()
    assert signal.getsignal(signal.SIGTERM) is before


def test_off_the_main_thread_it_is_one_warning(
    before: object, caplog: pytest.LogCaptureFixture
) -> None:
    """Python does not let other threads set handlers; all else is set up."""
    caplog.set_level(logging.WARNING)

    def set_up() -> None:
        for _ in range(2):
            configure(exporters=["none"], httpx=False, handle_sigterm=True).shutdown()

    thread = threading.Thread(target=set_up)
    thread.start()
    thread.join(5)
    assert signal.getsignal(signal.SIGTERM) is before
    assert caplog.messages == [
        "SIGTERM is left as it is: it can only be handled from the main thread; call "
        "configure() there"
    ]


def test_the_variable_is_a_switch(monkeypatch: pytest.MonkeyPatch, before: object) -> None:
    """An argument beats it."""
    monkeypatch.setenv("HELISESSION_HANDLE_SIGTERM", "true")
    configure(exporters=["none"], httpx=False, handle_sigterm=False).shutdown()
    assert signal.getsignal(signal.SIGTERM) is before
    handle = configure(exporters=["none"], httpx=False)
    assert signal.getsignal(signal.SIGTERM) is not before
    handle.shutdown()
    monkeypatch.setenv("HELISESSION_HANDLE_SIGTERM", "perhaps")
    with pytest.raises(ValueError, match="HELISESSION_HANDLE_SIGTERM is 'perhaps'"):
        configure(exporters=["none"], httpx=False)
