"""What is exported is what is read: rows, details, and spans without a session."""

from __future__ import annotations

import json
from typing import Any

import pytest
from opentelemetry.sdk.trace.export import SpanExportResult

from otel_helisession.cli import main
from otel_helisession.store.reader import SessionReader
from otel_helisession.store.row import SpanRow
from tests.recorded import EPOCH, Recorder, exporting, store

MESSAGES = [{"role": "user", "parts": [{"type": "text", "content": "Olá 🌊\x1b[31m"}]}]


def read_one(session: str = "s-1") -> SpanRow:
    with SessionReader() as reader:
        (row,) = reader.spans(session)
    return row


def test_an_llm_span_comes_back_in_every_column() -> None:
    """All that lists and trees need is in the row."""
    recorder = Recorder()
    span = recorder.llm(
        path="/trip/plan",
        times=(5, 255),
        **{
            "gen_ai.response.id": "r-1",
            "gen_ai.response.model": "gpt-5-mini-2025",
            "gen_ai.usage.cost": 0.25,
            "gen_ai.usage.cache_read.input_tokens": 3,
            "gen_ai.response.time_to_first_chunk": 0.125,
            "user.id": "u-1",
        },
    )
    store(recorder.take())
    context = span.get_span_context()
    assert read_one() == SpanRow(
        trace_id=f"{context.trace_id:032x}",
        span_id=f"{context.span_id:016x}",
        parent_span_id=None,
        session_id="s-1",
        session_name="Trip",
        path="/trip/plan",
        name="chat gpt-5-mini",
        kind="llm",
        convention="genai",
        operation="chat",
        target=None,
        start_unix_nano=EPOCH + 5_000_000,
        end_unix_nano=EPOCH + 255_000_000,
        status="unset",
        error_type=None,
        error_message=None,
        model="gpt-5-mini-2025",
        provider="openai",
        response_id="r-1",
        input_tokens=10,
        output_tokens=5,
        cache_read_tokens=3,
        cache_write_tokens=None,
        reasoning_tokens=None,
        cost_usd=0.25,
        time_to_first_token_ms=125.0,
        user_id="u-1",
        counted=True,
        fault=False,
    )


def test_the_detail_keeps_the_span_as_it_was() -> None:
    """Messages, raw attributes, resource and scope are there, to the letter."""
    recorder = Recorder()
    said: dict[str, Any] = {"gen_ai.input.messages": json.dumps(MESSAGES), "odd": (1, 2)}
    recorder.llm(**said)
    store(recorder.take())
    with SessionReader() as reader:
        detail = reader.detail(reader.spans("s-1")[0])
    assert detail is not None
    assert detail.operation["conversation"] == {"input": MESSAGES}
    assert detail.span["attributes"]["gen_ai.input.messages"] == said["gen_ai.input.messages"]
    assert detail.span["attributes"]["odd"] == [1, 2]
    assert detail.span["kind"] == "internal"
    assert detail.resource == {"attributes": {"service.name": "tests"}, "schema_url": None}
    assert detail.scope is not None
    assert (detail.scope["name"], detail.scope["version"]) == ("tests", "1.0")


def test_a_span_that_is_sent_again_is_there_once() -> None:
    """Deliveries are repeated after faults; totals must not double."""
    recorder = Recorder()
    recorder.llm()
    spans = recorder.take()
    for _ in range(3):
        store(spans)
    with SessionReader() as reader:
        (summary,) = reader.sessions()
    assert (summary.spans, summary.usage.input_tokens) == (1, 10)


def test_a_span_without_a_session_is_kept_beside_the_sessions() -> None:
    """It makes no session, and it is in the file."""
    recorder = Recorder()
    recorder.span("GET /", session=None)
    with exporting() as exporter:
        assert exporter.export(recorder.take()) is SpanExportResult.SUCCESS
    with SessionReader() as reader:
        assert reader.sessions() == ()
        assert reader.count() == 0


def test_values_that_sqlite_and_json_refuse_are_mended() -> None:
    """Lone surrogates, NaN, integers beyond 64 bits and NUL cost no span."""
    recorder = Recorder()
    said: dict[str, Any] = {
        "gen_ai.usage.input_tokens": 2**70,
        "gen_ai.usage.output_tokens": 7,
        "nan": float("nan"),
        "nul": "a\x00b",
        "helicone.session.name": "lone \ud800",
    }
    recorder.llm(model="m\udfff", **said)
    store(recorder.take())
    row = read_one()
    assert (row.input_tokens, row.output_tokens, row.model) == (None, 7, "m?")
    assert row.session_name == "lone ?"
    with SessionReader() as reader:
        detail = reader.detail(row)
    assert detail is not None
    assert (detail.span["attributes"]["nan"], detail.span["attributes"]["nul"]) == ("nan", "a\x00b")


@pytest.mark.parametrize("depth", [30, 900, 990, 100_000])
def test_json_that_nests_absurdly_deep_costs_no_span(depth: int) -> None:
    """It stays the text that it was; or what is below is left out."""
    recorder = Recorder()
    deep = "[" * depth + "]" * depth
    recorder.tool("t", **{"gen_ai.tool.call.arguments": deep, "huge": 10**400})
    recorder.llm(**{"gen_ai.usage.cost": 10**400})
    store(recorder.take())
    assert main(["show", "--last", "--json"]) == 0
    with SessionReader() as reader:
        assert reader.sessions()[0].spans == 2


def test_a_store_that_does_not_exist_is_empty_and_stays_unmade() -> None:
    """Reading makes no file."""
    with SessionReader() as reader:
        assert (reader.sessions(), reader.spans("x"), reader.session("x")) == ((), (), None)
        assert not reader.path.exists()
