"""What shutdown says is what has happened: after a resend, and behind exporters that hold."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from opentelemetry.sdk.trace import ReadableSpan

from otel_helisession import WholeSessionExporter
from otel_helisession.delivery import dispatcher, resending
from otel_helisession.delivery.outcome import Outcome
from tests.delivery.conftest import Deliver, Flaky, soon
from tests.delivery.test_keeping import Shelf

NAMES = [f"span {number}" for number in range(10)]


class Picky(Flaky):
    """An exporter of ours: refuses ``odd``, and does not take ``late`` now."""

    retries_itself = True

    def deliver(self, spans: list[ReadableSpan]) -> Outcome:
        late = [span for span in spans if span.name == "late"] if self.mood == "picky" else []
        odd = [span for span in spans if span.name == "odd"]
        self.accepted += [span.name for span in spans if span not in (*late, *odd)]
        return Outcome(late, odd, "it is odd" if odd else "")


def test_all_arrived_as_soon_as_the_last_parcel_has(deliver: Deliver, hasty: None) -> None:
    """Not when the spool is looked at next."""
    shelf, exporter = Shelf(), Flaky("fails")
    pipeline = deliver(exporter, spool=shelf, schedule_delay_millis=5, retry_for_seconds=0.2)
    pipeline.end(*NAMES, of="t-1")
    assert soon(lambda: len(shelf.names) == 10)
    exporter.mood = "accepts"
    assert soon(lambda: len(exporter.accepted) == 10 and not shelf.kept)
    assert pipeline.processor.shutdown() is True


def test_a_parcel_of_which_some_may_be_sent_again_is_kept_whole(
    deliver: Deliver, hasty: None
) -> None:
    """What has arrived arrives again, under the same ids; nothing waits on what was not told."""
    shelf, exporter = Shelf(), Picky("picky")
    earlier = deliver(Flaky("fails"), spool=shelf)
    earlier.end("good", "late", of="t-1")
    earlier.processor.shutdown()
    shelf.kept = [("Picky", spans) for _, spans in shelf.kept]
    deliver(exporter, spool=shelf).end("fresh")
    assert soon(lambda: "good" in exporter.accepted)
    assert sorted(shelf.names) == ["good", "late"]
    exporter.mood = "accepts"
    deliver(exporter, spool=shelf).end("fresher")
    assert soon(lambda: not shelf.kept)
    assert {"good", "late"} <= {*exporter.accepted}


@pytest.mark.parametrize("has_spool", [True, False])
def test_kept_sessions_that_do_not_get_through_are_told(
    has_spool: bool, deliver: Deliver, lenient: None
) -> None:
    """The exporter that held them had accepted them; they go to the spool, where there is one."""
    shelf, exporter = Shelf(), Flaky("fails")
    holding = WholeSessionExporter(exporter)
    pipeline = deliver(holding, spool=shelf if has_spool else False)
    pipeline.end(*NAMES, of="t-1")
    assert pipeline.processor.shutdown(1_000) is False
    assert sorted(shelf.names) == (NAMES if has_spool else [])
    assert {destination for destination, _ in shelf.kept} <= {"Flaky"}


def test_what_is_refused_after_it_was_kept_is_a_dead_letter(deliver: Deliver) -> None:
    """With the reason that the exporter behind gives."""
    shelf, exporter = Shelf(), Picky()
    pipeline = deliver(WholeSessionExporter(exporter), spool=shelf)
    pipeline.end("good", "odd", of="t-1")
    assert pipeline.processor.shutdown() is False
    assert (exporter.accepted, shelf.buried) == (["good"], [("Picky", ["odd"], "it is odd")])


def test_an_exporter_that_says_it_has_lost_something_is_believed(deliver: Deliver) -> None:
    """The SDK's own say nothing, which is taken for the best."""

    class Sorry(Flaky):
        def shutdown(self) -> bool:  # type: ignore[override]
            return False

    pipeline = deliver(Sorry())
    pipeline.end("work")
    assert pipeline.processor.shutdown() is False


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch, hasty: None) -> None:
    """The spool is looked through again at once, and its parcels have no time to recover."""
    monkeypatch.setattr(resending, "PAUSE_SECONDS", 0.0)
    monkeypatch.setattr(resending, "LOOK_AGAIN_SECONDS", 0.01)
    monkeypatch.setattr(dispatcher, "BURY_AFTER_SECONDS", 0.0)


def test_what_is_buried_out_of_the_spool_is_told(
    deliver: Deliver, hurried: None, caplog: pytest.LogCaptureFixture
) -> None:
    """By the next flush, once, and by the shutdown: nobody will get it any more."""
    shelf, exporter = Shelf(), Flaky("fails")
    earlier = deliver(exporter, spool=shelf)
    earlier.end("odd", of="t-1")
    earlier.processor.shutdown()
    exporter.mood = lambda spans: all(span.name != "odd" for span in spans)
    pipeline = deliver(exporter, spool=shelf, schedule_delay_millis=5)

    def is_buried() -> bool:
        pipeline.end("good")
        return bool(shelf.buried)

    assert soon(is_buried)
    assert shelf.buried == [("Flaky", ["odd"], "refused, reason unknown")]
    assert soon(lambda: not shelf.kept)
    assert [pipeline.processor.force_flush() for _ in range(2)] == [False, True]
    assert pipeline.processor.shutdown() is False
    assert "1 refused" in caplog.messages[-1]


def test_a_refused_span_of_a_parcel_is_buried_once(deliver: Deliver, hurried: None) -> None:
    """However often the parcel's others have to be tried after it."""
    shelf, exporter = Shelf(), Picky("picky")
    earlier = deliver(Flaky("fails"), spool=shelf)
    earlier.end("good", "odd", "late", of="t-1")
    earlier.processor.shutdown()
    shelf.kept = [("Picky", spans) for _, spans in shelf.kept]
    deliver(exporter, spool=shelf).end("fresh")
    assert soon(lambda: exporter.accepted.count("good") > 2)
    exporter.mood = "accepts"
    assert soon(lambda: not shelf.kept)
    assert shelf.buried == [("Picky", ["odd"], "it is odd")]


def test_what_cannot_be_buried_stays_in_the_spool(deliver: Deliver, hurried: None) -> None:
    """As on a full disk: it is no dead letter yet, and neither lost nor counted as one."""

    class NoRoom(Shelf):
        def bury(self, destination: str, spans: Sequence[ReadableSpan], reason: str) -> bool:
            return not self.is_full and super().bury(destination, spans, reason)

    shelf, exporter = NoRoom(), Picky()
    earlier = deliver(Flaky("fails"), spool=shelf)
    earlier.end("good", "odd", of="t-1")
    earlier.processor.shutdown()
    shelf.kept, shelf.is_full = [("Picky", spans) for _, spans in shelf.kept], True
    deliver(exporter, spool=shelf).end("fresh")
    assert soon(lambda: exporter.accepted.count("good") > 2)
    assert (sorted(shelf.names), shelf.buried) == (["good", "odd"], [])
    shelf.is_full = False
    assert soon(lambda: not shelf.kept)
    assert shelf.buried == [("Picky", ["odd"], "it is odd")]
