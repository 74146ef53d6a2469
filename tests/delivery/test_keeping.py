"""With a spool: what does not get through is on disk, and is sent again when there is time."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.sdk.trace import ReadableSpan

from otel_helisession.delivery.keeper import Keeper, Parcel
from otel_helisession.processor import SessionSpanProcessor
from otel_helisession.spool.spool import Spool
from tests.delivery.conftest import Deliver, Flaky, soon
from tests.fakes import BlockedExporter

NAMES = [f"span {number}" for number in range(10)]


class Shelf:
    """A keeper in memory; its disk can be full.

    Attributes:
        kept: Destination and names of each parcel.
        buried: The same of each dead letter, with the reason.
        is_full: Whether nothing more can be kept.
    """

    def __init__(self) -> None:
        self.kept: list[tuple[str, list[ReadableSpan]]] = []
        self.buried: list[tuple[str, list[str], str]] = []
        self.is_full = False

    @property
    def names(self) -> list[str]:
        return [span.name for _, spans in self.kept for span in spans]

    def keep(self, destination: str, spans: Sequence[ReadableSpan]) -> bool:
        if not self.is_full:
            self.kept.append((destination, list(spans)))
        return not self.is_full

    def bury(self, destination: str, spans: Sequence[ReadableSpan], reason: str) -> bool:
        self.buried.append((destination, [span.name for span in spans], reason))
        return True

    def parcels(self, destination: str) -> Iterator[Parcel]:
        for entry in list(self.kept):
            if entry[0] == destination:
                yield _Parcel(self, entry)

    def close(self) -> None:
        """Nothing to do."""


class _Parcel:
    def __init__(self, shelf: Shelf, entry: tuple[str, list[ReadableSpan]]) -> None:
        self._shelf, self._entry = shelf, entry
        self.spans = entry[1]

    def done(self) -> None:
        self._shelf.kept.remove(self._entry)

    def put_back(self) -> None:
        """It is still there."""


def test_what_cannot_be_delivered_by_the_end_is_kept(deliver: Deliver) -> None:
    """Spooled is not accepted, and is not lost: shutdown says False, and counts it."""
    shelf, exporter = Shelf(), Flaky("fails")
    pipeline = deliver(exporter, spool=shelf)
    pipeline.end(*NAMES, of="t-1")
    assert pipeline.processor.shutdown() is False
    assert [destination for destination, _ in shelf.kept] == ["Flaky"]
    assert sorted(shelf.names) == NAMES


def test_what_hangs_at_the_end_is_kept(deliver: Deliver, caplog: pytest.LogCaptureFixture) -> None:
    """Nobody knows whether it arrives: better twice than never."""
    shelf, exporter = Shelf(), BlockedExporter()
    pipeline = deliver(exporter, spool=shelf)
    pipeline.end("in flight")
    assert pipeline.processor.force_flush(50) is False
    pipeline.end("queued")
    assert pipeline.processor.shutdown(200) is False
    assert sorted(shelf.names) == ["in flight", "queued"]
    assert caplog.messages[-1] == (
        "BlockedExporter: 0 spans delivered, 0 refused, 0 dropped, 2 kept in the spool"
    )
    exporter.released.set()


def test_an_overflow_is_spilled(deliver: Deliver) -> None:
    """The oldest sessions go to disk, whole, and come back when the destination has time."""
    shelf, exporter = Shelf(), BlockedExporter()
    pipeline = deliver(exporter, spool=shelf, max_queue_size=20, max_export_batch_size=5)
    (queue,) = pipeline.processor._delivery.queues  # type: ignore[union-attr]

    def holds(spans: int) -> bool:
        return soon(lambda: queue.waiting + len(shelf.names) == spans)

    for number in range(1, 11):
        pipeline.end(*["work"] * 5, of=f"t-{number}")  # as many as are passed on at once
        assert holds(5 * number)
    assert soon(lambda: len(shelf.names) == 25)  # 20 wait, 5 are in flight
    assert [len(spans) % 5 for _, spans in shelf.kept] == [0] * len(shelf.kept)
    exporter.released.set()
    assert soon(lambda: len(exporter.spans) == 50 and not shelf.kept)


def test_a_disk_that_hangs_delays_nobody(deliver: Deliver) -> None:
    """It is written to on a thread of its own, which holds as much as a queue, and no more."""
    released = threading.Event()

    class Slow(Shelf):
        def keep(self, destination: str, spans: Sequence[ReadableSpan]) -> bool:
            released.wait(10)
            return super().keep(destination, spans)

    shelf, blocked, alive = Slow(), BlockedExporter(), Flaky()
    pipeline = deliver(blocked, alive, spool=shelf, max_queue_size=20, max_export_batch_size=5)
    for number in range(30):
        pipeline.end(*["work"] * 5, of=f"t-{number}")
        pipeline.processor.force_flush(50)
    assert len(alive.accepted) == 150
    released.set()
    blocked.released.set()
    assert pipeline.processor.shutdown() is False
    assert len(blocked.spans) + len(shelf.names) < 150


def test_what_was_left_is_sent_when_there_is_time(deliver: Deliver, hasty: None) -> None:
    """While fresh spans wait for the rest of their session, and then it is forgotten."""
    shelf, exporter = Shelf(), Flaky("fails")
    earlier = deliver(exporter, spool=shelf)
    earlier.end(*NAMES, of="t-1")
    earlier.processor.shutdown()
    exporter.mood = "accepts"
    later = deliver(exporter, spool=shelf, schedule_delay_millis=5)
    later.end("fresh")
    assert soon(lambda: len(exporter.accepted) == 11 and not shelf.kept)
    assert sorted(exporter.accepted) == ["fresh", *NAMES]
    assert later.processor.shutdown() is True


def test_after_an_outage_the_spool_is_emptied(deliver: Deliver, hasty: None) -> None:
    """What was too old for memory waits on disk; then nothing is missing, and shutdown says so."""
    shelf, exporter = Shelf(), Flaky("fails")
    pipeline = deliver(exporter, spool=shelf, schedule_delay_millis=5, retry_for_seconds=0.2)
    pipeline.end(*NAMES, of="t-1")
    assert soon(lambda: len(shelf.names) == 10)
    assert shelf.buried == []
    exporter.mood = "accepts"
    assert soon(lambda: len(exporter.accepted) == 10 and not shelf.kept)
    assert soon(pipeline.processor.shutdown)


def test_what_is_refused_while_others_are_taken_is_a_dead_letter(
    deliver: Deliver, hasty: None
) -> None:
    """No later day will be better. Nobody knows why."""
    shelf = Shelf()
    exporter = Flaky(lambda spans: all(span.name != "odd" for span in spans))
    pipeline = deliver(exporter, spool=shelf, schedule_delay_millis=5, retry_for_seconds=0.3)
    pipeline.end(*NAMES, "odd", of="t-1")
    assert soon(lambda: bool(shelf.buried))
    assert shelf.buried == [("Flaky", ["odd"], "refused, reason unknown")]
    assert sorted(exporter.accepted) == NAMES


def test_without_room_on_disk_a_loss_is_a_loss(deliver: Deliver) -> None:
    """It is counted as that."""
    shelf = Shelf()
    shelf.is_full = True
    pipeline = deliver(Flaky("fails"), spool=shelf)
    pipeline.end("work")
    assert pipeline.processor.force_flush() is False
    assert pipeline.processor.shutdown() is False
    assert shelf.kept == []


def test_a_spool_that_fails_costs_no_delivery(
    deliver: Deliver, lenient: None, caplog: pytest.LogCaptureFixture
) -> None:
    """Whatever it raises is logged once, and spans go on."""

    class Broken(Shelf):
        def keep(self, destination: str, spans: Sequence[ReadableSpan]) -> bool:
            raise OSError("no such disk")

        def parcels(self, destination: str) -> Iterator[Parcel]:
            raise OSError("no such disk")

    exporter = Flaky()
    pipeline = deliver(exporter, spool=Broken(), schedule_delay_millis=5)
    pipeline.end(*NAMES)
    assert soon(lambda: len(exporter.accepted) == 10)
    assert pipeline.processor.force_flush() is True
    assert len([message for message in caplog.messages if "the spool's" in message]) == 1


def test_the_spool_is_a_keeper(deliver: Deliver, hasty: None, tmp_path: Path) -> None:
    """The one of this package: what one process leaves, the next one delivers."""
    exporter = Flaky("fails")
    earlier = deliver(exporter, spool=tmp_path / "spool")
    earlier.end(*NAMES, of="t-1")
    assert earlier.processor.shutdown() is False
    assert isinstance(Spool(tmp_path / "spool"), Keeper)
    exporter.mood = "accepts"
    later = deliver(exporter, spool=str(tmp_path / "spool"), schedule_delay_millis=5)
    later.end("fresh")
    assert soon(lambda: len(exporter.accepted) == 11)
    assert later.processor.shutdown() is True
    assert list(Spool(tmp_path / "spool").parcels("Flaky")) == []


def test_the_variable_names_a_spool(
    monkeypatch: pytest.MonkeyPatch, deliver: Deliver, tmp_path: Path
) -> None:
    """A directory, or a switch; False, given in code, beats it."""
    monkeypatch.setenv("HELISESSION_SPOOL", str(tmp_path / "spool"))
    pipelines = [deliver(Flaky("fails")), deliver(Flaky("fails"), spool=False)]
    for pipeline in pipelines:
        pipeline.end("work")
        pipeline.processor.shutdown()
    assert [len(parcel.spans) for parcel in Spool(tmp_path / "spool").parcels("Flaky")] == [1]


@pytest.mark.parametrize("wrong", [7, object()], ids=["a number", "an object"])
def test_a_spool_is_a_place_or_a_spool(wrong: Any) -> None:
    """Anything else raises where it was given."""
    with pytest.raises(TypeError, match="spool takes a directory"):
        SessionSpanProcessor(Flaky(), spool=wrong)
