"""sessions-from-other-keys.yaml: what other libraries call a session, span by span."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from opentelemetry.trace import SpanKind

from otel_helisession.sessions.adoption import ADOPTED_KEYS
from otel_helisession.sessions.bucket import bucket
from tests.backends.collector import Collector
from tests.backends.processes import until
from tests.backends.sending import tracing
from tests.servers.otlp import GrpcSink, attributes_of

Mapped = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def mapped(collector: Callable[..., Collector], sink: GrpcSink, sink_address: str) -> Mapped:
    """Send spans with these attributes; return what arrives, in that order."""

    def send(*attributes: dict[str, Any], kind: SpanKind = SpanKind.INTERNAL) -> Any:
        hop = collector("sessions-from-other-keys", BACKEND_OTLP=sink_address)
        with tracing(hop.grpc) as tracer:
            for number, one in enumerate(attributes):
                tracer.start_span(f"{number:03}", kind=kind, attributes=one).end()
        assert until(lambda: len(sink.spans()) == len(attributes))
        return [attributes_of(span) for span in sorted(sink.spans(), key=lambda one: one.name)]

    return send


def whole(session: str, path: str = "/") -> dict[str, Any]:
    """Return what a span of a session carries at least."""
    return {
        "helicone.session.id": session,
        "session.id": session,
        "helicone.session.path": path,
        "helicone.session.bucket": bucket(session),
    }


def test_each_key_that_we_adopt_is_mapped(mapped: Mapped) -> None:
    """Id, path and bucket are the same as with our own processor."""
    arrived = mapped(*({key: f"from {key}"} for key in ADOPTED_KEYS))
    assert arrived == [{**whole(f"from {key}"), key: f"from {key}"} for key in ADOPTED_KEYS]


def test_the_first_key_wins_and_what_is_no_text_does_not(mapped: Mapped) -> None:
    """Precedence is adopt()'s: a span with all keys but the first n has the next one's id."""
    every = {key: key for key in ADOPTED_KEYS}
    cases = [dict(list(every.items())[number:]) for number in range(len(every))]
    cases += [{"session.id": 7, "mlflow.trace.session": "m"}, {"helicone.session.id": ""}]
    arrived = [one.get("helicone.session.id") for one in mapped(*cases)]
    assert arrived == [*ADOPTED_KEYS, "m", None]


def test_a_browsers_session_is_nobodys(mapped: Mapped) -> None:
    """A bare session.id on a SERVER span stays what it is; a conversation's id is taken."""
    browser, chat = mapped(
        {"session.id": "browser"},
        {"session.id": "browser", "gen_ai.conversation.id": "chat"},
        kind=SpanKind.SERVER,
    )
    assert browser == {"session.id": "browser"}
    assert (chat["helicone.session.id"], chat["session.id"]) == ("chat", "browser")


def test_the_rest_of_a_session_follows(mapped: Mapped) -> None:
    """Name, path and user from Traceloop's and Langfuse's names; the kind of a request."""
    prefix = "traceloop.association.properties."
    tool, llm = mapped(
        {
            prefix + "Helicone-Session-Id": "t",
            prefix + "Helicone-Session-Name": "Trip",
            prefix + "Helicone-Session-Path": "/trip",
            prefix + "user_id": "user-1",
            "traceloop.span.kind": "tool",
        },
        {"langfuse.session.id": "l", "langfuse.user.id": "user-2", "gen_ai.operation.name": "chat"},
    )
    named = {"helicone.session.name": "Trip", "user.id": "user-1", "helicone.request.type": "tool"}
    assert {**tool, **whole("t", "/trip"), **named} == tool
    assert {**llm, **whole("l"), "user.id": "user-2", "helicone.request.type": "llm"} == llm


def test_the_bucket_is_the_formulas(mapped: Mapped) -> None:
    """The Collector and our processor sort any id into the same hundredth."""
    ids = [f"session-{number}" for number in range(200)] + ["", "Reykjavík", "旅"]
    arrived = mapped(*({"helicone.session.id": one} for one in ids if one))
    told = {one["helicone.session.id"]: one["helicone.session.bucket"] for one in arrived}
    assert told == {one: bucket(one) for one in ids if one}


def test_spans_without_a_session_stay_as_they_are(mapped: Mapped) -> None:
    """Nothing is invented, also not from mcp.session.id, which is a transport's."""
    plain = {"http.request.method": "GET", "mcp.session.id": "transport"}
    assert mapped(plain) == [plain]
