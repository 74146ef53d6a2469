"""Dead letters: readable, bounded, and alive again when somebody wants it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from otel_helisession.spool import moment
from otel_helisession.spool.moment import Moment
from otel_helisession.spool.refusals import Refusals, refusals
from otel_helisession.spool.spool import Spool
from tests.spool.spans import EPOCH, named, names_of, span, take, told


def lines(spool: Spool) -> list[Any]:
    return [json.loads(line) for line in spool.dead_letters.path.read_bytes().splitlines()]


def names(spool: Spool) -> list[str]:
    return [letter.span.name for letter in spool.dead_letters.letters()]


def test_a_line_says_what_people_look_for_first(
    spool: Spool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When, who, why, what; and then all the rest."""
    monkeypatch.setattr(moment, "now", lambda: Moment(EPOCH, "", 0))
    assert spool.bury("helicone", [span("chat", 7, question="Olá 🌊")], "too\nlarge  (413)")
    (said,) = lines(spool)
    assert list(said.items())[:7] == [
        ("time", "2026-01-01T00:00:00.000Z"),
        ("destination", "helicone"),
        ("reason", "too large (413)"),
        ("name", "chat"),
        ("trace_id", "000000000000000000000000000a11ce"),
        ("span_id", "0000000000000007"),
        ("version", 1),
    ]
    assert said["span"]["attributes"] == {"question": "Olá 🌊"}
    assert said["resource"]["attributes"] == {"service.name": "tests"}
    assert "Olá 🌊".encode() in spool.dead_letters.path.read_bytes()


def test_what_is_buried_is_counted(spool: Spool) -> None:
    """And its parcel, once it is done, comes no more until it is revived."""
    spool.keep("helicone", named("a", "b"))
    for parcel in spool.parcels("helicone"):
        assert spool.bury("helicone", parcel.spans, "refused")
        parcel.done()
    assert (take(spool), names(spool), spool.tally.buried) == ([], ["a", "b"], 2)


def test_revived_letters_are_parcels_again(spool: Spool) -> None:
    """The same spans, for the same destination; the others' stay where they are."""
    first, second = span("a", odd=(1, 2.0, True)), span("b")
    spool.bury("helicone", [first, second], "no key")
    spool.bury("otlp", named("theirs"), "no room")
    assert spool.revive("helicone") == 2
    ((one, two),) = take(spool)
    assert (told(one), told(two)) == (told(first), told(second))
    assert names(spool) == ["theirs"]
    assert (spool.revive(), spool.revive(), names(spool)) == (1, 0, [])


def test_letters_that_cannot_be_kept_stay(spool: Spool, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that fills up in between costs nothing."""
    spool.bury("helicone", named("a"), "no key")
    monkeypatch.setattr(spool, "keep", lambda destination, spans: False)
    assert spool.revive() == 0
    assert names(spool) == ["a"]


def test_dropped_letters_are_gone(spool: Spool) -> None:
    """Only those that are meant."""
    spool.bury("helicone", named("a"), "no key")
    spool.bury("otlp", named("b"), "no key")
    assert spool.drop_dead_letters("otlp") == 1
    assert names(spool) == ["a"]


def test_a_line_that_was_cut_costs_itself(spool: Spool) -> None:
    """The next one begins a line of its own; what cannot be read is left for people."""
    spool.bury("helicone", named("a"), "no key")
    with spool.dead_letters.path.open("ab") as file:
        file.write(b'{"time": "2026-01-01T00:00:00.000Z", "destin')
    spool.bury("helicone", named("b"), "no key")
    assert names(spool) == ["a", "b"]
    spool.revive()
    assert spool.dead_letters.path.read_bytes().startswith(b'{"time": "2026-01-01')


def test_a_newer_versions_letter_is_left_alone(spool: Spool) -> None:
    """It is not ours to judge."""
    spool.bury("helicone", named("a"), "no key")
    path = spool.dead_letters.path
    path.write_bytes(path.read_bytes().replace(b'"version":1', b'"version":2'))
    before = path.read_bytes()
    assert (names(spool), spool.drop_dead_letters()) == ([], 0)
    assert path.read_bytes() == before


def test_the_oldest_half_goes_when_they_are_too_many(
    directory: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Both files together keep to the bound; that letters go is said once."""
    spool = Spool(directory, max_bytes=800_000)
    for number in range(60):
        assert spool.bury("helicone", [span(f"{number}", text="x" * 5_000)], "no")
        size = sum(path.stat().st_size for path in directory.glob("dead_letters*.jsonl"))
        assert size <= 100_000
    found = names(spool)
    assert found == [str(number) for number in range(60 - len(found), 60)]
    assert len(found) >= 8
    (record,) = caplog.records
    assert "is full: its 9 oldest dead letters are deleted" in record.getMessage()


def test_refusals_in_short(spool: Spool) -> None:
    """By destination, the newest reasons first, each once."""
    for reason in ("no key", "too large", "no key", "quota", "bad"):
        spool.bury("helicone", named("a"), reason)
    spool.bury("b", named("b", "c"), "bad")
    found = refusals(spool.dead_letters.letters())
    assert [(one.destination, one.spans, one.reasons) for one in found] == [
        ("b", 2, ("bad",)),
        ("helicone", 5, ("bad", "quota", "no key")),
    ]
    assert all(isinstance(one, Refusals) and one.newest.endswith("Z") for one in found)


def test_a_reason_is_short_and_without_keys(spool: Spool) -> None:
    """Servers echo what they were sent."""
    spool.bury("helicone", named("a"), "Bearer sk-helicone-0000000-0000000 " + "x" * 9_000)
    (said,) = lines(spool)
    assert said["reason"].startswith("Bearer [redacted] xxx")
    assert len(said["reason"]) == 500


def test_names_of_letters_are_those_of_spans(spool: Spool) -> None:
    """In the order in which they were buried."""
    spans = named("c", "a", "b")
    spool.bury("helicone", spans, "no")
    assert names(spool) == names_of(spans)
