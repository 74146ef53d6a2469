"""record.tool: one execution of a tool, by hand."""

import asyncio
from collections.abc import Iterator

import pytest
from opentelemetry import trace
from opentelemetry.trace import SpanKind, StatusCode

from otel_helisession import current_session, record, session
from otel_helisession.conventions.operation import Failure, Operation, ToolCall
from otel_helisession.conventions.reader import read
from tests.collecting import CollectedSpans


def test_a_block_says_what_went_in_and_what_came_out(spans: CollectedSpans) -> None:
    """The span reads back as the call that it was."""
    with record.tool("search_hotels", arguments={"city": "Lisbon"}) as call:
        call.call_id = "call_1"
        call.result = [{"name": "Casa da Graça", "stars": 3}]
    span = spans.one("execute_tool search_hotels")
    assert span.kind is SpanKind.INTERNAL
    assert dict(span.attributes) == {
        "helicone.request.type": "tool",
        "gen_ai.operation.name": "execute_tool",
        "gen_ai.tool.name": "search_hotels",
        "gen_ai.tool.call.arguments": '{"city":"Lisbon"}',
        "gen_ai.tool.call.id": "call_1",
        "gen_ai.tool.call.result": '[{"name":"Casa da Graça","stars":3}]',
    }
    assert read(span) == Operation(
        kind="tool",
        convention="genai",
        name="execute_tool",
        segment="search_hotels",
        parameters={},
        tool=ToolCall(
            name="search_hotels",
            call_id="call_1",
            arguments={"city": "Lisbon"},
            result=[{"name": "Casa da Graça", "stars": 3}],
        ),
    )


@pytest.mark.parametrize("result", ["sunny", "", 3, 2.5, True, [], {}, [None], {"a": {"b": []}}])
def test_a_result_reads_back_as_it_was(spans: CollectedSpans, result: object) -> None:
    """Text, numbers, booleans and structures all survive."""
    with record.tool("any") as call:
        call.result = result
    read_back = read(spans.one("execute_tool any")).tool
    assert read_back is not None
    assert read_back.result == result
    assert type(read_back.result) is type(result)


def test_a_decorated_function_records_each_call(spans: CollectedSpans) -> None:
    """Arguments are written by name, without defaults or self; the result is returned."""

    class Desk:
        @record.tool("find_order")
        def find(self, number: int, *, market: str = "eu") -> dict[str, int]:
            return {"number": number}

    assert Desk().find(7) == {"number": 7}
    assert Desk().find(8, market="us") == {"number": 8}
    assert [read(span).tool for span in spans()] == [
        ToolCall("find_order", arguments={"number": 7}, result={"number": 7}),
        ToolCall("find_order", arguments={"number": 8, "market": "us"}, result={"number": 8}),
    ]


async def test_a_decorated_coroutine_is_recorded_until_it_returns(spans: CollectedSpans) -> None:
    """Two calls at once do not mix; given arguments win over those of the call."""

    @record.tool("wait", arguments={"fixed": True})
    async def wait(answer: str) -> str:
        await asyncio.sleep(0)
        return answer

    assert await asyncio.gather(wait("a"), wait("b")) == ["a", "b"]
    assert [read(span).tool for span in spans()] == [
        ToolCall("wait", arguments={"fixed": True}, result="a"),
        ToolCall("wait", arguments={"fixed": True}, result="b"),
    ]


async def test_async_with_works_too(spans: CollectedSpans) -> None:
    """``async with`` is ``with``."""
    async with record.tool("wait") as call:
        call.result = 1
    assert read(spans.one("execute_tool wait")).tool == ToolCall("wait", result=1)


def test_the_span_is_current_and_its_name_a_segment(spans: CollectedSpans) -> None:
    """What happens inside hangs below the tool, in the tree and in the path."""
    with session("Trip planner", path="/trip"), record.tool("search_hotels") as call:
        assert trace.get_current_span() is call.span
        inside = current_session()
        with trace.get_tracer("inner").start_as_current_span("inner"):
            pass
    assert inside is not None
    assert inside.path == "/trip/search_hotels"
    assert spans.one("inner").attributes["helicone.session.path"] == "/trip/search_hotels"
    assert spans.one("inner").parent == spans.one("execute_tool search_hotels").context


def test_an_error_is_recorded_and_goes_on(spans: CollectedSpans) -> None:
    """The user's exception is the user's; what was set before it is kept."""

    def slow() -> None:
        with record.tool("slow") as call:
            call.result = "half"
            raise TimeoutError("too slow")

    with pytest.raises(TimeoutError, match="too slow"):
        slow()
    span = spans.one("execute_tool slow")
    assert span.status.status_code is StatusCode.ERROR
    assert [event.name for event in span.events] == ["exception"]
    operation = read(span)
    assert operation.tool == ToolCall("slow", result="half")
    assert operation.failure == Failure("TimeoutError", "TimeoutError: too slow")


def test_cancellation_is_no_error(spans: CollectedSpans) -> None:
    """A cancelled task ends its span, which did not fail."""
    with pytest.raises(asyncio.CancelledError), record.tool("slow"):
        raise asyncio.CancelledError
    assert spans.one("execute_tool slow").status.status_code is StatusCode.UNSET


def test_a_wrong_call_of_a_decorated_function_fails_as_it_would(spans: CollectedSpans) -> None:
    """The TypeError is the function's own."""

    @record.tool("find")
    def find(number: int) -> None: ...

    with pytest.raises(TypeError, match=r"find\(\) got an unexpected keyword argument 'n'"):
        find(n=1)  # type: ignore[call-arg]
    assert read(spans.one("execute_tool find")).tool == ToolCall("find", arguments={"n": 1})


def test_a_name_that_is_no_text_is_refused() -> None:
    """Wrong use says what was given."""
    with pytest.raises(TypeError, match="a tool's name must be a str, not int"):
        record.tool(7)  # type: ignore[arg-type]


def test_a_generators_span_lasts_until_it_is_consumed(spans: CollectedSpans) -> None:
    """What it yields is not gathered: a result may be endless."""

    @record.tool("numbers")
    def numbers(first: int) -> Iterator[int]:
        yield first

    running = numbers(1)
    assert next(running) == 1
    assert spans() == ()
    assert list(running) == []
    read_back = read(spans.one("execute_tool numbers")).tool
    assert read_back == ToolCall("numbers", arguments={"first": 1})
