"""Sessions of the demo, by stock exporters through local.yaml, in Jaeger and in Tempo."""

from __future__ import annotations

import base64
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from otel_helisession.demo.run import missing
from tests.backends.collector import Collector
from tests.backends.jaeger import Jaeger
from tests.backends.processes import until
from tests.backends.sending import demo
from tests.backends.tempo import Tempo

pytestmark = pytest.mark.skipif(missing() is not None, reason=f"the demo: {missing()}")


def sessions(spans: list[dict[str, Any]]) -> set[str]:
    """Return the ids of sessions; some spans of the demo have none."""
    return {span["session"] for span in spans} - {""}


def of_session(spans: list[dict[str, Any]], session: str) -> list[tuple[str, ...]]:
    """Return what must be found of a session, sorted: trace, span, parent, name, path."""
    keys = ("trace", "span", "parent", "name", "path")
    return sorted(tuple(span[key] for key in keys) for span in spans if span["session"] == session)


def in_jaeger(jaeger: Jaeger, session: str) -> list[tuple[str, ...]]:
    """Return what Jaeger's search finds of a session."""
    found = []
    for trace in jaeger.traces("trips", {"helicone.session.id": session}):
        for span in trace["spans"]:
            parents = [one["spanID"] for one in span["references"] if one["refType"] == "CHILD_OF"]
            tags = {tag["key"]: tag["value"] for tag in span["tags"]}
            assert tags["helicone.session.id"] == session
            told = (span["operationName"], tags["helicone.session.path"])
            found.append((span["traceID"], span["spanID"], *(parents or [""]), *told))
    return sorted(found)


def _hex(identity: str) -> str:
    return identity if len(identity) in (16, 32) else base64.b64decode(identity).hex()


def in_tempo(tempo: Tempo, session: str) -> list[tuple[str, ...]]:
    """Return what Tempo has of a session: TraceQL finds the traces, which are read whole."""
    found = []
    for trace in tempo.search(f'{{ span.helicone.session.id = "{session}" }}'):
        for span in tempo.trace(trace["traceID"].zfill(32)):
            tags = {tag["key"]: tag["value"] for tag in span["attributes"]}
            assert tags["helicone.session.id"] == {"stringValue": session}
            parent = _hex(span.get("parentSpanId", "") or "")
            path = tags["helicone.session.path"]["stringValue"]
            found.append((_hex(span["traceId"]), _hex(span["spanId"]), parent, span["name"], path))
    return sorted(found)


def _equal(read: Callable[..., Any], backend: Any, session: str, wanted: Any) -> bool:
    return bool(read(backend, session) == wanted)


@pytest.mark.parametrize("protocol", ["grpc", "http"])
def test_jaeger_shows_each_span_once_in_its_place(
    protocol: str, collector: Callable[..., Collector], jaeger: Jaeger, sink_address: str
) -> None:
    """What the search by session id finds is what was sent: once, under the same parents."""
    hop = collector("local", JAEGER_OTLP=jaeger.otlp, TEMPO_OTLP=sink_address)
    sent = demo(protocol, hop.grpc if protocol == "grpc" else hop.http)
    assert len(sessions(sent)) == 2
    for session in sessions(sent):
        wanted = of_session(sent, session)
        assert until(partial(_equal, in_jaeger, jaeger, session, wanted), 10)


@pytest.mark.parametrize("protocol", ["grpc", "http"])
def test_tempo_has_each_span_once_in_its_place(
    protocol: str, collector: Callable[..., Collector], tempo: Tempo, sink_address: str
) -> None:
    """A TraceQL query by session id finds the traces, and they are what was sent."""
    hop = collector("local", JAEGER_OTLP=sink_address, TEMPO_OTLP=tempo.otlp)
    sent = demo(protocol, hop.grpc if protocol == "grpc" else hop.http)
    for session in sessions(sent):
        wanted = of_session(sent, session)
        assert until(partial(_equal, in_tempo, tempo, session, wanted), 20)


def test_jaeger_finds_requests_by_path_and_name(
    collector: Callable[..., Collector], jaeger: Jaeger, sink_address: str
) -> None:
    """Path and name are tags as good as the id."""
    hop = collector("local", JAEGER_OTLP=jaeger.otlp, TEMPO_OTLP=sink_address)
    sent = demo("grpc", hop.grpc)
    one = next(span for span in sent if span["path"].count("/") > 1)
    until(lambda: bool(jaeger.traces("trips", {"helicone.session.id": one["session"]})), 10)
    wanted = {"helicone.session.id": one["session"], "helicone.session.path": one["path"]}
    traces = jaeger.traces("trips", wanted)
    assert one["trace"] in {trace["traceID"] for trace in traces}
