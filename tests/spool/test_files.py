"""A file that was cut, damaged, or written by another version: what is whole is read."""

from __future__ import annotations

import os
import struct
from collections.abc import Sequence
from pathlib import Path

import pytest

from otel_helisession.spool import records, segment
from otel_helisession.spool.moment import Moment, now
from otel_helisession.spool.records import Header, parse_header
from otel_helisession.spool.spool import Spool
from tests.spool.spans import named, names_of, take

PARCELS = [["a"], ["b", "c"], ["d"]]


@pytest.fixture
def file(directory: Path) -> Path:
    """A file with three parcels, as a process left it that is gone."""
    spool = Spool(directory)
    for parcel in PARCELS:
        assert spool.keep("helicone", named(*parcel))
    spool.close()
    (path,) = directory.iterdir()
    return path


def read(data: bytes) -> tuple[list[int], int]:
    """Return the span counts of what can be read, and how many stretches are damaged."""
    header = parse_header(data)
    if header is None:
        return [], 1
    parcels, damaged = segment.pending(data, header.size)
    return [parcel.spans for parcel in parcels], damaged


def ends(data: bytes) -> list[int]:
    """Return where the header and each record end."""
    header = parse_header(data)
    assert header is not None
    found = [record for record in records.scan(data, header.size) if record is not None]
    return [header.size] + [
        record.offset + records.OVERHEAD + len(record.content) for record in found
    ]


def test_a_file_cut_at_any_byte_gives_what_is_before_the_cut(file: Path) -> None:
    """Every single length that the file had while it was written."""
    data = file.read_bytes()
    limits = ends(data)
    for length in range(limits[0], len(data) + 1):
        whole = sum(1 for end in limits[1:] if end <= length)
        torn = 0 if length in limits else 1
        assert read(data[:length]) == ([1, 2, 1][:whole], torn), length
    for length in range(limits[0]):
        assert read(data[:length]) == ([], 1), length


def test_a_flipped_byte_costs_at_most_its_record(file: Path) -> None:
    """Each byte of the file in turn, all its bits; nothing wrong is ever returned."""
    data = file.read_bytes()
    limits = ends(data)
    for place in range(limits[0], len(data)):
        flipped = data[:place] + bytes([data[place] ^ 0xFF]) + data[place + 1 :]
        hit = sum(1 for end in limits[1:] if end <= place)
        assert read(flipped) == ([1, 2, 1][:hit] + [1, 2, 1][hit + 1 :], 1), place


def test_a_torn_end_is_skipped_counted_and_said(
    file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """By the spool itself; the file goes when the rest has been sent."""
    file.write_bytes(file.read_bytes()[:-5])
    spool = Spool(file.parent)
    assert [names_of(spans) for spans in take(spool)] == PARCELS[:2]
    assert spool.tally.damaged == 1
    assert "is damaged in 1 places" in caplog.messages[0]
    assert not file.exists()


@pytest.mark.parametrize("rest", [bytes(10_000), b"\xf1HSR" * 500, b"HSPOOL\r\n\x00\x01"])
def test_what_a_stopped_machine_leaves_behind_is_skipped(file: Path, rest: bytes) -> None:
    """Blocks of zeros, or of another file, at the end: one stretch of damage."""
    assert read(file.read_bytes() + rest) == ([1, 2, 1], 1)


def test_a_torn_file_can_be_marked_and_read_on(file: Path) -> None:
    """What is appended behind a torn end holds."""
    file.write_bytes(file.read_bytes()[:-5])
    parcels = Spool(file.parent).parcels("helicone")
    next(parcels).done()
    parcels.close()  # type: ignore[attr-defined]
    assert [names_of(spans) for spans in take(Spool(file.parent))] == PARCELS[1:2]


@pytest.mark.parametrize("data", [b"", b"HSPOOL", b"x" * 5_000, bytes(5_000)])
def test_a_file_without_a_header_is_nobodys(directory: Path, data: bytes) -> None:
    """It holds back nothing."""
    directory.mkdir()
    (directory / "000-1-0000.spool").write_bytes(data)
    spool = Spool(directory)
    assert spool.keep("helicone", named("a"))
    assert [names_of(spans) for spans in take(spool)] == [["a"]]


def newer(file: Path) -> None:
    data = bytearray(file.read_bytes())
    struct.pack_into(">H", data, 8, 7)
    file.write_bytes(data)


def test_a_newer_version_is_refused_with_a_sentence(
    file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """And left alone: neither read, nor deleted for being the oldest."""
    newer(file)
    spool = Spool(file.parent, max_age_seconds=1e-9)
    assert take(spool) == []
    assert spool.keep("helicone", named("new"))
    assert caplog.messages == [
        f"{file} was written by a newer otel-helisession (spool version 7; this one reads up to "
        "1); upgrade otel-helisession, or delete the file"
    ]
    assert file.exists()


def test_the_number_of_the_version_stays_where_it_is(file: Path) -> None:
    """What follows it may be laid out in any way by then."""
    newer(file)
    assert parse_header(file.read_bytes()[:18]) == Header(7, "", Moment(0, "", 0), 0)


def test_an_older_version_is_read(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """There is none yet, so this is how a later release sees what this one has written."""
    monkeypatch.setattr(records, "VERSION", 2)
    assert [names_of(spans) for spans in take(Spool(file.parent))] == PARCELS


def test_a_process_killed_while_it_began_a_file_leaves_no_rest(directory: Path) -> None:
    """An unfinished file is swept after a while, not while somebody may be at it."""
    directory.mkdir()
    old, fresh = directory / "1.new", directory / "2.new"
    for path in (old, fresh):
        path.write_bytes(b"HSP")
    minutes_ago = now().unix_nano - 120 * 10**9
    os.utime(old, ns=(minutes_ago, minutes_ago))
    Spool(directory).keep("helicone", named("a"))
    assert (old.exists(), fresh.exists()) == (False, True)


def test_a_false_beginning_inside_a_parcel_is_not_followed() -> None:
    """Bytes that look like a record do not count without their checksums."""
    header = records.file_header("helicone", now())
    inner = records.record(records.PARCEL, 9, b"inner")[:-1] + b"?"
    data = header + records.record(records.PARCEL, 1, inner + bytes(40)) + b"torn"
    assert read(data) == ([1], 1)


def test_marks_settle_only_what_they_name() -> None:
    """A mark for a place where no parcel is settles nothing."""
    header = records.file_header("helicone", now())
    parts: Sequence[bytes] = (
        records.record(records.PARCEL, 1, b"one"),
        records.record(records.DONE, 0, records.offset_content(5)),
        records.record(records.DONE, 0, b"short"),
        records.record(b"?", 0, b"of a later release"),
    )
    assert read(header + b"".join(parts)) == ([1], 0)
