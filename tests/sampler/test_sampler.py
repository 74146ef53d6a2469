"""SessionSampler in a real provider: whose decision a span follows, and what it carries."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from subprocess import CompletedProcess
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.propagate import get_global_textmap
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF, ALWAYS_ON, Decision, Sampler
from opentelemetry.trace import (
    NonRecordingSpan,
    Span,
    SpanContext,
    SpanKind,
    TraceFlags,
    TraceState,
)

from otel_helisession import SessionSampler, SessionSpanProcessor, session, set_session
from otel_helisession.sampler import with_randomness
from otel_helisession.sessions import bucket as buckets
from otel_helisession.sessions.bucket import keeps, randomness
from otel_helisession.sessions.value import Session
from tests.fakes import KeepingExporter

KEPT, DROPPED = "83252523-5497-4880-a82c-7c6cde7b0e7a", "conversation-17"
"""Of a tenth; buckets 9 and 62."""


@pytest.fixture
def provided() -> Iterator[Callable[..., tuple[Any, KeepingExporter]]]:
    providers: list[TracerProvider] = []

    def make(sampler: Sampler, **options: Any) -> tuple[Any, KeepingExporter]:
        provider = TracerProvider(sampler=sampler, shutdown_on_exit=False)
        exporter = KeepingExporter()
        provider.add_span_processor(SessionSpanProcessor(exporter, **options))
        providers.append(provider)
        return provider, exporter

    yield make
    for provider in providers:
        provider.shutdown()


def sampled(span: Span) -> bool:
    return span.get_span_context().trace_flags.sampled


def remote(*, sampled: bool) -> Context:
    flags = TraceFlags(TraceFlags.SAMPLED if sampled else TraceFlags.DEFAULT)
    parent = SpanContext(1, 2, True, flags, TraceState([("ot", "th:8"), ("vendor", "1")]))
    return trace.set_span_in_context(NonRecordingSpan(parent), Context())


def test_whole_sessions_are_kept(provided: Any) -> None:
    """All traces of a session are exported, or none."""
    provider, exporter = provided(SessionSampler(0.1))
    tracer = provider.get_tracer("tests")
    for number in range(60):
        for _ in range(2):
            with session("Trip", id=f"t-{number}"), tracer.start_as_current_span(f"{number}"):
                tracer.start_span(f"{number}").end()
    assert provider.force_flush()
    kept = {f"{number}" for number in range(60) if keeps(f"t-{number}", 0.1)}
    assert kept
    assert sorted(span.name for span in exporter.spans) == sorted(list(kept) * 4)


def test_two_processes_agree(run_python: Callable[..., CompletedProcess[str]]) -> None:
    """Hash seeds and providers make no difference."""
    source = """
from opentelemetry.sdk.trace import TracerProvider
from otel_helisession import SessionSampler, session
tracer = TracerProvider(sampler=SessionSampler(0.3)).get_tracer("a")
for number in range(50):
    with session("Trip", id=f"t-{number}"):
        print(int(tracer.start_span("work").get_span_context().trace_flags.sampled), end=" ")
"""
    expected = [int(keeps(f"t-{number}", 0.3)) for number in range(50)]
    for seed in "12":
        printed = run_python(source, PYTHONHASHSEED=seed).stdout.split()
        assert [int(flag) for flag in printed] == expected


@pytest.mark.parametrize(("session_id", "expected"), [(KEPT, True), (DROPPED, False)])
def test_a_root_carries_what_decided(session_id: str, expected: bool) -> None:
    """``ot=rv:`` with 14 digits, kept or dropped, and so do its children."""
    tracer = TracerProvider(sampler=SessionSampler(0.1)).get_tracer("tests")
    with session("Trip", id=session_id), tracer.start_as_current_span("root") as root:
        child = tracer.start_span("child")
        child.end()
    state = {"ot": f"rv:{randomness(session_id):014x}"}
    assert [dict(span.get_span_context().trace_state) for span in (root, child)] == [state, state]
    assert [sampled(root), sampled(child)] == [expected, expected]


def test_the_tracestate_goes_out_in_the_header() -> None:
    """The services after this one are told."""
    tracer = TracerProvider(sampler=SessionSampler(1)).get_tracer("tests")
    carrier: dict[str, str] = {}
    with session("Trip", id=DROPPED), tracer.start_as_current_span("root"):
        get_global_textmap().inject(carrier)
    assert carrier["tracestate"] == "ot=rv:5fa0c6164dd21f"


@pytest.mark.parametrize("parent_sampled", [True, False])
@pytest.mark.parametrize("session_id", [KEPT, DROPPED])
def test_a_parent_decides(parent_sampled: bool, session_id: str) -> None:
    """Whatever the session below it, and its tracestate stays."""
    tracer = TracerProvider(sampler=SessionSampler(0.1)).get_tracer("tests")
    context = set_session(Session("Trip", id=session_id), remote(sampled=parent_sampled))
    span = tracer.start_span("work", context)
    span.end()
    assert sampled(span) is parent_sampled
    assert dict(span.get_span_context().trace_state) == {"ot": "th:8", "vendor": "1"}


@pytest.mark.parametrize(("session_id", "expected"), [(KEPT, True), (DROPPED, False)])
def test_an_id_that_another_library_wrote_decides_too(session_id: str, expected: bool) -> None:
    """When the root starts with it, and adopt has that name."""
    attributes = {"langfuse.session.id": session_id}
    tracer = TracerProvider(sampler=SessionSampler(0.1, otherwise=ALWAYS_ON)).get_tracer("tests")
    span = tracer.start_span("work", Context(), attributes=attributes)
    assert sampled(span) is expected
    nobody = SessionSampler(0.1, otherwise=ALWAYS_ON, adopt=())
    assert nobody.should_sample(None, 1, "work", attributes=attributes).decision.is_sampled()


def test_a_browsers_session_decides_nothing() -> None:
    """A bare session.id on a SERVER span is not adopted, here as in the processor."""
    sampler = SessionSampler(0, otherwise=ALWAYS_ON)
    result = sampler.should_sample(None, 1, "GET", SpanKind.SERVER, {"session.id": "browser"})
    assert result.decision is Decision.RECORD_AND_SAMPLE


def test_without_a_session_the_ratio_is_that_of_traces() -> None:
    """By trace id, unless another sampler is given; and nothing is put in the tracestate."""
    sampler = SessionSampler(0.5)
    low, high = (sampler.should_sample(None, number, "work") for number in (1, (1 << 64) - 1))
    assert [low.decision.is_sampled(), high.decision.is_sampled()] == [True, False]
    assert not low.trace_state
    off = SessionSampler(1, otherwise=ALWAYS_OFF)
    assert not off.should_sample(None, 1, "work").decision.is_sampled()


def test_attributes_of_a_sampled_root_stay() -> None:
    """A dropped one has none, as with the SDK's samplers."""
    sampler = SessionSampler(0.1)
    given = {"session.id": KEPT, "a": 1}
    kept = sampler.should_sample(None, 1, "work", attributes=given)
    dropped = sampler.should_sample(None, 1, "work", attributes={"session.id": DROPPED})
    assert (dict(kept.attributes), dict(dropped.attributes)) == (given, {})


def test_a_fault_of_ours_is_not_the_users(lenient: None, caplog: Any) -> None:
    """Then the other sampler decides, and one line says so."""
    sampler = SessionSampler(0, otherwise=ALWAYS_ON)

    class Broken(dict):  # type: ignore[type-arg]
        def __iter__(self) -> Iterator[str]:
            raise RuntimeError("broken")

    for _ in range(2):
        result = sampler.should_sample(None, 1, "work", attributes=Broken(a=1))
        assert result.decision.is_sampled()
    assert len(caplog.messages) == 1


def test_the_description_says_it_all() -> None:
    """As it shows in a provider's repr."""
    assert SessionSampler(0.1, otherwise=ALWAYS_ON).get_description() == (
        "SessionSampler{0.1,otherwise:AlwaysOnSampler}"
    )


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"ratio": 2}, ValueError),
        ({"ratio": "0.1"}, TypeError),
        ({"ratio": 0.1, "otherwise": "on"}, TypeError),
        ({"ratio": 0.1, "adopt": "session.id"}, TypeError),
    ],
    ids=str,
)
def test_configuration_is_checked(arguments: dict[str, Any], error: type[Exception]) -> None:
    """At the line that made the mistake."""
    with pytest.raises(error):
        SessionSampler(**arguments)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ([], "rv:00000000000001"),
        ([("ot", "rv:ffffffffffffff;th:8")], "rv:00000000000001"),
        ([("ot", "p:3;th:8;x:y")], "rv:00000000000001;p:3;x:y"),
        ([("ot", ";;rv:1;")], "rv:00000000000001"),
        ([("ot", "a:" + "b" * 250)], "rv:00000000000001"),
    ],
)
def test_an_entry_that_is_there_is_merged(before: list[tuple[str, str]], after: str) -> None:
    """What is not about sampling stays; too long a value loses what does not fit."""
    assert with_randomness(TraceState(before), 1)["ot"] == after


def test_a_full_tracestate_loses_its_last_entry() -> None:
    """W3C allows 32; ours comes first, and what was there stays in order."""
    full = TraceState([(f"v{number}", "1") for number in range(32)])
    merged = with_randomness(full, 1)
    assert list(merged) == ["ot", *[f"v{number}" for number in range(31)]]
    updated = with_randomness(TraceState([("a", "1"), ("ot", "x:y")]), 1)
    assert list(updated.items()) == [("ot", "rv:00000000000001;x:y"), ("a", "1")]


@given(st.text(), st.floats(0, 1))
def test_opentelemetrys_consistent_sampler_agrees(session_id: str, ratio: float) -> None:
    """Given our tracestate it decides as we do: its threshold is ours, but for rounding."""
    experimental = pytest.importorskip("opentelemetry.sdk.trace._sampling_experimental")
    ours = SessionSampler(ratio)
    started = ours.should_sample(set_session(Session("Trip", id=session_id), Context()), 1, "work")
    theirs = experimental.composite_sampler(experimental.composable_traceid_ratio_based(ratio))
    again = theirs.should_sample(None, 1, "work", trace_state=started.trace_state)
    if abs(int(started.trace_state["ot"][3:], 16) - (1 - ratio) * 2**56) > 16:
        assert again.decision is started.decision


@pytest.fixture
def stamped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(buckets, "stamped", False)


def test_spans_say_their_bucket_when_asked(provided: Any, stamped: None) -> None:
    """A number, 0 to 99, on each span of a session and no other."""
    provider, exporter = provided(ALWAYS_ON, bucket=True)
    tracer = provider.get_tracer("tests")
    with session("Trip", id=KEPT), tracer.start_as_current_span("root"):
        tracer.start_span("child", attributes={"a": 1}).end()
    tracer.start_span("other").end()
    assert provider.force_flush()
    said = {span.name: _bucket(span) for span in exporter.spans}
    assert said == {"root": 9, "child": 9, "other": None}


def test_spans_do_not_say_their_bucket_unasked(provided: Any, stamped: None) -> None:
    """It is one attribute more on each span."""
    provider, exporter = provided(ALWAYS_ON)
    with session("Trip", id=KEPT):
        provider.get_tracer("tests").start_span("work").end()
    assert provider.force_flush()
    assert _bucket(exporter.spans[0]) is None


def _bucket(span: ReadableSpan) -> Any:
    return (span.attributes or {}).get("helicone.session.bucket")
