"""The same promise, against an existing tool's faults."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from tests.faults import toxiproxy
from tests.faults.conftest import Start
from tests.faults.destinations import Destination
from tests.faults.program import soon, took

TOXICS = {
    "latency": ("latency", "downstream", {"latency": 400, "jitter": 300}),
    "a narrow band": ("bandwidth", "upstream", {"rate": 1}),
    "slow to close": ("slow_close", "downstream", {"delay": 800}),
    "nothing comes": ("timeout", "downstream", {"timeout": 0}),
    "closed after a while": ("timeout", "upstream", {"timeout": 300}),
    "reset": ("reset_peer", "upstream", {"timeout": 0}),
    "reset in the answer": ("reset_peer", "downstream", {"timeout": 50}),
    "small pieces": (
        "slicer",
        "upstream",
        {"average_size": 50, "delay": 500},
    ),
    "cut in the request": ("limit_data", "upstream", {"bytes": 300}),
    "cut in the answer": ("limit_data", "downstream", {"bytes": 15}),
}


@pytest.fixture
def proxy(destination: Destination) -> Iterator[toxiproxy.Toxiproxy]:
    """A toxiproxy before the destination."""
    program = toxiproxy.server()
    if program is None:
        pytest.skip("needs toxiproxy: python -m tests.faults builds it, TOXIPROXY names it")
    with toxiproxy.running(program, destination.port) as made:
        yield made


@pytest.mark.parametrize("toxic", TOXICS)
def test_a_toxic_loses_nothing(
    toxic: str, destination: Destination, proxy: toxiproxy.Toxiproxy, start: Start
) -> None:
    """What is sent before, meanwhile and after arrives, and a flush keeps its deadline."""
    program = start(destination.exporter(proxy.port))
    program.work()
    assert program.processor.force_flush(10_000)
    kind, stream, attributes = TOXICS[toxic]
    proxy.poison(kind, stream, **attributes)
    program.work()
    began = time.monotonic()
    program.processor.force_flush(500)
    assert took(began, 500)
    proxy.cure()
    program.work()
    assert soon(lambda: set(destination.arrived()) == set(program.sent))
    assert not destination.knows_ids or set(destination.arrived().values()) == {1}
    assert program.waits_for_nobody()
    assert soon(lambda: program.processor.force_flush(1_000))
    assert program.processor.shutdown(5_000)
