"""Cables: a network in the kernel's own namespaces, that is dead for a while, or is bad.

Needs root, ``ip`` and, for the bad line, ``tc`` and the kernel's netem.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
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

    def tell(self, side: str, command: str) -> None:
        """Run ``ip COMMAND`` at one side, ``"server"`` or ``"client"``."""
        _ip("-n", self.names[0 if side == "server" else 1], *command.split())

    def netem(self, *arguments: str) -> None:
        """Make the line a bad one."""
        if shutil.which("tc") is None:
            pytest.skip("a bad line needs tc")
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
    if os.geteuid() != 0 or shutil.which("ip") is None:
        pytest.skip("network namespaces need root and ip")
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


FAULTS = {
    "the cable is pulled": (("server", "link set v0 down"), ("server", "link set v0 up")),
    "requests have no way": (
        ("client", f"route add blackhole {SERVER}/32"),
        ("client", f"route del blackhole {SERVER}/32"),
    ),
    "answers have no way": (
        ("server", f"route add blackhole {CLIENT}/32"),
        ("server", f"route del blackhole {CLIENT}/32"),
    ),
    "the host cannot be reached": (
        ("client", f"route add unreachable {SERVER}/32"),
        ("client", f"route del unreachable {SERVER}/32"),
    ),
    "packets go to nobody": (
        ("client", f"neigh replace {SERVER} lladdr 02:00:00:00:00:01 dev v0 nud permanent"),
        ("client", f"neigh del {SERVER} dev v0"),
    ),
    "the address is gone": (
        ("server", f"addr del {SERVER}/24 dev v0"),
        ("server", f"addr add {SERVER}/24 dev v0"),
    ),
}
"""What ``ip`` is told at which side, and how that is taken back: faults that need no netem."""


@pytest.mark.parametrize("fault", FAULTS)
def test_a_line_that_is_dead_for_a_while_loses_nothing(fault: str, cable: Cable) -> None:
    """Packets are gone, mostly without a reset or a refusal. A flush meanwhile is False, in
    time."""
    broken, mended = FAULTS[fault]
    sink = cable.start(0, SINK)
    program = cable.start(1, PROGRAM, _hear(sink))
    try:
        assert _hear(program) == "turn"
        cable.tell(*broken)
        _say(program)
        assert [_hear(program), _hear(program)] == ["False", "turn"]
        cable.tell(*mended)
        _say(program)
        sent = set(_hear(program).split(","))
        _say(sink)
        assert (set(_hear(sink).split(",")), len(sent)) == (sent, 60)
    finally:
        for process in (program, sink):
            process.kill()
            process.communicate()


def test_a_loose_cable_loses_nothing(cable: Cable) -> None:
    """It comes and goes, while spans are on their way."""
    sink = cable.start(0, SINK)
    program = cable.start(1, PROGRAM, _hear(sink))
    try:
        assert _hear(program) == "turn"
        _say(program)
        for turn in range(10):
            cable.tell("server", f"link set v0 {'up' if turn % 2 else 'down'}")
            time.sleep(0.05)
        assert _hear(program) in ("True", "False")
        assert _hear(program) == "turn"
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
