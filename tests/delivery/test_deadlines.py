"""flush and shutdown keep their time, whatever the exporter does, and tell the truth."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from opentelemetry.sdk.trace import TracerProvider

from otel_helisession import configure, flush_after
from otel_helisession.configuration import Handle
from otel_helisession.processor import SessionSpanProcessor
from tests.delivery.conftest import Deliver
from tests.fakes import KeepingExporter

MILLIS = [100, 1_000]


class Hanging(KeepingExporter):
    """Hangs in one of its methods."""

    def __init__(self, method: str) -> None:
        super().__init__()
        self.released = threading.Event()
        setattr(self, method, self._hang)

    def _hang(self, *_: Any, **__: Any) -> bool:
        self.released.wait(10)
        return True


@pytest.fixture
def hanging() -> Iterator[Callable[[str], Hanging]]:
    """``hanging("export")`` returns an exporter that hangs there until the test ends."""
    made: list[Hanging] = []

    def make(method: str) -> Hanging:
        made.append(Hanging(method))
        return made[-1]

    yield make
    for exporter in made:
        exporter.released.set()


def timed(action: Callable[[int], Any], millis: int) -> Any:
    """Return what *action* does, when it kept its time: to within a tenth, or 100 ms.

    Counted from when a thread that just sleeps as long has woken: a machine that is busy with
    other things is late with that, too.
    """
    woken: list[float] = []

    def sleep() -> None:
        time.sleep(millis / 1_000)
        woken.append(time.monotonic())

    sleeper = threading.Thread(target=sleep)
    sleeper.start()
    result = action(millis)
    ended = time.monotonic()
    sleeper.join()
    late = (ended - woken[0]) * 1_000
    assert late <= max(100.0, millis / 10), f"{late:.0f} ms too late"
    return result


@pytest.mark.parametrize("millis", MILLIS)
@pytest.mark.parametrize("method", ["export", "force_flush"])
def test_a_flush_keeps_its_deadline(
    deliver: Deliver, hanging: Callable[[str], Hanging], method: str, millis: int
) -> None:
    """Exporters that hang in export, or in a flush of their own that ignores its timeout."""
    pipeline = deliver(hanging(method), hanging(method))
    pipeline.end("work")
    assert timed(pipeline.processor.force_flush, millis) is False


@pytest.mark.parametrize("millis", MILLIS)
@pytest.mark.parametrize("method", ["export", "shutdown"])
def test_a_shutdown_keeps_its_deadline(
    deliver: Deliver, hanging: Callable[[str], Hanging], method: str, millis: int
) -> None:
    """Exporters that hang in export, and there are several of them, or in shutdown."""
    pipeline = deliver(hanging(method), hanging(method))
    pipeline.end("work")
    assert timed(pipeline.processor.shutdown, millis) is (method == "shutdown")


@pytest.mark.parametrize("millis", MILLIS)
def test_the_handle_keeps_its_deadlines(hanging: Callable[[str], Hanging], millis: int) -> None:
    """And says what came of it."""
    provider = TracerProvider(shutdown_on_exit=False)
    handle = configure(exporters=[hanging("export")], tracer_provider=provider, httpx=False)
    provider.get_tracer("tests").start_span("work").end()
    assert timed(handle.flush, millis) is False
    assert timed(handle.shutdown, millis) is False


def test_a_full_queue_is_passed_on_in_time(
    deliver: Deliver, hanging: Callable[[str], Hanging]
) -> None:
    """Thousands of spans that are still to be finished do not make a flush late."""
    pipeline = deliver(hanging("export"), max_queue_size=5_000)
    for number in range(100):
        pipeline.end(*["work"] * 45, of=f"t-{number}")
    assert timed(pipeline.processor.force_flush, 50) is False


def test_a_flush_under_load_ends(deliver: Deliver) -> None:
    """It waits for what had ended when it was called, not for what ends meanwhile."""
    pipeline = deliver(KeepingExporter(), schedule_delay_millis=1)
    stop = threading.Event()

    def work() -> None:
        while not stop.wait(0.0005):
            pipeline.end("work")

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    started = time.monotonic()
    flushed = pipeline.processor.force_flush(5_000)
    stop.set()
    for thread in threads:
        thread.join()
    assert flushed is True
    assert time.monotonic() - started < 2


def test_two_threads_may_shut_down(deliver: Deliver) -> None:
    """The second waits for the first, and both hear the same."""
    pipeline = deliver(KeepingExporter())
    pipeline.end(*["work"] * 100)
    told: list[bool] = []
    threads = [
        threading.Thread(target=lambda: told.append(pipeline.processor.shutdown()))
        for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(5)
    assert told == [True, True]


def test_a_handle_without_exporters_has_nothing_to_wait_for() -> None:
    """It is true at once."""
    handle = Handle(None, SessionSpanProcessor(), (), ())
    assert (handle.flush(0), handle.shutdown(0)) == (True, True)


@pytest.mark.parametrize("millis", [float("inf"), 1e300, 10**400])
def test_any_time_may_be_given(deliver: Deliver, millis: Any) -> None:
    """Without end, too: no lock can wait that long, which is no matter of the caller's."""
    pipeline = deliver(KeepingExporter())
    pipeline.end("work")
    assert pipeline.processor.force_flush(millis) is True
    assert pipeline.processor.shutdown(millis) is True


def test_a_function_gets_its_result_whatever_time_a_flush_has() -> None:
    """Nothing of the flush fails it."""
    assert flush_after(timeout_millis=1e300)(lambda: 7)() == 7
