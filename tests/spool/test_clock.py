"""Clocks jump: nothing fresh is deleted for it, and nothing stays for ever."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from otel_helisession.spool import moment
from otel_helisession.spool.moment import Moment
from otel_helisession.spool.spool import Spool
from otel_helisession.spool.waiting import contents
from tests.spool.spans import named, names_of, take

HOUR = 3_600 * 10**9
DAY = 24 * HOUR
YEAR = 365 * DAY
WEEK_SECONDS = 7 * 86_400


class Clock:
    """Both clocks, set by hand. They begin at the present, for files have that for their date."""

    def __init__(self) -> None:
        self.now = replace(moment.now(), boot="first")

    def __call__(self) -> Moment:
        return self.now

    def pass_time(self, nanos: int) -> None:
        self.now = replace(
            self.now,
            unix_nano=self.now.unix_nano + nanos,
            since_boot_nano=self.now.since_boot_nano + nanos,
        )

    def jump(self, nanos: int) -> None:
        self.now = replace(self.now, unix_nano=self.now.unix_nano + nanos)

    def reboot(self) -> None:
        self.now = replace(self.now, boot="second", since_boot_nano=0)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(moment, "now", made)
    return made


def left(directory: Path) -> list[str]:
    """Have a fresh process keep something for another destination, and say what is left."""
    spool = Spool(directory, max_age_seconds=WEEK_SECONDS)
    assert spool.keep("other", named("new"))
    spool.close()
    return [name for spans in take(spool) for name in names_of(spans)]


@pytest.fixture
def old(directory: Path, clock: Clock) -> Path:
    """A spool in which something was kept just now."""
    spool = Spool(directory, max_age_seconds=WEEK_SECONDS)
    assert spool.keep("helicone", named("old"))
    spool.close()
    return directory


@pytest.mark.parametrize(("days", "expected"), [(0, ["old"]), (6, ["old"]), (8, [])])
@pytest.mark.parametrize("reboot", [False, True])
def test_the_bound_is_an_age(
    old: Path, clock: Clock, days: int, expected: list[str], reboot: bool
) -> None:
    """Across a reboot, too."""
    clock.pass_time(days * DAY)
    if reboot:
        clock.reboot()
    assert left(old) == expected


@pytest.mark.parametrize("years", [1, -1, -60])
def test_setting_the_clock_deletes_nothing(old: Path, clock: Clock, years: int) -> None:
    """A jump of a year, either way, is not a year."""
    clock.jump(years * YEAR)
    assert left(old) == ["old"]


@pytest.mark.parametrize("years", [1, -1])
def test_setting_the_clock_keeps_nothing_for_ever(old: Path, clock: Clock, years: int) -> None:
    """Eight days are eight days, whatever the clock was set to."""
    clock.jump(years * YEAR)
    clock.pass_time(8 * DAY)
    assert left(old) == []


@pytest.mark.parametrize("years", [1, -56])
def test_what_was_kept_by_a_wrong_clock_ages_from_when_it_is_seen(
    directory: Path, clock: Clock, years: int
) -> None:
    """A year ahead, or in 1970 for want of a battery; then it was set right, and a reboot came."""
    clock.jump(years * YEAR)
    Spool(directory, max_age_seconds=WEEK_SECONDS).keep("helicone", named("old"))
    for path in directory.iterdir():
        os.utime(path, ns=(clock.now.unix_nano, clock.now.unix_nano))
    clock.jump(-years * YEAR)
    clock.reboot()
    spool = Spool(directory, max_age_seconds=WEEK_SECONDS)
    assert spool.keep("other", named("new"))
    assert [one.destination for one in contents(directory).waiting] == ["helicone", "other"]
    clock.pass_time(8 * DAY)
    assert left(directory) == []


def test_what_is_too_old_is_offered_once_more(old: Path, clock: Clock) -> None:
    """A machine that was off for a month sends first, and deletes then."""
    clock.pass_time(30 * DAY)
    clock.reboot()
    assert [names_of(spans) for spans in take(Spool(old))] == [["old"]]


def test_what_expires_is_counted_and_said(
    old: Path, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    """Once."""
    clock.pass_time(8 * DAY)
    spool = Spool(old, max_age_seconds=WEEK_SECONDS)
    for _ in range(3):
        spool.keep("helicone", named("new"))
    assert (spool.tally.kept, spool.tally.expired) == (3, 1)
    assert caplog.messages == [
        f"1 spans in the spool {old} are deleted unsent, because they were older than 168 hours. "
        "Further ones are counted, and not reported."
    ]


def test_a_process_that_lives_for_long_lets_its_own_old_spans_go(
    directory: Path, clock: Clock
) -> None:
    """It holds a file for an hour at most."""
    spool = Spool(directory, max_age_seconds=WEEK_SECONDS)
    for _ in range(10):
        assert spool.keep("helicone", named("hourly"))
        clock.pass_time(DAY)
    assert contents(directory).spans == 8  # the oldest of them for seven days, when it was looked
    assert spool.tally.expired == 2


def test_an_age_that_cannot_be_is_unknown() -> None:
    """Without a boot to go by: later than now, or before there was anything of ours."""
    now = Moment(1_767_225_600 * 10**9, "", 5)
    assert replace(now, unix_nano=now.unix_nano - HOUR).age_seconds(now) == 3_600
    assert replace(now, unix_nano=now.unix_nano + HOUR // 2).age_seconds(now) == 0
    assert replace(now, unix_nano=now.unix_nano + DAY).age_seconds(now) is None
    assert Moment(0, "", 0).age_seconds(now) is None


def test_the_present_is_read_from_this_machine() -> None:
    """Time passes by both clocks, in one boot."""
    first, second = moment.now(), moment.now()
    assert first.boot == second.boot
    age = first.age_seconds(second)
    assert age is not None
    assert 0 <= age < 10
