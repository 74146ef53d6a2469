"""OTLP over gRPC is answered as its specification says."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import grpc
import pytest
from google.rpc.error_details_pb2 import RetryInfo
from google.rpc.status_pb2 import Status
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)

from otel_helisession.intake.grpc import GrpcReceiver
from otel_helisession.intake.inbox import FullError
from otel_helisession.intake.intake import Intake
from otel_helisession.store.row import SpanRow
from otel_helisession.web.policy import Policy
from tests.intake.requests import encoded, llm

TRACES = "/opentelemetry.proto.collector.trace.v1.TraceService/Export"
METRICS = "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export"
LOGS = "/opentelemetry.proto.collector.logs.v1.LogsService/Export"


@pytest.fixture
def channel(grpc_receiver: GrpcReceiver) -> Iterator[Any]:
    with grpc.insecure_channel(f"127.0.0.1:{grpc_receiver.port}") as made:
        yield made


def call(channel: Any, body: bytes, method: str = TRACES, **more: Any) -> Any:
    return channel.unary_unary(method)(body, timeout=10, **more)


def test_spans_arrive(channel: Any, stored: Callable[[], dict[str, SpanRow]]) -> None:
    """Compressed or not; the answer is empty."""
    assert call(channel, encoded(llm("plain"))) == b""
    assert call(channel, encoded(llm("packed", 2)), compression=grpc.Compression.Gzip) == b""
    assert call(channel, b"") == b""
    assert sorted(stored()) == ["packed", "plain"]


def test_single_spans_are_rejected(channel: Any) -> None:
    """In a partial success."""
    request = ExportTraceServiceRequest.FromString(encoded(llm("bad")))
    request.resource_spans[0].scope_spans[0].spans[0].trace_id = b""
    answer = ExportTraceServiceResponse.FromString(call(channel, request.SerializeToString()))
    assert answer.partial_success.rejected_spans == 1


def test_the_other_signals_are_answered(channel: Any) -> None:
    """So that an SDK that sends all of them to us has no error to log."""
    assert call(channel, b"", METRICS) == b""
    assert call(channel, b"", LOGS) == b""


def test_malformed_requests_are_not_to_be_sent_again(channel: Any) -> None:
    """INVALID_ARGUMENT says so."""
    with pytest.raises(grpc.RpcError) as raised:
        call(channel, b"\xff\xff")
    assert raised.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert "the body is no ExportTraceServiceRequest" in raised.value.details()


def test_a_full_inbox_says_when_to_come_again(
    channel: Any, intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    """RESOURCE_EXHAUSTED with a RetryInfo, without which SDKs would drop the spans."""

    def full(batch: object) -> None:
        raise FullError

    monkeypatch.setattr(intake._inbox, "put", full)
    with pytest.raises(grpc.RpcError) as raised:
        call(channel, encoded(llm("chat")))
    assert raised.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
    trailing = dict(raised.value.trailing_metadata())
    said = Status.FromString(trailing["grpc-status-details-bin"])
    info = RetryInfo()
    assert said.details[0].Unpack(info)
    assert (said.code, info.retry_delay.seconds) == (8, 1)


def test_many_callers_at_once_wait_for_each_other(
    channel: Any, intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    """gRPC's own refusal has no RetryInfo: a fleet of programs would lose what it sends."""
    may_go, put = threading.Event(), intake._inbox.put

    def waiting(batch: Any) -> None:
        assert may_go.wait(30)
        put(batch)

    monkeypatch.setattr(intake._inbox, "put", waiting)
    method = channel.unary_unary(TRACES)
    calls = [method.future(encoded(llm("chat", number)), timeout=30) for number in range(1, 200)]
    may_go.set()
    assert {one.result() for one in calls} == {b""}
    assert intake.figures().received == 199


def test_a_request_that_is_too_long_is_refused(
    intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before it is read."""
    monkeypatch.setattr("otel_helisession.intake.grpc.MAX_BODY_BYTES", 1_000)
    receiver = GrpcReceiver(intake, port=0)
    receiver.start()
    with grpc.insecure_channel(f"127.0.0.1:{receiver.port}") as channel:
        with pytest.raises(grpc.RpcError) as raised:
            call(channel, bytes(2_000))
        assert raised.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
    receiver.stop(0.1)


def test_a_token_is_asked_for(intake: Intake) -> None:
    """Where the policy has one."""
    receiver = GrpcReceiver(intake, port=0, policy=Policy(token="fake-token-0000"))
    receiver.start()
    with grpc.insecure_channel(f"127.0.0.1:{receiver.port}") as channel:
        with pytest.raises(grpc.RpcError) as raised:
            call(channel, b"")
        assert raised.value.code() is grpc.StatusCode.UNAUTHENTICATED
        shown = (("authorization", "Bearer fake-token-0000"),)
        assert call(channel, b"", metadata=shown) == b""
    receiver.stop(0.1)


def test_a_port_that_is_taken_is_said(
    grpc_receiver: GrpcReceiver, intake: Intake, capfd: pytest.CaptureFixture[str]
) -> None:
    """With what to do about it, and without the lines that gRPC itself would write."""
    with pytest.raises(OSError, match="is another collector running, or another"):
        GrpcReceiver(intake, port=grpc_receiver.port).start()
    assert capfd.readouterr() == ("", "")
