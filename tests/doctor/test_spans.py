"""diagnose(): why a span has no session."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.trace import NonRecordingSpan, SpanContext, SpanKind, TraceFlags

from otel_helisession import carry, diagnose, observing, session, step
from otel_helisession.diagnosis import providers
from tests.collecting import CollectedSpans

Findings = Callable[[], list[str]]

OUTSIDE = (
    'inside "with session(...):", or take each trace for a session: default_session="trace", '
    "or HELISESSION_DEFAULT_SESSION=trace."
)
INBOUND = (
    "caller's {with_}the propagator 'helisession' {and_}HELISESSION_TRUST_INBOUND=true, where "
    "all callers are your own."
)


def make(name: str, **options: object) -> None:
    trace.get_tracer("shop").start_span(name, **options).end()  # type: ignore[arg-type]


def test_a_healthy_program_has_no_findings(spans: CollectedSpans, findings: Findings) -> None:
    """Spans in a session are a fact, by scope."""
    with session("Trip"), step("pack"):
        make("socks")
        make("shoes")
    assert findings() == []
    assert "3 spans ended, 3 with a session: shop (2), otel_helisession (1)." in diagnose().facts


def test_started_outside(spans: CollectedSpans, findings: Findings) -> None:
    """With the scope, the number and the first name; children of such a span count with it."""
    with trace.get_tracer("shop").start_as_current_span("one"):
        make("two")
    make("three")
    assert findings() == [
        "3 spans of scope shop had no session: they started outside session(). The first was "
        f"'two'. Start them {OUTSIDE}"
    ]


def test_one_span_is_spoken_of_in_the_singular(spans: CollectedSpans, findings: Findings) -> None:
    """It is read by people."""
    make("one")
    assert findings() == [
        "1 span of scope shop had no session: it started outside session(). It was 'one'. "
        f"Start it {OUTSIDE}"
    ]


def test_a_remote_parent(spans: CollectedSpans, findings: Findings) -> None:
    """The trace came from another process, the session did not."""
    remote = SpanContext(1, 2, is_remote=True, trace_flags=TraceFlags(1))
    context = trace.set_span_in_context(NonRecordingSpan(remote), Context())
    for _ in range(12):
        make("GET /", context=context)
    assert findings() == [
        "12 spans of scope shop had no session: they started outside session() and their parent "
        "was remote. The first was 'GET /'. A trace travels by itself, a session does not: enter "
        "session() here, or continue the caller's with the propagator 'helisession' and "
        "HELISESSION_TRUST_INBOUND=true, where all callers are your own."
    ]


def test_an_inbound_request(spans: CollectedSpans, findings: Findings) -> None:
    """A SERVER span without a parent."""
    make("GET /", kind=SpanKind.SERVER)
    assert findings() == [
        "1 span of scope shop had no session: it started outside session(), for an inbound "
        "request or message. It was 'GET /'. What works below it can enter session() itself. To "
        "continue the caller's session use the propagator 'helisession' with "
        "HELISESSION_TRUST_INBOUND=true, where all callers are your own."
    ]


def test_a_context_lost_in_a_thread(spans: CollectedSpans, findings: Findings) -> None:
    """Named with the thread; carry() is the remedy, and heals it."""
    with session("Trip"), step("pack"), ThreadPoolExecutor(1, "packers") as pool:
        pool.submit(make, "lost").result()
        pool.submit(carry(make), "carried").result()
    assert findings() == [
        "1 span of scope shop had no session: it started in the thread packers_0, whose Context "
        "was empty, while spans of a session were open elsewhere. It was 'lost'. Hand work to "
        "threads with carry(function), or turn on opentelemetry-instrumentation-threading."
    ]


def test_a_provider_without_our_processor(spans: CollectedSpans, provider: TracerProvider) -> None:
    """It is another one than the global one, as some libraries have their own."""
    diagnose()
    with session("Trip"):
        provider.get_tracer("shop").start_span("sock").end()
    assert diagnose().findings == (
        "1 span of scope shop had no session although session() was in force: its provider, "
        "opentelemetry.sdk.trace.TracerProvider, has no SessionSpanProcessor. It was 'sock'. Add "
        "one: provider.add_span_processor(SessionSpanProcessor()), or "
        "configure(tracer_provider=provider).",
    )


def test_another_library_s_id_is_a_session(spans: CollectedSpans, findings: Findings) -> None:
    """Also when it is written on the span after its start."""
    span = trace.get_tracer("shop").start_span("chat")
    span.set_attribute("session.id", "theirs")
    span.end()
    assert findings() == []


def test_nothing_is_counted_before_or_after(spans: CollectedSpans) -> None:
    """A watcher stays on its provider, idle."""
    make("before")
    diagnose()
    observing.stop()
    make("after")
    assert diagnose().findings == ()


def test_kinds_of_spans_are_bounded(monkeypatch: object) -> None:
    """A scope with an id in its name does not fill the memory."""
    observations = observing.Observations()
    for number in range(observing.MAX_KINDS + 5):
        key = observing.SpanKey("outside", f"scope-{number}", "P")
        observations.span(key, "x")
        observations.request(observing.RequestKey("announced", f"host-{number}", "httpx"))
    assert len(observations.spans()) == len(observations.requests()) == observing.MAX_KINDS + 1
    assert observations.spans()[0] == (observing.SpanKey("outside", "others", "others"), 5)


def test_watching_from_the_beginning_sees_processors(spans: CollectedSpans) -> None:
    """Of providers made later, in the order they were given; unwatch() puts all back."""
    before = TracerProvider.__init__
    providers.watch_all()
    made = TracerProvider(shutdown_on_exit=False)
    made.add_span_processor(spans.processor)
    seen = providers.processors(made)
    providers.unwatch()
    assert (seen, TracerProvider.__init__) == (("SessionSpanProcessor",), before)
