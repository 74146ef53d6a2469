"""capture_content=False, redact and the bounds: what each exporter gets, stores and spools."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult

from otel_helisession import LocalSpanExporter, SessionSpanExporter, SessionSpanProcessor, session
from otel_helisession.configuration import configure
from otel_helisession.destinations import exporter_for
from otel_helisession.exporters.filtering import FilteringSpanExporter
from otel_helisession.exporters.helicone import HeliconeSpanExporter
from otel_helisession.holding.exporter import WholeSessionExporter
from otel_helisession.spool.spool import Spool
from otel_helisession.store.reader import SessionReader
from tests.fakes import KeepingExporter

KEY = "sk-helicone-0000000-0000000-0000000-0000000"
CALL = {
    "openinference.span.kind": "LLM",
    "llm.model_name": "gpt-5-mini",
    "input.value": json.dumps({"messages": [{"role": "user", "content": "To Lisbon, Ada!"}]}),
    "output.value": json.dumps(
        {
            "id": "chatcmpl-1",
            "model": "gpt-5-mini",
            "choices": [{"message": {"role": "assistant", "content": "Lisbon it is."}}],
            "usage": {"prompt_tokens": 5, "completion_tokens": 7},
        }
    ),
}


def call(provider: TracerProvider) -> None:
    with session("Trip", id="t-1"):
        provider.get_tracer("tests").start_span("chat", attributes=CALL).end()
    provider.force_flush(2_000)


def test_the_store_keeps_what_was_counted_and_nothing_that_was_said(
    provider: TracerProvider, tmp_path: Path
) -> None:
    """Tokens that only the answer told of are known; the answer is not."""
    path = tmp_path / "sessions.db"
    exporter = LocalSpanExporter(path, capture_content=False)
    provider.add_span_processor(SessionSpanProcessor(exporter))
    call(provider)
    with SessionReader(path) as reader:
        (row,) = reader.spans("t-1")
        detail = reader.detail(row)
    assert (row.kind, row.model, row.response_id) == ("llm", "gpt-5-mini", "chatcmpl-1")
    assert (row.input_tokens, row.output_tokens) == (5, 7)
    assert detail is not None
    assert "conversation" not in detail.operation
    assert "Lisbon" not in str((row, detail))
    provider.shutdown()


def test_one_of_two_exporters_gets_no_content(provider: TracerProvider) -> None:
    """A foreign one is wrapped; the other gets what there is."""
    bare, full = KeepingExporter(), KeepingExporter()
    wrapped = SessionSpanExporter(bare, capture_content=False)
    provider.add_span_processor(SessionSpanProcessor(wrapped, full))
    call(provider)
    ours = {
        "helicone.session.id": "t-1",
        "helicone.session.path": "/",
        "helicone.session.name": "Trip",
        "helicone.request.type": "llm",
        "session.id": "t-1",
        "gen_ai.conversation.id": "t-1",
    }
    said = {"openinference.span.kind": "LLM", "llm.model_name": "gpt-5-mini"}
    assert bare.attributes("chat") == {**ours, **said}
    assert full.attributes("chat") == {**ours, **CALL}


def test_it_holds_in_anybodys_pipeline(provider: TracerProvider) -> None:
    """SessionSpanExporter masks, cuts and leaves out behind a stock BatchSpanProcessor."""
    kept = KeepingExporter()
    exporter = SessionSpanExporter(
        kept, redact=lambda key, text: text.replace("Ada", "A."), max_value_chars=1_000
    )
    provider.add_span_processor(SessionSpanProcessor())
    provider.add_span_processor(BatchSpanProcessor(exporter))
    attributes = {"input.value": "Hello Ada", "long": "x " * 5_000, "key": f"my {KEY}"}
    provider.get_tracer("tests").start_span("chat", attributes=attributes).end()
    provider.force_flush()
    assert kept.attributes("chat") == {
        "input.value": "Hello A.",
        "long": "x " * 476 + "… 9048 more characters were cut",
        "key": "my [redacted]",
    }


def test_a_users_function_holds_for_all_exporters_of_a_processor(
    provider: TracerProvider, tmp_path: Path
) -> None:
    """Ours do not undo it, and a failing one lets nothing out."""
    kept, path = KeepingExporter(), tmp_path / "sessions.db"

    def redact(key: str, text: str) -> str:
        if key == "input.value":
            raise ValueError
        return text.replace("Lisbon", "Somewhere")

    processor = SessionSpanProcessor(kept, LocalSpanExporter(path), redact=redact)
    provider.add_span_processor(processor)
    call(provider)
    attributes = kept.attributes("chat")
    assert attributes["input.value"] == "[redacted]"
    assert "Somewhere it is." in str(attributes["output.value"])
    with SessionReader(path) as reader:
        said = str([reader.detail(row) for row in reader.spans("t-1")])
    assert "Somewhere" in said
    assert "Lisbon" not in said
    provider.shutdown()


@pytest.mark.parametrize("argument", [False, None])
def test_configure_leaves_content_out_everywhere(
    argument: bool | None, provider: TracerProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By argument or by the environment, for foreign exporters too."""
    if argument is None:
        monkeypatch.setenv("HELISESSION_CAPTURE_CONTENT", "false")
    kept = KeepingExporter()
    handle = configure(
        exporters=[kept, "local"],
        capture_content=argument,
        redact=lambda key, text: text.replace("gpt", "model"),
        tracer_provider=provider,
        httpx=False,
    )
    call(provider)
    assert kept.attributes("chat")["llm.model_name"] == "model-5-mini"
    with SessionReader() as reader:
        said = str([reader.detail(row) for row in reader.spans("t-1")])
    assert "Lisbon" not in str(kept.attributes("chat")) + said
    handle.shutdown()


class Down(SpanExporter):
    """Is never there."""

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        return SpanExportResult.FAILURE

    def shutdown(self) -> None:
        pass


def test_what_waits_on_disk_has_no_content_either(provider: TracerProvider, tmp_path: Path) -> None:
    """And it is kept under a name by which nobody gets it who has another choice."""
    spool = Spool(tmp_path / "spool")
    exporter = SessionSpanExporter(Down(), capture_content=False)
    assert exporter.destination == "Down without content"
    provider.add_span_processor(SessionSpanProcessor(exporter, spool=spool))
    call(provider)
    provider.shutdown()
    (parcel,) = spool.parcels("Down without content")
    (kept,) = parcel.spans
    assert "gpt-5-mini" in str(kept.attributes)
    assert "Lisbon" not in str(kept.attributes)
    parcel.put_back()


def test_a_filter_around_an_exporter_hands_its_choice_on(tmp_path: Path) -> None:
    """What the filter keeps for later is for the exporter that it wraps."""
    bare = LocalSpanExporter(tmp_path / "s.db", capture_content=False)
    for wrapped in (FilteringSpanExporter(bare, only="requests"), WholeSessionExporter(bare)):
        assert wrapped.spooled == bare.spooled
        assert wrapped.destination.endswith(" without content")
    assert FilteringSpanExporter(KeepingExporter(), only="requests").spooled is None


@pytest.mark.parametrize(
    "make",
    [
        lambda path: LocalSpanExporter(path, capture_content=False),
        lambda path: HeliconeSpanExporter(KEY, capture_content=False),
    ],
    ids=["local", "helicone"],
)
def test_what_is_resent_goes_as_it_should_have_gone(
    make: Callable[[Path], Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The name of a destination says so."""
    monkeypatch.setenv("HELICONE_API_KEY", KEY)
    exporter = make(tmp_path / "s.db")
    assert exporter.destination.endswith(" without content")
    again, _ = exporter_for(exporter.destination)
    assert type(again) is type(exporter)
    assert again.destination == exporter.destination  # type: ignore[attr-defined]


def test_otlp_is_resent_without_content(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wrapped as configure() wraps it."""
    again, _ = exporter_for("OTLPSpanExporter without content")
    assert isinstance(again, SessionSpanExporter)
    assert again.destination == "OTLPSpanExporter without content"
    again.shutdown()


@pytest.mark.parametrize("make", [LocalSpanExporter, HeliconeSpanExporter])
def test_choices_are_checked(
    make: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An argument and a variable that are neither yes nor no."""
    first = KEY if make is HeliconeSpanExporter else tmp_path / "s.db"
    with pytest.raises(TypeError, match="capture_content must be a bool or None, not str"):
        make(first, capture_content="no")
    monkeypatch.setenv("HELISESSION_CAPTURE_CONTENT", "perhaps")
    with pytest.raises(ValueError, match="HELISESSION_CAPTURE_CONTENT is 'perhaps'"):
        make(first)
    make(first, capture_content=True)
