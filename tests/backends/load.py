"""Sessions by the ten thousand, as OTLP requests that are cheap to make.

One session is encoded once; every other is the same bytes with other ids in the same places.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import grpc
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span

_METHOD: Final = "/opentelemetry.proto.collector.trace.v1.TraceService/Export"
_SESSION: Final = "session-00000000-of-the-load"
_TRACE: Final = b"<the trace's id>"

SPANS: Final = 10
"""Spans a session: two traces of five, like a chat of two turns."""

SESSIONS_A_REQUEST: Final = 10


def _span(number: int) -> Span:
    text = {
        "helicone.session.id": _SESSION,
        "session.id": _SESSION,
        "helicone.session.name": "Trip planner",
        "helicone.session.path": f"/trip/research/step-{number}",
        "helicone.request.type": "llm",
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": "gpt-5-mini",
        "gen_ai.response.model": "gpt-5-mini",
        "server.address": "api.example.com",
        "user.id": "user-17",
        "note": "x" * 400,
    }
    counts = {"gen_ai.usage.input_tokens": 412, "gen_ai.usage.output_tokens": 97}
    attributes = [KeyValue(key=key, value=AnyValue(string_value=one)) for key, one in text.items()]
    attributes += [KeyValue(key=key, value=AnyValue(int_value=one)) for key, one in counts.items()]
    return Span(
        trace_id=_TRACE,
        span_id=number.to_bytes(8, "big"),
        name="chat gpt-5-mini",
        kind=Span.SPAN_KIND_CLIENT,
        start_time_unix_nano=1_790_000_000_000_000_000,
        end_time_unix_nano=1_790_000_001_000_000_000,
        attributes=attributes,
    )


def _turn() -> bytes:
    request = ExportTraceServiceRequest()
    resource = request.resource_spans.add()
    service = KeyValue(key="service.name", value=AnyValue(string_value="load"))
    resource.resource.attributes.append(service)
    resource.scope_spans.add().spans.extend(_span(number + 1) for number in range(SPANS // 2))
    encoded: bytes = request.SerializeToString()
    return encoded


TURN: Final = _turn()
"""One of a session's two traces; a request is any number of them, one behind the other."""


def turns(sessions: int, turn: int) -> Iterator[bytes]:
    """Iterate over requests with one of the two turns of all *sessions*."""
    for first in range(0, sessions, SESSIONS_A_REQUEST):
        yield b"".join(
            TURN.replace(_SESSION.encode(), b"session-%08d-of-the-load" % number).replace(
                _TRACE, turn.to_bytes(4, "big") + number.to_bytes(12, "big")
            )
            for number in range(first, min(first + SESSIONS_A_REQUEST, sessions))
        )


def send(address: str, requests: Iterator[bytes]) -> int:
    """Send *requests* to ``HOST:PORT``, four at a time; return how many had to be repeated."""
    repeated = 0
    with grpc.insecure_channel(address) as channel, ThreadPoolExecutor(4) as pool:
        call = channel.unary_unary(_METHOD)
        waiting = []
        for request in requests:
            waiting.append(pool.submit(_insist, call, request))
            if len(waiting) >= 16:
                repeated += waiting.pop(0).result()
        repeated += sum(one.result() for one in waiting)
    return repeated


def _insist(call: grpc.UnaryUnaryMultiCallable, request: bytes) -> int:
    for attempt in range(1000):
        try:
            call(request, timeout=30, wait_for_ready=True)
        except grpc.RpcError as error:
            if error.code() not in (
                grpc.StatusCode.UNAVAILABLE,
                grpc.StatusCode.RESOURCE_EXHAUSTED,
            ):
                raise
        else:
            return attempt
    raise RuntimeError("refused a thousand times")
