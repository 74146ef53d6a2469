"""Cables: a network in the kernel's own namespaces, whose link goes down, or is bad.

Needs root, ``ip`` and, for the bad link, the kernel's netem.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = str(Path(__file__).parents[2])

SERVER, CLIENT = "10.213.7.1", "10.213.7.2"  # private, and in namespaces of their own

SINK = """
import sys
from tests.servers import echo, otlp
from http.server import ThreadingHTTPServer
echo.ThreadingHTTPServer = lambda address, handler: ThreadingHTTPServer(("{server}", 0), handler)
with otlp.HttpSink() as sink:
    print(sink.http.port, flush=True)
    sys.stdin.readline()
    print(*{{span.name for span in sink.spans()}}, sep=",", flush=True)
"""

PROGRAM = """
import sys, time
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from tests.faults.program import Program, soon, took

program = Program(OTLPSpanExporter("http://{server}:" + sys.argv[1] + "/v1/traces", timeout=1))
program.name = "search."

def turn():
    print("turn", flush=True)
    sys.stdin.readline()

program.work()
assert program.processor.force_flush(20_000), "before"
turn()
program.work()
began = time.monotonic()
flushed = program.processor.force_flush(500)
assert took(began, 500), "the flush was late"
print(flushed)
turn()
program.work()
assert soon(lambda: program.processor.force_flush(5_000), seconds=30), "after"
assert program.waits_for_nobody(), max(program.seconds)
print(*program.sent, sep=",", flush=True)
"""


class Cable:
    """Two namespaces and a cable between them."""

    def __init__(self) -> None:
        self.names = [f"helisession-{os.getpid()}-{side}" for side in ("server", "client")]
        for name in self.names:
            _ip("netns", "add", name)
        server, client = self.names
        _ip("-n", server, "link", "add", "v0", "type", "veth", "peer", "v0", "netns", client)
        for name, address in zip(self.names, (SERVER, CLIENT), strict=True):
            _ip("-n", name, "addr", "add", f"{address}/24", "dev", "v0")
            _ip("-n", name, "link", "set", "v0", "up")

    def plug(self, direction: str) -> None:
        """Plug the cable in (``"up"``) or out (``"down"``), at the server's side."""
        _ip("-n", self.names[0], "link", "set", "v0", direction)

    def netem(self, *arguments: str) -> None:
        """Make the line a bad one."""
        command = ["tc", "-n", self.names[0], "qdisc", "add", "dev", "v0", "root", "netem"]
        done = subprocess.run([*command, *arguments], capture_output=True, text=True)
        if done.returncode:
            pytest.skip(f"this kernel has no netem: {done.stderr.strip()}")

    def mend(self) -> None:
        """Make it a good one again."""
        command = ["tc", "-n", self.names[0], "qdisc", "del", "dev", "v0", "root"]
        subprocess.run(command, check=True)

    def start(self, side: int, source: str, *arguments: str) -> subprocess.Popen[str]:
        """Start a program at one side."""
        command = ["ip", "netns", "exec", self.names[side], sys.executable, "-c"]
        return subprocess.Popen(
            [*command, source.format(server=SERVER), *arguments],
            env={**os.environ, "PYTHONPATH": ROOT},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def remove(self) -> None:
        for name in self.names:
            subprocess.run(["ip", "netns", "del", name], capture_output=True)


def _ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True, capture_output=True, timeout=10)


@pytest.fixture
def cable() -> Iterator[Cable]:
    if os.geteuid() != 0 or shutil.which("ip") is None or shutil.which("tc") is None:
        pytest.skip("network namespaces need root, ip and tc")
    try:
        made = Cable()
    except subprocess.CalledProcessError as error:
        pytest.skip(f"no network namespaces here: {error.stderr.decode().strip()}")
    yield made
    made.remove()


def _say(program: subprocess.Popen[str]) -> None:
    assert program.stdin is not None
    program.stdin.write("\n")
    program.stdin.flush()


def _hear(program: subprocess.Popen[str]) -> str:
    assert program.stdout is not None
    return program.stdout.readline().strip()


def test_a_cable_that_is_pulled_and_put_back_loses_nothing(cable: Cable) -> None:
    """No reset, no refusal: packets are gone. A flush meanwhile is False, in time."""
    sink = cable.start(0, SINK)
    program = cable.start(1, PROGRAM, _hear(sink))
    try:
        assert _hear(program) == "turn"
        cable.plug("down")
        _say(program)
        assert [_hear(program), _hear(program)] == ["False", "turn"]
        cable.plug("up")
        _say(program)
        sent = set(_hear(program).split(","))
        _say(sink)
        assert (set(_hear(sink).split(",")), len(sent)) == (sent, 60)
    finally:
        for process in (program, sink):
            process.kill()
            process.communicate()


@pytest.mark.parametrize("fault", ["delay 300ms 100ms", "loss 20%", "corrupt 10%", "duplicate 30%"])
def test_a_bad_line_loses_nothing(fault: str, cable: Cable) -> None:
    """Packets that are late, lost, damaged or doubled."""
    sink = cable.start(0, SINK)
    program = cable.start(1, PROGRAM, _hear(sink))
    try:
        assert _hear(program) == "turn"
        cable.netem(*fault.split())
        _say(program)
        assert _hear(program) in ("True", "False")
        assert _hear(program) == "turn"
        cable.mend()
        _say(program)
        sent = set(_hear(program).split(","))
        _say(sink)
        assert (set(_hear(sink).split(",")), len(sent)) == (sent, 60)
    finally:
        for process in (program, sink):
            process.kill()
            process.communicate()
