"""`helisession show`: the tree, the JSON, and which session is meant."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.cli.conftest import Command
from tests.recorded import Recorder, store


def test_the_tree_has_path_kind_model_tokens_and_errors(
    command: Command, trip: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At 80 columns, plain."""
    monkeypatch.setenv("COLUMNS", "80")
    lines = command("show", "s-1").out.splitlines()
    assert lines[0] == "Trip  s-1"
    assert lines[1].endswith(" · 1.50 s · 3 requests (1 llm, 2 tool) · ✗ 1 error")
    assert lines[2:] == [
        "1,200 → 80 tokens · cost unknown",
        "",
        "                                       tokens    ttft    time  0          1.50 s",
        "/trip  3 requests  1 error         1,200 → 80          1.50 s  ─────────────────",
        "├─ /plan  1 request                1,200 → 80          900 ms  ──────────",
        "│  └─ ✓ LLM   gpt-5-mini  openai   1,200 → 80  250 ms  900 ms  ───━━━━━━━",
        "└─ /book  2 requests  1 error                          600 ms            ───────",
        "   └─ /hotel  2 requests  1 error                      500 ms            ───────",
        "      ├─ ✗ TOOL  hotel                                 200 ms            ━━",
        "      │          TimeoutError: the hotel did not answer",
        "      └─ ✓ TOOL  hotel                                 300 ms                ━━━",
    ]


def test_json_has_every_span_in_order(command: Command, trip: None) -> None:
    """And all that each said."""
    found = json.loads(command("show", "--last", "--json").out)
    assert found["session"] == json.loads(command("ls", "--json").out)["sessions"][0]
    assert [(span["kind"], span["path"], span["status"]) for span in found["spans"]] == [
        ("structure", "/trip/plan", "unset"),
        ("llm", "/trip/plan", "unset"),
        ("structure", "/trip/book", "unset"),
        ("tool", "/trip/book/hotel", "error"),
        ("tool", "/trip/book/hotel", "unset"),
    ]
    plan, llm, _, failed, _ = found["spans"]
    assert llm["parent_span_id"] == plan["span_id"]
    assert (llm["model"], llm["provider"], llm["time_to_first_token_ms"]) == (
        "gpt-5-mini",
        "openai",
        250.0,
    )
    assert (llm["tokens"]["total"], llm["cost_usd"], llm["error"]) == (1280, None, None)
    assert llm["attributes"]["gen_ai.operation.name"] == "chat"
    assert failed["tool"] == {"name": "hotel"}
    assert failed["error"] == {"type": "TimeoutError", "message": "the hotel did not answer"}
    assert (failed["started"], failed["duration_ms"]) == ("2026-01-01T00:00:00.900000Z", 200.0)


def test_messages_and_matches_are_in_the_json(command: Command) -> None:
    """As JSON, not as JSON in text."""
    messages = [{"role": "user", "parts": [{"type": "text", "content": "hi"}]}]
    matches = [{"id": 1, "score": 0.5}]
    recorder = Recorder()
    said: dict[str, Any] = {"gen_ai.input.messages": json.dumps(messages)}
    recorder.llm(times=(0, 1), **said)
    recorder.span(
        "search",
        times=(1, 2),
        helicone__vector__operation="search",
        db__collection__name="hotels",
        gen_ai__retrieval__documents=json.dumps(matches),
    )
    store(recorder.take())
    llm, vector = json.loads(command("show", "--last", "--json").out)["spans"]
    assert llm["messages"] == {"input": messages}
    assert vector["vector"] == {"operation": "search", "collection": "hotels", "matches": matches}


def test_values_that_could_not_be_read_are_counted(command: Command) -> None:
    """Below the tree; which they are is in the JSON of each span, with who said what."""
    recorder = Recorder()
    recorder.llm(times=(0, 1), gen_ai__input__messages='[{"role": "us')
    recorder.llm(times=(1, 2))
    store(recorder.take())
    assert command("show", "--last").out.splitlines()[-1] == (
        "1 span has values that could not be read (gen_ai.input.messages); they are kept as they "
        "came: --json"
    )
    torn, whole = json.loads(command("show", "--last", "--json").out)["spans"]
    assert (torn["unread"], whole["unread"]) == (["gen_ai.input.messages"], [])
    assert torn["attributes"]["gen_ai.input.messages"] == '[{"role": "us'
    assert (torn["convention"], torn["provenance"]) == ("genai", {})


def test_a_failed_step_says_why_where_no_request_does(command: Command) -> None:
    """Its own code raised."""
    recorder = Recorder()
    recorder.span("plan", path="/plan", error=("KeyError", "'city'"))
    recorder.llm(path="/plan")
    store(recorder.take())
    lines = command("show", "--last").out.splitlines()
    assert lines[-3].startswith("✗ /plan  1 request  1 error")
    assert lines[-2:] == [
        "  KeyError: 'city'",
        "└─ ✓ LLM  gpt-5-mini  openai  10 → 5  1.0 ms  " + "━" * 40,
    ]


def test_the_start_of_an_id_is_enough(command: Command, trip: None) -> None:
    """If it is one session's."""
    assert command("show", "S").out == command("show", "s-1").out


def test_an_ambiguous_start_lists_the_sessions(command: Command) -> None:
    """With exit code 1."""
    recorder = Recorder()
    for number in range(2):
        recorder.llm(session=f"s-{number}", times=(number, 9))
    store(recorder.take())
    done = command("show", "s-")
    assert (done.code, done.out) == (1, "")
    assert done.err == (
        "Error: 2 sessions start with 's-'; give more of the id:\n  s-1  Trip\n  s-0  Trip\n"
    )


@pytest.mark.parametrize("given", ["s-2", "trip", "1"])
def test_an_unknown_id_lists_near_ones(command: Command, trip: None, given: str) -> None:
    """Alike in spelling, by name, or inside."""
    done = command("show", given)
    assert (done.code, done.out) == (1, "")
    assert done.err == (
        f"Error: no session has an id that starts with '{given}'; near:\n  s-1  Trip\n"
    )


@pytest.mark.parametrize("arguments", [("show",), ("show", "s-1", "--last")])
def test_which_session_must_be_said_once(
    command: Command, trip: None, arguments: tuple[str, ...]
) -> None:
    """Wrong usage exits with 2."""
    done = command(*arguments)
    assert done.code == 2
    assert "give either the ID of a session (see: helisession ls) or --last" in done.err


def test_a_store_that_is_not_there_has_no_last_session(command: Command) -> None:
    """It says what to do."""
    done = command("show", "--last")
    assert (done.code, "try: helisession demo" in done.err) == (1, True)
    assert "there is no store at " in done.err
    assert "there is no store at " in command("show", "x").err


def test_a_call_that_two_spans_describe_is_drawn_once(command: Command) -> None:
    """And the tree says so; the JSON has both."""
    recorder = Recorder()
    outer = recorder.llm(times=(0, 9), gen_ai__response__id="r-1")
    recorder.llm(parent=outer, times=(1, 8), gen_ai__response__id="r-1")
    store(recorder.take())
    out = command("show", "--last").out
    assert out.count(" LLM ") == 1
    assert out.endswith("\n1 span more of calls that are shown once\n")
    spans = json.loads(command("show", "--last", "--json").out)["spans"]
    assert [span["counted"] for span in spans] == [True, False]


@pytest.mark.usefixtures("trip")
def test_paths_have_a_table_of_their_own(command: Command) -> None:
    """Each with its latencies and what the session waited for, and all of them together."""
    said = command("show", "s-1", "--paths").out.splitlines()
    begin = next(place for place, line in enumerate(said) if line.startswith("path "))
    *table, meaning = said[begin:]
    assert [line.split() for line in table] == [
        ["path", "requests", "errors", "p50", "p95", "tokens", "cost", "busy", "waited"],
        *(
            line.split()
            for line in (
                "/trip/plan 1 – 900 ms 900 ms 1,280 – 900 ms 900 ms",
                "/trip/book 0 – – – – – 600 ms 100 ms",
                "/trip/book/hotel 2 1 (50%) 200 ms 300 ms – – 500 ms 500 ms",
                "all together 3 1 (33%) 300 ms 900 ms 1,280 – 1.50 s 1.50 s",
            )
        ),
    ]
    assert meaning == (
        "busy: while any span was open at exactly this path · "
        "waited: what the session could not have ended without"
    )


def test_watching_needs_a_terminal(command: Command) -> None:
    """A pipe cannot be drawn anew."""
    outcome = command("show", "--last", "--watch")
    assert (outcome.code, "--watch draws on a terminal" in outcome.err) == (2, True)
