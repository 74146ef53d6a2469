"""What the answers of an OTLP endpoint mean, and what to do about them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from otel_helisession.redaction import redact

_SHOWN_CHARS: Final = 300

_STATUSES: Final[Mapping[int, str]] = {
    401: "It wants a key: set OTEL_EXPORTER_OTLP_HEADERS.",
    403: "The key is not allowed to write: look at OTEL_EXPORTER_OTLP_HEADERS.",
    404: "There is nothing at that path: OTEL_EXPORTER_OTLP_ENDPOINT is the URL before "
    "/v1/traces, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT the whole.",
    405: "Something else than OTLP listens there.",
    413: "The message is too large for it, which a probe never is: something else is in the way.",
    415: "It does not take protobuf: is it an OTLP endpoint?",
    429: "It is asked too much, and refuses for now: raise its limits, or send less.",
    502: "A proxy in front of it does not reach it.",
    503: "It is overloaded or starting; if it stays so, look at memory_limiter and the queues.",
}
_CODES: Final[Mapping[str, str]] = {
    "UNAUTHENTICATED": "It wants a key: set OTEL_EXPORTER_OTLP_HEADERS.",
    "PERMISSION_DENIED": "The key is not allowed to write: look at OTEL_EXPORTER_OTLP_HEADERS.",
    "UNIMPLEMENTED": "It speaks gRPC and takes no traces: its OTLP receiver is in no traces "
    "pipeline, or something else listens there.",
    "RESOURCE_EXHAUSTED": "It takes no more for now, or messages no larger than a bound: look at "
    "memory_limiter, the queues, and max_recv_msg_size_mib.",
    "UNAVAILABLE": "It takes connections and does not speak gRPC: 4318 is OTLP's port for HTTP "
    "(OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf), and TLS must be spoken by both or by none.",
    "DEADLINE_EXCEEDED": "It did not answer in time: it is overloaded, or what it sends to is.",
}


def partial(reply: Any) -> tuple[int, str]:
    """Return how many spans a success refuses, and its message; of an answer over HTTP."""
    said = _response(reply)
    if said is None:
        return 0, ""
    return int(said.partial_success.rejected_spans), short(said.partial_success.error_message)


def refusal(reply: Any) -> str:
    """Say what an answer over HTTP means that is no success."""
    status = int(reply.status_code)
    said = short(_message(reply))
    hint = _STATUSES.get(status, "It could not take them." if status >= 500 else "")
    reason = f": {said}." if said else "."
    return f"refused them with {status} {reply.reason or ''}".rstrip() + f"{reason} {hint}".rstrip()


def grpc_refusal(code: str, details: str) -> str:
    """Say what a status of gRPC means."""
    said = f": {short(details)}." if details else "."
    return f"refused them with {code}{said} {_CODES.get(code, '')}".rstrip()


def other_protocol(protocol: str) -> str:
    """Say that the port may be the other protocol's."""
    if protocol == "grpc":
        return "Is it the port for HTTP? Then set OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf."
    return "Is it the port for gRPC? Then set OTEL_EXPORTER_OTLP_PROTOCOL=grpc."


def short(text: str) -> str:
    """Return *text* on one line, without secrets and a full stop, cut."""
    line = redact(" ".join(str(text).split())).rstrip(".")
    return line if len(line) <= _SHOWN_CHARS else line[:_SHOWN_CHARS] + "..."


def _response(reply: Any) -> Any:
    from google.protobuf import json_format
    from google.protobuf.message import DecodeError
    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse

    if reply is None or not reply.content:
        return None
    try:
        if "json" in reply.headers.get("Content-Type", ""):
            return json_format.Parse(
                reply.content, ExportTraceServiceResponse(), ignore_unknown_fields=True
            )
        return ExportTraceServiceResponse.FromString(reply.content)
    except (DecodeError, json_format.ParseError, ValueError):
        return None


def _message(reply: Any) -> str:
    """Return what a refusal says: a ``google.rpc.Status``, in protobuf or JSON, or text."""
    kind = reply.headers.get("Content-Type", "")
    if "protobuf" in kind:
        from google.protobuf.message import DecodeError
        from google.rpc.status_pb2 import Status

        try:
            return str(Status.FromString(reply.content).message)
        except DecodeError:
            return ""
    if "html" in kind:
        return "it answers a web page"
    if "json" in kind:
        try:
            said = json.loads(reply.content)
        except ValueError:
            said = None
        if isinstance(said, dict) and isinstance(said.get("message"), str):
            return str(said["message"])
    return str(reply.text)
