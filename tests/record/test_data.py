"""record.data: one operation on data that is none of the others; and what all four share."""

import pytest
from opentelemetry import trace

from otel_helisession import environment, record, session, step
from otel_helisession.conventions.operation import Data, Operation
from otel_helisession.conventions.reader import read
from tests.collecting import CollectedSpans


def test_a_block_says_what_went_in_and_what_came_out(spans: CollectedSpans) -> None:
    """The span reads back as the operation that it was."""
    with record.data("load_profile", value={"user": "user-01"}) as loaded:
        loaded.result = {"likes": ["gardens"]}
    span = spans.one("load_profile")
    assert dict(span.attributes) == {
        "helicone.request.type": "data",
        "helicone.data.name": "load_profile",
        "helicone.data.value": '{"user":"user-01"}',
        "helicone.data.result": '{"likes":["gardens"]}',
    }
    assert read(span) == Operation(
        kind="data",
        convention="helisession",
        data=Data("load_profile", {"user": "user-01"}, {"likes": ["gardens"]}),
    )


def test_a_decorated_function_records_its_arguments_and_its_result(spans: CollectedSpans) -> None:
    """As for tools."""

    @record.data("load_profile")
    def load(user: str) -> int:
        return 3

    assert load("user-01") == 3
    assert read(spans.one("load_profile")).data == Data("load_profile", {"user": "user-01"}, 3)


def test_it_hangs_in_the_folder_of_its_work(spans: CollectedSpans) -> None:
    """Data adds nothing to the path."""
    with session("Trip planner", path="/trip"), step("research"), record.data("load_profile"):
        pass
    assert spans.one("load_profile").attributes["helicone.session.path"] == "/trip/research"


@pytest.mark.parametrize("name", ["HELISESSION_DISABLED", "OTEL_SDK_DISABLED"])
def test_switched_off_there_is_no_span_and_the_block_still_works(
    spans: CollectedSpans, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """What is set is thrown away, and the decorated function runs as it is."""
    monkeypatch.setenv(name, "true")
    environment.disabled.cache_clear()
    with record.tool("look") as call, record.llm("m", provider="p") as asked:
        call.result = asked.response = object()
        call.span.set_attribute("mine", 1)
        assert trace.get_current_span() is trace.INVALID_SPAN
    assert record.data("double")(lambda number: number * 2)(4) == 8
    assert spans() == ()


def test_an_unsampled_span_costs_no_json(monkeypatch: pytest.MonkeyPatch) -> None:
    """Values are not looked at when nobody records them."""

    class Precious:
        def __str__(self) -> str:
            raise AssertionError("looked at")

    with trace.use_span(trace.NonRecordingSpan(trace.INVALID_SPAN_CONTEXT)):
        scope = record.data("save", value=Precious())
        monkeypatch.setattr("otel_helisession.record.recorded.tracer", trace.NoOpTracer())
        with scope as saved:
            saved.result = Precious()


def test_a_block_inside_a_decorated_function_is_its_child(spans: CollectedSpans) -> None:
    """The spans nest as the calls do."""

    @record.tool("outer")
    def outer() -> None:
        with record.data("inner"):
            pass

    outer()
    assert spans.one("inner").parent == spans.one("execute_tool outer").context
