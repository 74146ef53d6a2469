"""The viewer's answers: lists, names, one session, one span; and to wrong questions."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from otel_helisession.viewer.front_end import front_end
from otel_helisession.viewer.recent import Recent
from tests.recorded import EPOCH, Recorder, store
from tests.viewer.conftest import caught_up

ERROR = ("TimeoutError", "the hotel did not answer")


@pytest.fixture
def three() -> None:
    """Three sessions: ``a`` with a failed tool, ``b`` that costs, and ``c`` without a name."""
    recorder = Recorder()
    plan = recorder.span("plan", session="a", path="/trip", times=(0, 2_000), user__id="ann")
    recorder.llm(session="a", path="/trip", times=(0, 500), parent=plan)
    recorder.tool(
        "hotel", session="a", path="/trip/hotel", times=(500, 2_000), parent=plan, error=ERROR
    )
    later = Recorder(EPOCH + 3_600_000_000_000)
    for cost in (0.25, 0.5):
        later.llm(
            "claude-sonnet-5",
            tokens=(100, 20),
            session="b",
            path="/review",
            times=(0, 100),
            gen_ai__usage__cost=cost,
            helicone__property__team="blue",
        )
    last = Recorder(EPOCH + 7_200_000_000_000)
    last.span("work", session="c", times=(0, 10), helicone__session__name="")
    store([*recorder.take(), *later.take(), *last.take()])
    caught_up()


def ids(viewer: httpx.Client, query: str = "") -> list[str]:
    answer = viewer.get(f"/api/sessions?{query}")
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert found["total"] == len(found["sessions"])
    return [one["id"] for one in found["sessions"]]


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", "cba"),
        ("order=asc", "abc"),
        ("sort=name", "bac"),
        ("sort=duration", "abc"),
        ("sort=requests", "bac"),
        ("sort=tokens", "bac"),
        ("sort=cost", "bca"),
        ("sort=errors", "acb"),
        ("sort=mean&order=asc", "bac"),
        ("sort=p95", "abc"),
        ("sort=user", "acb"),
        ("sort=last_activity", "cba"),
        ("sort=id&order=desc", "cba"),
        ("name=Trip", "ba"),
        ("name=Tri", ""),
        ("unnamed=1", "c"),
        ("user=ann", "a"),
        ("kind=tool", "a"),
        ("kind=llm", "ba"),
        ("model=claude-sonnet-5", "b"),
        ("errors=1", "a"),
        ("errors=0", "cb"),
        ("min_cost=0.5", "b"),
        ("max_cost=0.5", ""),
        ("min_ms=50&max_ms=200", "b"),
        ("since=2026-01-01T01:30:00Z", "c"),
        ("until=2026-01-01T00:30:00Z", "a"),
        (f"since={EPOCH + 1_000_000_000}", "cba"),
        ("since=0001-01-01T00:00:00%2B14:00", "cba"),
        ("until=9999-12-31T23:59:59-14:00", "cba"),
        ("q=&name=Trip&user=", "ba"),
    ],
)
def test_the_list_is_sorted_and_filtered(viewer: httpx.Client, query: str, expected: str) -> None:
    """By each column, the unknown last; among equals the newest first."""
    assert ids(viewer, query) == list(expected)


@pytest.mark.usefixtures("three")
def test_a_page_knows_the_total(viewer: httpx.Client) -> None:
    """So that there can be a scroll bar of the right size."""
    answer = viewer.get("/api/sessions?limit=1&offset=1").json()
    assert (answer["total"], [one["id"] for one in answer["sessions"]]) == (3, ["b"])


@pytest.mark.usefixtures("three")
def test_a_session_in_the_list_has_its_totals(viewer: httpx.Client) -> None:
    """As ``ls --json`` says them, and times to the nanosecond."""
    assert viewer.get("/api/sessions?name=Trip&user=ann").json()["sessions"] == [
        {
            "id": "a",
            "name": "Trip",
            "started": "2026-01-01T00:00:00.000000Z",
            "last_activity": "2026-01-01T00:00:02.000000Z",
            "duration_ms": 2_000.0,
            "user_id": "ann",
            "properties": {},
            "spans": 3,
            "requests": {"llm": 1, "tool": 1, "vector_db": 0, "data": 0},
            "errors": 1,
            "tokens": {
                "input": 10,
                "output": 5,
                "total": 15,
                "cache_read": None,
                "cache_write": None,
                "reasoning": None,
            },
            "cost_usd": None,
            "requests_without_cost": 1,
            "latency_ms": {"mean": 1_000.0, "p95": 1_500.0},
            "models": ["gpt-5-mini"],
            "start_unix_nano": str(EPOCH),
            "end_unix_nano": str(EPOCH + 2_000_000_000),
        }
    ]


@pytest.mark.usefixtures("three")
def test_names_say_how_their_sessions_are_spread(viewer: httpx.Client) -> None:
    """Sessions without a name are one group."""
    answer = viewer.get("/api/names").json()
    trip, unnamed = answer["names"]
    assert answer["total"] == 2
    assert (unnamed["name"], unnamed["sessions"], unnamed["tokens"]["p50"]) == ("", 1, None)
    assert (trip["name"], trip["sessions"], trip["errors"]) == ("Trip", 2, 1)
    duration = trip["duration_ms"]
    histogram = duration.pop("histogram")
    assert duration == {
        "count": 2,
        "total": 2_100.0,
        "mean": 1_050.0,
        "p50": 100.0,
        "p95": 2_000.0,
        "max": 2_000.0,
    }
    assert (histogram[0][0], histogram[-1][1]) == (100.0, 2_000.0)
    assert [number for _, _, number in histogram] == [1, *[0] * (len(histogram) - 2), 1]
    assert trip["cost_usd"]["histogram"] == [[0.75, 0.75, 1]]


@pytest.mark.usefixtures("three")
def test_one_session_comes_in_columns(viewer: httpx.Client) -> None:
    """Every span, in order of start."""
    answer = viewer.get("/api/sessions/a").json()
    rows = [dict(zip(answer["columns"], row, strict=True)) for row in answer["spans"]]
    assert [(row["name"], row["kind"], row["path"]) for row in rows] == [
        ("plan", "structure", "/trip"),
        ("chat gpt-5-mini", "llm", "/trip"),
        ("execute_tool hotel", "tool", "/trip/hotel"),
    ]
    assert [(row["start_ms"], row["end_ms"]) for row in rows] == [(0, 2000), (0, 500), (500, 2000)]
    assert rows[1]["parent"] == rows[2]["parent"] == rows[0]["span_id"]
    assert (rows[2]["counted"], rows[2]["fault"], rows[2]["error_type"]) == (1, 1, "TimeoutError")
    assert answer["session"]["id"] == "a"


@pytest.mark.usefixtures("three")
def test_programs_may_ask_for_paths_and_what_was_waited_for(viewer: httpx.Client) -> None:
    """The page works them out itself, so a session's own answer is without."""
    answer = viewer.get("/api/sessions/a/paths").json()
    assert [(one["path"], one["requests"], one["errors"]) for one in answer["paths"]] == [
        ("/trip", 1, 0),
        ("/trip/hotel", 1, 1),
    ]
    waited = [(one["start_ms"], one["end_ms"]) for one in answer["critical_path"]]
    assert waited == [(0.0, 500.0), (500.0, 2_000.0)]
    assert viewer.get("/api/sessions/none/paths").status_code == 404


@pytest.mark.usefixtures("three")
def test_one_span_says_all_it_said(viewer: httpx.Client) -> None:
    """Attributes as they were, what was understood, and where it came from."""
    row = viewer.get("/api/sessions/b").json()["spans"][0]
    span = viewer.get(f"/api/sessions/b/spans/{row[0]}/{row[1]}").json()
    assert (span["kind"], span["path"], span["cost_usd"]) == ("llm", "/review", row[19])
    assert span["attributes"]["helicone.property.team"] == "blue"
    assert span["resource"] == {"service.name": "tests"}
    assert (span["scope"]["name"], span["session_id"]) == ("tests", "b")
    wrong = viewer.get(f"/api/sessions/a/spans/{row[0]}/{row[1]}")
    assert wrong.status_code == 404


@pytest.mark.parametrize("name", ["a/b", "ü 100% #1?", "../x", "a&b=c", "spans", "<img src=x>"])
def test_a_session_is_found_by_any_id(viewer: httpx.Client, name: str) -> None:
    """People choose ids as they like."""
    recorder = Recorder()
    recorder.llm(session=name)
    store(recorder.take())
    caught_up()
    assert ids(viewer) == [name]
    assert viewer.get(f"/api/sessions/{quote(name, safe='')}").json()["session"]["id"] == name


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("sort=colour", "sort is 'colour'; accepted: cached, cost,"),
        ("order=up", "order is 'up'; accepted: asc, desc"),
        ("limit=0", "limit is 0; accepted: 1 to 1,000"),
        ("limit=x", "limit is 'x'; give a whole number"),
        ("offset=-1", "offset is -1; accepted: 0 to"),
        ("errors=maybe", "errors is 'maybe'; accepted: 1 or 0"),
        ("min_cost=nan", "min_cost is 'nan'; give a number"),
        ("since=yesterday", "since is 'yesterday'; give a time such as"),
        ("since=9999999999999999999999", "since is '9999999999999999999999'; give a time"),
        ("kind=person", "kind is 'person'; accepted: data, llm, tool, vector_db"),
        ("nmae=x", "there is no parameter 'nmae'; accepted: errors, kind,"),
    ],
)
def test_a_wrong_question_is_told_what_is_accepted(
    viewer: httpx.Client, query: str, message: str
) -> None:
    """Instead of an answer to another question."""
    answer = viewer.get(f"/api/sessions?{query}")
    assert answer.status_code == 400
    assert answer.json()["error"].startswith(message)


def test_without_a_store_there_is_nothing(viewer: httpx.Client) -> None:
    """And none is made by looking."""
    about = viewer.get("/api/about").json()
    assert (about["sessions"], about["receivers"]["otlp_http"]) == (0, None)
    listed = viewer.get("/api/sessions").json()
    assert listed == {"version": 0, "total": 0, "sessions": [], "unread": 0}
    assert viewer.get("/api/names").json()["names"] == []


def test_a_store_that_cannot_be_used_is_explained(viewer: httpx.Client, tmp_path: Any) -> None:
    """In the sentence that the command line has for it."""
    (tmp_path / "store").mkdir()
    (tmp_path / "store" / "sessions.db").write_bytes(b"not a database, but long enough" * 40)
    answer = viewer.get("/api/sessions")
    assert (answer.status_code, "is damaged" in answer.json()["error"]) == (503, True)


def test_a_store_that_is_replaced_is_read_anew(viewer: httpx.Client, tmp_path: Any) -> None:
    """Somebody tidied up while the viewer was open."""
    for name in ("first", "second"):
        recorder = Recorder()
        recorder.llm(session=name)
        store(recorder.take())
        assert ids(viewer) == [name]
        for file in (tmp_path / "store").iterdir():
            file.unlink()


@pytest.mark.parametrize("path", ["/", "/names", "/sessions/a/b", "/compare?a=1&b=2"])
def test_every_page_is_the_shell(viewer: httpx.Client, path: str) -> None:
    """Its script reads the address, so that any page can be a bookmark."""
    answer = viewer.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert '<script defer src="/assets/joined/main.' in answer.text


def test_a_page_needs_three_files_which_a_browser_keeps(viewer: httpx.Client) -> None:
    """Their names say what is in them, so that a newer viewer's are asked for anew."""
    joined = re.findall(r'(?:href|src)="(/assets/joined/[^"]+)"', viewer.get("/").text)
    answers = [viewer.get(path) for path in joined]
    assert [one.status_code for one in answers] == [200, 200, 200]
    assert {one.headers["cache-control"] for one in answers} == {
        "public, max-age=31536000, immutable"
    }
    assert [one.headers["content-type"].partition(";")[0] for one in answers] == [
        "text/css",
        "text/javascript",
        "text/javascript",
    ]
    assert answers[2].text == front_end().script
    assert viewer.get("/assets/joined/main.0000.js").status_code == 404


def test_half_a_character_does_not_break_an_answer(viewer: httpx.Client) -> None:
    """Prompts are cut by programs that count bytes."""
    recorder = Recorder()
    recorder.span("\ud800 work", session="s", note="a\ud800b")
    store(recorder.take())
    row = viewer.get("/api/sessions/s").json()["spans"][0]
    span = viewer.get(f"/api/sessions/s/spans/{row[0]}/{row[1]}")
    assert (span.status_code, span.json()["name"]) == (200, "? work")


def test_an_answer_is_made_once_until_the_store_changes() -> None:
    """A long session is looked at again and again."""
    made: list[int] = []

    def make(size: int) -> Callable[[], bytes]:
        return lambda: made.append(size) or b"x" * size  # type: ignore[func-returns-value]

    recent = Recent(max_bytes=10)
    for question, version, size in (("a", 1, 4), ("a", 1, 4), ("b", 1, 4), ("c", 1, 4)):
        assert recent.answer(question, version, make(size)) == b"x" * size
    assert made == [4, 4, 4]
    recent.answer("b", 1, make(5))
    recent.answer("a", 1, make(6))
    recent.answer("b", 2, make(7))
    recent.answer("d", 2, make(11))
    assert made == [4, 4, 4, 6, 7, 11]
