"""What a stranger's request may do to sessions: nothing, or what a user of ours could."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from opentelemetry import baggage, propagate
from opentelemetry.sdk.trace import TracerProvider

from otel_helisession import SessionPropagator, SessionSpanProcessor, current_session
from tests.fakes import KeepingExporter

IDS = {"Helicone-Session-Id": "victim", "Helicone-Session-Path": "/x", "Helicone-User-Id": "root"}


def test_a_strangers_headers_write_into_no_session() -> None:
    """Whoever knows an id would else hang spans into somebody's session."""
    assert current_session(SessionPropagator().extract(IDS)) is None


def test_a_strangers_baggage_writes_into_no_session() -> None:
    """Nor under any of the names, trusted or not."""
    context = baggage.set_baggage("helicone.session.id", "victim")
    context = baggage.set_baggage("session.id", "victim", context)
    for trusted in (False, True):
        propagator = SessionPropagator(trust_inbound=trusted)
        assert current_session(propagator.extract({}, context)) is None


def test_a_strangers_session_id_on_a_server_span_is_not_adopted(provider: TracerProvider) -> None:
    """Instrumentations copy a browser's session onto the span of the request."""
    from opentelemetry.trace import SpanKind

    exporter = KeepingExporter()
    provider.add_span_processor(SessionSpanProcessor(exporter))
    tracer = provider.get_tracer("test")
    tracer.start_span("GET /", kind=SpanKind.SERVER, attributes={"session.id": "victim"}).end()
    provider.force_flush()
    assert "helicone.session.id" not in exporter.attributes("GET /")


HOSTILE: dict[str, Mapping[str, str]] = {
    "a megabyte": {"Helicone-Session-Id": "x" * 1_000_000, "Helicone-Session-Path": "/a" * 100_000},
    "line breaks": {"Helicone-Session-Id": "a\r\nX-Admin: 1", "Helicone-Session-Name": "b\r\nc"},
    "encoded line breaks": {"Helicone-Session-Id": "a%0d%0aX: 1", "Helicone-Session-Path": "/%0a"},
    "a climb": {"Helicone-Session-Id": "a", "Helicone-Session-Path": "/../../etc//./x"},
    "properties": {"Helicone-Session-Id": "a"}
    | {f"Helicone-Property-P{n}": "v" for n in range(10_000)},
    "a property of a megabyte": {
        "Helicone-Session-Id": "a",
        "Helicone-Property-" + "P" * 1_000_000: "v" * 1_000_000,
    },
    "escape sequences": {
        "Helicone-Session-Id": "\x1b[2J\x00\u202e",
        "Helicone-Session-Name": "\x9b1m",
    },
}


@pytest.mark.parametrize("headers", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_headers_of_a_trusted_caller_are_bounded_and_clean(
    headers: Mapping[str, str],
) -> None:
    """In length, in characters and in number; and so is all that is sent on."""
    found = current_session(SessionPropagator(trust_inbound=True).extract(headers))
    assert found is not None
    said = [found.id, found.name, found.path, *found.properties, *found.properties.values()]
    sent = [*found.headers, *found.headers.values()]
    assert max(map(len, said + sent)) <= 1_500
    assert len(found.properties) <= 100
    assert all(text.isprintable() and text.isascii() for text in sent)
    assert not any(ord(mark) < 32 or 127 <= ord(mark) < 160 for text in said for mark in text)
    assert not any(part in (".", "..") for part in found.path.split("/"))


def test_the_global_propagator_is_told_no_trust_by_a_header() -> None:
    """Nothing in a request changes whom we trust."""
    context = propagate.extract({**IDS, "Helisession-Trust-Inbound": "true"})
    assert current_session(context) is None
