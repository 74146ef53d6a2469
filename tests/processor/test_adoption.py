"""Session ids that other libraries write are taken, and what they wrote is left alone."""

from __future__ import annotations

from typing import Any

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.trace import SpanKind, format_trace_id

from otel_helisession.processor import SessionSpanProcessor
from otel_helisession.sessions.context import set_session
from otel_helisession.sessions.scope import session
from otel_helisession.sessions.value import Session
from tests.fakes import KeepingExporter

OURS = ("helicone.session.id", "helicone.session.path", "helicone.session.name")


class Pipeline:
    """A provider with a processor of ours, and what it exports."""

    def __init__(self, provider: TracerProvider, **arguments: Any) -> None:
        self.exporter = KeepingExporter()
        self.processor = SessionSpanProcessor(self.exporter, **arguments)
        provider.add_span_processor(self.processor)
        self.tracer = provider.get_tracer("tests")

    def exported(self) -> dict[str, dict[str, Any]]:
        """Return the attributes of each exported span, by name."""
        assert self.processor.force_flush()
        return {span.name: dict(span.attributes or {}) for span in self.exporter.spans}


@pytest.mark.parametrize(
    "key",
    [
        "session.id",
        "langfuse.session.id",
        "gen_ai.conversation.id",
        "traceloop.association.properties.Helicone-Session-Id",
        "traceloop.association.properties.session_id",
        "mlflow.trace.session",
    ],
)
def test_another_librarys_id_is_taken(key: str, provider: TracerProvider) -> None:
    """The span and its children are in that session, and its own key stays as it was."""
    pipeline = Pipeline(provider)
    with pipeline.tracer.start_as_current_span("work", attributes={key: "theirs"}):
        pipeline.tracer.start_span("child").end()
    exported = pipeline.exported()
    assert exported["work"]["helicone.session.id"] == "theirs"
    assert exported["work"][key] == "theirs"
    assert exported["child"]["helicone.session.id"] == "theirs"
    assert exported["child"]["session.id"] == "theirs"


def test_an_id_that_is_written_late_is_taken_at_export(provider: TracerProvider) -> None:
    """Many libraries set attributes after the start."""
    pipeline = Pipeline(provider)
    with pipeline.tracer.start_as_current_span("work") as span:
        span.set_attribute("session.id", "theirs")
    assert pipeline.exported()["work"] == {
        "session.id": "theirs",
        "helicone.session.id": "theirs",
        "helicone.session.path": "/",
        "gen_ai.conversation.id": "theirs",
    }


def test_a_traceloop_session_has_its_name_and_path(provider: TracerProvider) -> None:
    """Helicone's own properties on Traceloop's spans are read whole."""
    prefix = "traceloop.association.properties.Helicone-Session-"
    written = {prefix + "Id": "theirs", prefix + "Name": "Trip", prefix + "Path": "trip/"}
    pipeline = Pipeline(provider)
    pipeline.tracer.start_span("work", attributes=written).end()
    found = pipeline.exported()["work"]
    assert [found[key] for key in OURS] == ["theirs", "/trip", "Trip"]


def test_a_browsers_session_is_not_ours(provider: TracerProvider) -> None:
    """A bare session.id on a SERVER span is left alone; a conversation on it is taken."""
    pipeline = Pipeline(provider)
    tracer = pipeline.tracer
    tracer.start_span("page", kind=SpanKind.SERVER, attributes={"session.id": "browser"}).end()
    chat = {"session.id": "browser", "gen_ai.conversation.id": "c-1"}
    tracer.start_span("chat", kind=SpanKind.SERVER, attributes=chat).end()
    exported = pipeline.exported()
    assert exported["page"] == {"session.id": "browser"}
    assert exported["chat"]["helicone.session.id"] == "c-1"
    assert exported["chat"]["session.id"] == "browser"


def test_a_transports_session_is_never_ours(provider: TracerProvider) -> None:
    """mcp.session.id names a connection."""
    pipeline = Pipeline(provider)
    pipeline.tracer.start_span("call", attributes={"mcp.session.id": "m-1"}).end()
    assert pipeline.exported()["call"] == {"mcp.session.id": "m-1"}


def test_the_contexts_session_wins_and_overwrites_nothing(provider: TracerProvider) -> None:
    """helicone.session.* says what we think; session.id stays another library's."""
    pipeline = Pipeline(provider)
    theirs = {"session.id": "theirs", "user.id": "their user", "gen_ai.conversation.id": "c-1"}
    with session("Trip", id="t-1", user_id="our user"):
        pipeline.tracer.start_span("work", attributes=theirs).end()
        with pipeline.tracer.start_as_current_span("late") as late:
            late.set_attributes(theirs)
    exported = pipeline.exported()
    ours = {
        "helicone.session.id": "t-1",
        "helicone.session.path": "/",
        "helicone.session.name": "Trip",
    }
    assert exported["work"] == {**theirs, **ours}
    assert exported["late"] == {**theirs, **ours}


def test_a_library_that_overwrites_our_keys_is_corrected_at_export(
    provider: TracerProvider,
) -> None:
    """Somebody else's helicone.session.id on a span of ours does not tear it out of its session."""
    pipeline = Pipeline(provider)
    with session("Trip", id="t-1"), pipeline.tracer.start_as_current_span("work") as span:
        span.set_attribute("helicone.session.id", "theirs")
    assert pipeline.exported()["work"]["helicone.session.id"] == "t-1"


@pytest.mark.parametrize("value", ["", 7, ["a"], True, "\r\n"], ids=repr)
def test_what_is_no_id_is_not_taken(value: Any, provider: TracerProvider) -> None:
    """Empty text and other types name nobody."""
    pipeline = Pipeline(provider)
    pipeline.tracer.start_span("work", attributes={"session.id": value}).end()
    assert "helicone.session.id" not in pipeline.exported()["work"]


def test_the_keys_to_take_can_be_chosen(provider: TracerProvider) -> None:
    """adopt= names them, in order of precedence; none takes none."""
    written = {"app.chat": "mine", "session.id": "theirs"}
    chosen, none = Pipeline(provider, adopt=["app.chat"]), TracerProvider(shutdown_on_exit=False)
    chosen.tracer.start_span("work", attributes=written).end()
    assert chosen.exported()["work"]["helicone.session.id"] == "mine"
    nothing = Pipeline(none, adopt=())
    nothing.tracer.start_span("work", attributes=written).end()
    assert nothing.exported()["work"] == written
    none.shutdown()


@pytest.mark.parametrize("wrong", ["session.id", [7], 7])
def test_adopt_takes_names(wrong: Any) -> None:
    """A single text or another type is a mistake, said at once."""
    with pytest.raises(TypeError):
        SessionSpanProcessor(adopt=wrong)


def test_an_inner_library_session_below_ours_is_ours(provider: TracerProvider) -> None:
    """An explicit Context comes before what a library wrote on a span below it."""
    pipeline = Pipeline(provider)
    context = set_session(Session("Trip", id="t-1"))
    pipeline.tracer.start_span("work", context, attributes={"session.id": "theirs"}).end()
    assert pipeline.exported()["work"]["helicone.session.id"] == "t-1"


def test_an_id_that_is_written_late_beats_the_traces_default(provider: TracerProvider) -> None:
    """A processor that was added after ours writes it then: Langfuse's, Traceloop's."""
    pipeline = Pipeline(provider, default_session="trace")
    with pipeline.tracer.start_as_current_span("work") as span:
        span.set_attribute("langfuse.session.id", "theirs")
        pipeline.tracer.start_span("child").end()
    exported = pipeline.exported()
    trace_id = format_trace_id(span.get_span_context().trace_id)
    assert exported["work"]["helicone.session.id"] == "theirs"
    assert exported["child"]["helicone.session.id"] == trace_id  # nobody wrote it there
