"""Spool: what is kept comes back, in order, until it is settled; bounds cost the oldest."""

from __future__ import annotations

import logging
import stat
import threading
from pathlib import Path
from typing import Any

import pytest

from otel_helisession.finishing import finish
from otel_helisession.spool import payload
from otel_helisession.spool.location import spool_directory
from otel_helisession.spool.spool import Spool
from tests.spool.spans import named, names_of, span, take, told


def names(spool: Spool, destination: str = "helicone") -> list[list[str]]:
    return [names_of(spans) for spans in take(spool, destination)]


def test_parcels_come_back_as_they_were_and_once(spool: Spool) -> None:
    """In order; then there is nothing left, not even a file."""
    first, second = named("plan", "book"), named("pay")
    assert spool.keep("helicone", first)
    assert spool.keep("helicone", second)
    assert [[told(one) for one in spans] for spans in take(spool)] == [
        [told(one) for one in first],
        [told(one) for one in second],
    ]
    assert take(spool) == []
    assert list(spool.directory.iterdir()) == []


def test_each_destination_has_its_own(spool: Spool) -> None:
    """However it is called."""
    for destination in ("helicone", "OTLPSpanExporter https://example.com/v1/traces", "größe\n/.."):
        assert spool.keep(destination, named(destination))
    assert names(spool, "größe\n/..") == [["größe\n/.."]]
    assert names(spool, "helicone") == [["helicone"]]
    assert names(spool, "unknown") == []


def test_nothing_is_made_before_something_is_kept(directory: Path) -> None:
    """A program whose destinations answer leaves no trace of a spool."""
    spool = Spool(directory)
    assert spool.keep("helicone", [])
    assert spool.bury("helicone", [], "nothing")
    assert (take(spool), spool.revive()) == ([], 0)
    spool.close()
    assert not directory.exists()


def test_a_parcel_that_was_put_back_comes_again(spool: Spool) -> None:
    """In this process or another; one that is done does not."""
    for name in ("a", "b", "c", "d"):
        spool.keep("helicone", named(name))
    parcels = spool.parcels("helicone")
    next(parcels).done()
    next(parcels).put_back()
    next(parcels)  # forgotten, which is the same
    next(parcels).done()
    assert list(parcels) == []
    assert names(Spool(spool.directory)) == [["b"], ["c"]]


def test_an_iterator_that_is_closed_gives_back_what_it_had(spool: Spool) -> None:
    """What was done by then is done."""
    for name in ("a", "b", "c"):
        spool.keep("helicone", named(name))
    parcels = spool.parcels("helicone")
    next(parcels).done()
    next(parcels)
    parcels.close()  # type: ignore[attr-defined]
    assert names(spool) == [["b"], ["c"]]


def test_a_parcel_is_settled_before_the_next(spool: Spool) -> None:
    """Afterwards it is another process's, and to say that it is done would be wrong."""
    spool.keep("helicone", named("a"))
    (parcel,) = spool.parcels("helicone")
    with pytest.raises(RuntimeError, match="put back"):
        parcel.done()
    assert repr(parcel) == "Parcel('helicone', 1 spans, put back)"


def test_what_is_claimed_is_claimed_once(spool: Spool) -> None:
    """Two that ask at the same time share the work."""
    spool.keep("helicone", named("a"))
    first = spool.parcels("helicone")
    parcel = next(first)
    assert names(Spool(spool.directory)) == []
    assert names(spool) == []
    parcel.done()
    assert list(first) == []


def test_spans_that_are_kept_meanwhile_wait_for_the_next_look(spool: Spool) -> None:
    """They go to a new file, so that an iteration ends."""
    spool.keep("helicone", named("a"))
    parcels = spool.parcels("helicone")
    next(parcels).done()
    spool.keep("helicone", named("b"))
    assert list(parcels) == []
    assert names(spool) == [["b"]]


def test_a_look_that_comes_to_nothing_leaves_no_more_files(spool: Spool) -> None:
    """As when a destination is down for days: what is kept meanwhile goes on in one file."""
    for number in range(10):
        spool.keep("helicone", named(str(number)))
        parcels = spool.parcels("helicone")
        next(parcels).put_back()
        parcels.close()
    assert len(list(spool.directory.iterdir())) <= 2
    assert names(spool) == [[str(number)] for number in range(10)]


def test_files_are_private(spool: Spool) -> None:
    """Prompts are in them: 0600, in a directory 0700, whatever the umask."""
    spool.keep("helicone", named("a"))
    spool.bury("helicone", named("b"), "refused")
    modes = {stat.S_IMODE(path.stat().st_mode) for path in spool.directory.iterdir()}
    assert modes == {0o600}
    assert stat.S_IMODE(spool.directory.stat().st_mode) == 0o700


def test_a_directory_that_is_there_keeps_its_mode(directory: Path) -> None:
    """It may be somebody else's: only the files are ours."""
    directory.mkdir(mode=0o755)
    Spool(directory).keep("helicone", named("a"))
    assert stat.S_IMODE(directory.stat().st_mode) == 0o755
    (file,) = directory.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


KEY = "sk-helicone-0000000-0000000-0000000-0000000"


def test_no_key_is_in_the_files(spool: Spool) -> None:
    """finish() has masked it before spans get here; a reason is masked here."""
    one = finish(
        span(
            "chat",
            question=f"my key is {KEY}",
            http__request__header__authorization=f"Bearer {KEY}",
            url=f"https://user:{KEY}@example.com/?api_key={KEY}",
        ),
        None,
        (),
    )
    spool.keep("helicone", [one])
    spool.bury("helicone", [one], f"401: {KEY} is unknown")
    written = b"".join(path.read_bytes() for path in spool.directory.iterdir())
    (parcel,) = spool.parcels("helicone")
    assert b"0000000-0000000" not in written + repr(told(parcel.spans[0])).encode()
    assert b"[redacted] is unknown" in written


def test_the_oldest_go_when_it_is_full(
    directory: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whole parcels, counted, and said once; the newest stay."""
    monkeypatch.setattr(payload, "_LEVEL", 0)
    spool = Spool(directory, max_bytes=100_000)
    for number in range(40):
        assert spool.keep("helicone", [span(f"{number}", text="x" * 10_000)])
        used = sum(path.stat().st_size for path in directory.iterdir())
        assert used <= 100_000
    left = [int(one) for parcel in names(spool) for one in parcel]
    assert left == list(range(40 - len(left), 40))
    assert len(left) >= 8
    assert spool.tally.evicted == 40 - len(left)
    (record,) = caplog.records
    assert "deleted unsent, because they had to make room" in record.getMessage()


def test_a_parcel_larger_than_the_spool_is_not_kept(
    directory: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That is said, and nothing else is lost for it but what had to make room."""
    monkeypatch.setattr(payload, "_LEVEL", 0)
    spool = Spool(directory, max_bytes=100_000)
    assert not spool.keep("helicone", [span(text="x" * 200_000)])
    assert "has no room for a parcel of 200," in caplog.messages[0]
    assert spool.keep("helicone", named("a"))


def test_threads_keep_at_once(spool: Spool) -> None:
    """Every parcel is whole."""

    def keep(place: int) -> None:
        for number in range(20):
            assert spool.keep(f"d{place % 2}", named(f"{place}.{number}", "end"))

    threads = [threading.Thread(target=keep, args=(place,)) for place in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = names(spool, "d0") + names(spool, "d1")
    assert sorted(found) == sorted([f"{p}.{n}", "end"] for p in range(4) for n in range(20))


def test_a_directory_that_is_deleted_is_made_again(spool: Spool) -> None:
    """What is kept afterwards is not written into a file that is gone."""
    spool.keep("helicone", named("a"))
    for path in spool.directory.iterdir():
        path.unlink()
    spool.directory.rmdir()
    assert spool.keep("helicone", named("b"))
    assert names(spool) == [["b"]]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"max_bytes": 10}, "max_bytes is 10; it must be at least 65,536"),
        ({"max_bytes": True}, "max_bytes is True"),
        ({"max_age_seconds": 0}, "max_age_seconds is 0; it must be above 0"),
        ({"directory": ""}, "the spool is empty; give a directory"),
    ],
)
def test_bounds_that_make_no_sense_are_refused(options: dict[str, Any], message: str) -> None:
    """When the spool is made, not when it is needed."""
    with pytest.raises(ValueError, match=message):
        Spool(**options)


def test_where_it_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Argument, then environment, then the user's data directory."""
    assert spool_directory() == tmp_path / "data" / "helisession" / "spool"
    monkeypatch.setenv("HELISESSION_SPOOL", "~/spooled")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert spool_directory() == tmp_path / "spooled"
    assert spool_directory(tmp_path / "given") == tmp_path / "given"
    with pytest.raises(TypeError, match="not int"):
        spool_directory(3)  # type: ignore[arg-type]


def test_a_fault_of_ours_costs_the_spans_only(
    spool: Spool, monkeypatch: pytest.MonkeyPatch, lenient: None, caplog: pytest.LogCaptureFixture
) -> None:
    """keep() and bury() say False, and the program goes on."""

    def fail(*_: Any) -> bytes:
        raise KeyError("bug")

    monkeypatch.setattr(payload, "pack", fail)
    assert not spool.keep("helicone", named("a"))
    assert [record.levelno for record in caplog.records] == [logging.ERROR]
