"""Messages in log records are joined to their spans: by id, bounded, masked, whoever is first."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from types import ModuleType
from typing import Any

import pytest
from opentelemetry import trace
from opentelemetry._logs import LogRecord
from opentelemetry.sdk.trace import ReadableSpan, Tracer, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF
from opentelemetry.trace import set_span_in_context

from otel_helisession import SessionSpanExporter, SessionSpanProcessor, joining
from otel_helisession.conventions import reader
from otel_helisession.joining import Joining
from otel_helisession.logs.record_processor import SessionLogRecordProcessor
from tests.conventions.made import text
from tests.helicone.conftest import *  # noqa: F403  (a fake Helicone, and exporters to it)
from tests.helicone.conftest import MakeExporter
from tests.helicone.endpoint import FakeHelicone
from tests.logs.conftest import Logs

DETAILS = "gen_ai.client.inference.operation.details"
CALL = {"gen_ai.operation.name": "chat", "gen_ai.request.model": "m"}


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> Joining:
    """What waits is this test's alone."""
    made = Joining()
    monkeypatch.setattr(joining, "current", made)
    return made


class Pipeline:
    """A provider whose spans are delivered, and what has been: ``pipeline()``."""

    def __init__(self, provider: TracerProvider, **settings: Any) -> None:
        self.memory = InMemorySpanExporter()
        self.processor = SessionSpanProcessor(self.memory, **settings)
        provider.add_span_processor(self.processor)
        self.tracer: Tracer = provider.get_tracer("agent")  # type: ignore[assignment]

    def __call__(self) -> tuple[ReadableSpan, ...]:
        self.processor.force_flush()
        return self.memory.get_finished_spans()

    def one(self) -> dict[str, Any]:
        (span,) = self()
        return dict(span.attributes or {})


@pytest.fixture
def pipeline(provider: TracerProvider) -> Pipeline:
    return Pipeline(provider)


def emit(logs: Logs, name: str, span: trace.Span, body: Any = None, **attributes: Any) -> None:
    """Write an event of *span*, as an instrumentation does; older SDKs name it in attributes."""
    said = {key.replace("__", "."): value for key, value in attributes.items()}
    context = span.get_span_context()
    try:
        record = LogRecord(
            event_name=name, body=body, attributes=said, context=set_span_in_context(span)
        )
    except TypeError:
        record = LogRecord(
            body=body,
            attributes={**said, "event.name": name},
            trace_id=context.trace_id,
            span_id=context.span_id,
            trace_flags=context.trace_flags,
        )
    logs.provider.get_logger("agent").emit(record)


def asked(content: str = "Hi") -> dict[str, Any]:
    return {"gen_ai__input__messages": [text("user", content)]}


def test_details_become_attributes(logs: Logs, pipeline: Pipeline) -> None:
    """What the span does not say itself, and content only."""
    with pipeline.tracer.start_as_current_span("chat m", attributes=CALL) as span:
        said = {**asked(), "gen_ai__output__messages": [text("assistant", "Hello")]}
        emit(logs, DETAILS, span, **said, gen_ai__usage__input_tokens=3)
    assert pipeline.one() == {
        **CALL,
        "gen_ai.input.messages": json.dumps([text("user", "Hi")]),
        "gen_ai.output.messages": json.dumps([text("assistant", "Hello")]),
    }


def test_the_record_itself_is_left_as_it_is(logs: Logs, pipeline: Pipeline) -> None:
    """Whoever exports the logs gets all of it."""
    with pipeline.tracer.start_as_current_span("chat m", attributes=CALL) as span:
        emit(logs, DETAILS, span, **asked())
    ((attributes),) = logs().values()
    (message,) = attributes["gen_ai.input.messages"]
    assert message["role"] == "user"


def test_a_record_may_come_after_the_span_s_end(logs: Logs, pipeline: Pipeline) -> None:
    """As long as the span waits for its session's others to be delivered with."""
    span = pipeline.tracer.start_span("chat m", attributes=CALL)
    span.end()
    emit(logs, DETAILS, span, **asked())
    assert "gen_ai.input.messages" in pipeline.one()


def test_one_that_comes_after_delivery_is_too_late(
    logs: Logs, pipeline: Pipeline, fresh: Joining
) -> None:
    """The span is out; what is kept for it goes by age."""
    span = pipeline.tracer.start_span("chat m", attributes=CALL)
    span.end()
    before = pipeline.one()
    emit(logs, DETAILS, span, **asked())
    assert pipeline.one() == before == CALL
    assert len(fresh) == 1


def test_what_the_span_says_stays(logs: Logs, pipeline: Pipeline) -> None:
    """SPAN_AND_EVENT writes both; the span's own is the one."""
    own = {"gen_ai.input.messages": json.dumps([text("user", "own")])}
    with pipeline.tracer.start_as_current_span("chat m", attributes={**CALL, **own}) as span:
        emit(logs, DETAILS, span, **asked("other"))
    assert pipeline.one() == {**CALL, **own}


def test_single_messages_add_up(logs: Logs, pipeline: Pipeline) -> None:
    """The records of before: one each, in the order they came."""
    function = {"name": "f", "arguments": '{"a": 1}'}
    calls = [{"id": "1", "type": "function", "function": function}]
    with pipeline.tracer.start_as_current_span("chat m", attributes=CALL) as span:
        emit(logs, "gen_ai.system.message", span, {"content": "Be brief."})
        emit(logs, "gen_ai.user.message", span, {"content": "Hi"})
        emit(logs, "gen_ai.assistant.message", span, {"tool_calls": calls})
        emit(logs, "gen_ai.tool.message", span, {"id": "1", "content": "18"})
        choice = {"index": 0, "finish_reason": "stop", "message": {"content": "Hello"}}
        emit(logs, "gen_ai.choice", span, choice)
    (found,) = map(reader.read, pipeline())
    call = {"type": "tool_call", "id": "1", "name": "f", "arguments": {"a": 1}}
    answer = {"type": "tool_call_response", "id": "1", "response": "18"}
    assert found.conversation.input == (
        text("system", "Be brief."),
        text("user", "Hi"),
        {"role": "assistant", "parts": [call]},
        {"role": "tool", "parts": [answer]},
    )
    assert found.conversation.output == (text("assistant", "Hello", finish_reason="stop"),)


def test_other_records_are_nobody_s_messages(
    logs: Logs, pipeline: Pipeline, fresh: Joining
) -> None:
    """Plain lines, other events, events without content, and garbage."""
    with pipeline.tracer.start_as_current_span("chat m", attributes=CALL) as span:
        logs.provider.get_logger("agent").emit(LogRecord(body="a line"))
        emit(logs, "gen_ai.evaluation.result", span, **asked())
        emit(logs, DETAILS, span, gen_ai__usage__input_tokens=3)
        for body in (None, "text", 7, [], {}, {"index": 0, "finish_reason": "stop"}):
            emit(logs, "gen_ai.user.message", span, body)
            emit(logs, "gen_ai.choice", span, body)
    assert len(fresh) == 0
    assert pipeline.one() == CALL


def test_a_span_that_is_no_call_gets_no_messages(
    logs: Logs, pipeline: Pipeline, fresh: Joining
) -> None:
    """OpenLLMetry writes the answer of a stream when its span is no longer current."""
    with pipeline.tracer.start_as_current_span("a step") as span:
        emit(logs, "gen_ai.choice", span, {"message": {"content": "Hello"}})
    assert pipeline.one() == {}
    assert len(fresh) == 0


def test_secrets_are_masked(logs: Logs, pipeline: Pipeline) -> None:
    """In what was joined as in what the span said."""
    with pipeline.tracer.start_as_current_span("chat m", attributes=CALL) as span:
        emit(logs, DETAILS, span, **asked("my key is sk-proj-0000000000000000"))
    assert json.loads(pipeline.one()["gen_ai.input.messages"]) == [
        text("user", "my key is [redacted]")
    ]


def test_an_exporter_that_takes_no_content_sends_none(
    logs: Logs,
    provider: TracerProvider,
    worker: FakeHelicone,
    exporter: MakeExporter,
) -> None:
    """Having messages in one's logs is one choice, capture_content=False another."""
    processor = SessionSpanProcessor(exporter(worker, capture_content=False))
    provider.add_span_processor(processor)
    with provider.get_tracer("agent").start_as_current_span("chat m", attributes=CALL) as span:
        span.set_attribute("session.id", "s")
        emit(logs, DETAILS, span, **asked("a secret plan"))
    assert processor.force_flush()
    assert "a secret plan" not in json.dumps(worker.logs())
    assert len(worker.logs()) == 1


def test_an_exporter_that_is_wrapped_joins_as_well(
    logs: Logs, pipeline: Pipeline, provider: TracerProvider, fresh: Joining
) -> None:
    """Each of the places that finish a span finds what was said; then it is forgotten."""
    memory = InMemorySpanExporter()
    provider.add_span_processor(SimpleSpanProcessor(SessionSpanExporter(memory)))
    with pipeline.tracer.start_as_current_span("chat m", attributes=CALL) as span:
        emit(logs, DETAILS, span, **asked())
    (theirs,) = memory.get_finished_spans()
    assert dict(theirs.attributes or {}) == pipeline.one()
    assert "gen_ai.input.messages" in (theirs.attributes or {})
    assert len(fresh) == 0


def test_nothing_is_kept_where_nobody_delivers(
    logs: Logs, provider: TracerProvider, fresh: Joining
) -> None:
    """A processor that only stamps, and one that was shut down, finish no span."""
    provider.add_span_processor(SessionSpanProcessor())
    ended = SessionSpanProcessor(InMemorySpanExporter())
    ended.shutdown()
    with provider.get_tracer("agent").start_as_current_span("chat m") as span:
        emit(logs, DETAILS, span, **asked())
    assert len(fresh) == 0


def test_nothing_is_kept_for_what_is_not_sampled(logs: Logs, fresh: Joining) -> None:
    """Nor outside of any span."""
    unsampled = TracerProvider(sampler=ALWAYS_OFF, shutdown_on_exit=False)
    pipeline = Pipeline(unsampled)
    with pipeline.tracer.start_as_current_span("chat m") as span:
        emit(logs, DETAILS, span, **asked())
    emit(logs, DETAILS, trace.INVALID_SPAN, **asked())
    assert len(fresh) == 0
    unsampled.shutdown()


@pytest.mark.parametrize("bounds", [{"max_spans": 2}, {"max_chars": 25}, {"max_age_seconds": 0.0}])
def test_what_nobody_takes_is_bounded(bounds: dict[str, Any]) -> None:
    """In number, size and age; the oldest goes first."""
    waiting = Joining(**bounds)
    taker = SessionLogRecordProcessor()  # any object that lives
    waiting.expect(taker)
    for number in range(1, 9):
        waiting.put((1, number), {"a": "0123456789"})
    if "max_age_seconds" in bounds:
        assert len(waiting) <= 1
        return
    assert len(waiting) == 2
    assert [waiting.take((1, number)) for number in (6, 7, 8)] == [
        {},
        {"a": "0123456789"},
        {"a": "0123456789"},
    ]
    assert len(waiting) == 0


def test_one_value_too_large_leaves_nothing(fresh: Joining) -> None:
    """Not even itself, when it is over the bound alone."""
    waiting = Joining(max_chars=5)
    waiting.put((1, 1), {"a": "0123456789"})
    assert waiting.take((1, 1)) == {}


def test_a_value_of_megabytes_is_cut_and_stays_json(logs: Logs, pipeline: Pipeline) -> None:
    """It says how much is gone."""
    with pipeline.tracer.start_as_current_span("chat m", attributes=CALL) as span:
        emit(logs, DETAILS, span, **asked("ü" * 3_000_000))
    joined = pipeline.one()["gen_ai.input.messages"]
    assert len(joined) <= 1_000_000
    assert "were cut" in json.loads(joined)[0]["parts"][0]["content"]


def test_what_json_has_no_word_for(logs: Logs, pipeline: Pipeline) -> None:
    """Bytes become base64, as in the conventions' schema."""
    blob = {"type": "blob", "modality": "image", "content": b"\x89PNG"}
    messages = [{"role": "user", "parts": [blob]}]
    with pipeline.tracer.start_as_current_span("chat m", attributes=CALL) as span:
        emit(logs, DETAILS, span, gen_ai__input__messages=messages)
    (found,) = map(reader.read, pipeline())
    assert found.conversation.input[0]["parts"] == [{**blob, "content": "iVBORw=="}]


def test_threads_do_not_mix(logs: Logs, pipeline: Pipeline) -> None:
    """Records find their span by its id, not by who wrote them."""

    def work(name: str) -> None:
        with pipeline.tracer.start_as_current_span(name, attributes=CALL) as span:
            emit(logs, "gen_ai.user.message", span, {"content": name})

    names = [str(number) for number in range(200)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, names))
    found = {span.name: reader.read(span).conversation.input for span in pipeline()}
    assert found == {name: (text("user", name),) for name in names}


@pytest.fixture
def openai_sdk(
    monkeypatch: pytest.MonkeyPatch, logs: Logs, provider: TracerProvider
) -> Iterator[ModuleType]:
    """OpenAI's SDK under the official instrumentation, with messages in log records only."""
    openai = pytest.importorskip("openai")
    official = pytest.importorskip("opentelemetry.instrumentation.genai.openai")
    monkeypatch.setenv("OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT", "EVENT_ONLY")
    instrumentor = official.OpenAIInstrumentor()
    instrumentor.instrument(tracer_provider=provider, logger_provider=logs.provider)
    yield openai
    instrumentor.uninstrument()


def test_the_official_instrumentation_s_events(
    logs: Logs, pipeline: Pipeline, openai_sdk: Any, llm_url: Callable[[], str]
) -> None:
    """EVENT_ONLY: nothing on the span, all of it in the record, and joined on the way out."""
    with openai_sdk.OpenAI(base_url=llm_url(), api_key="sk-fake-0000", max_retries=0) as client:
        client.chat.completions.create(
            model="gpt-5.4-mini", messages=[{"role": "user", "content": "An itinerary for Kyoto?"}]
        )
    (found,) = [reader.read(span) for span in pipeline() if span.name.startswith("chat")]
    assert found.kind == "llm"
    assert found.conversation.input == (text("user", "An itinerary for Kyoto?", name=None),)
    assert found.conversation.output[0]["parts"][0]["content"].startswith("Three days in Kyoto")


@pytest.fixture
def llm_url() -> Iterator[Callable[[], str]]:
    from tests.servers.llm.server import ScriptedLLM

    with ScriptedLLM() as llm:
        yield lambda: llm.openai_url


def test_who_returns_takes_all_that_was_said(fresh: Joining) -> None:
    """As often as it asks; once it goes, what it has taken is forgotten, and nothing else."""

    class Taker:
        """Whoever finishes spans."""

    taker = Taker()
    fresh.expect(taker, returning=True)
    fresh.add((1, 1), "asked", '"a"')
    assert fresh.take((1, 1)) == {"asked": '["a"]'}
    fresh.add((1, 1), "asked", '"b"')
    fresh.add((1, 2), "asked", '"c"')
    assert ((1, 1) in fresh, fresh.take((1, 1))) == (True, {"asked": '["a","b"]'})
    fresh.dismiss(taker)
    assert ((1, 1) in fresh, fresh.take((1, 2))) == (False, {"asked": '["c"]'})
