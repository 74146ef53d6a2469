"""A log for Helicone as a span, in the words that our own SDK writes."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, Final

from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import SpanContext, SpanKind, Status, StatusCode, TraceFlags

from otel_helisession import semconv
from otel_helisession.conventions.attributes.json_text import attribute, cut, json_text
from otel_helisession.conventions.wire.answer import error_of
from otel_helisession.intake import helicone_llm
from otel_helisession.intake.helicone_log import HeliconeLog
from otel_helisession.sessions.text import decode
from otel_helisession.sessions.value import Session

_MAX_CHARS: Final = 1_000_000
_CANCELLED: Final = -3
_TIMED_OUT: Final = -1
_RESOURCE: Final = Resource({})
_SCOPE: Final = InstrumentationScope("helicone")
_KINDS: Final = frozenset({"tool", "vector_db", "data"})
_SEARCHES: Final = frozenset({"search", "query", "retrieve", "retrieval"})
_NOTED: Final = frozenset(
    {"_type", "toolName", "name", "status", "message", "error", "toolCallId", "model"}
)
"""What stands in a request or answer of ours beside its value."""

Json = Mapping[str, Any]


def span_of(log: HeliconeLog) -> ReadableSpan:
    """Return *log* as a span. The same log makes the same ids: sent again, it replaces itself."""
    session = _session(log)
    kind = _kind(log)
    name, described = _describe(log, kind)
    attributes: dict[str, Any] = {semconv.REQUEST_TYPE: kind, **described}
    if log.first_token_ms is not None and kind == "llm":
        attributes[semconv.TIME_TO_FIRST_CHUNK] = log.first_token_ms / 1_000
    if session is not None:
        attributes.update(session.attributes)
    status = _status(log, attributes)
    start = log.start_ms * 1_000_000
    whose = f"request {log.id}" if session is None else f"session {session.id}"
    context = SpanContext(
        _digest(whose, 16), _digest(f"request {log.id}", 8), False, TraceFlags(TraceFlags.SAMPLED)
    )
    return ReadableSpan(
        name,
        context,
        resource=_RESOURCE,
        attributes={key: value for key, value in attributes.items() if value is not None},
        kind=SpanKind.CLIENT if kind in ("llm", "vector_db") else SpanKind.INTERNAL,
        status=status,
        start_time=start,
        end_time=log.end_ms * 1_000_000,
        instrumentation_scope=_SCOPE,
    )


def _digest(text: str, size: int) -> int:
    found = hashlib.sha256(f"helicone {text}".encode()).digest()[:size]
    return int.from_bytes(found, "big") or 1


def _session(log: HeliconeLog) -> Session | None:
    identifier = decode(log.header(semconv.SESSION_ID_HEADER))
    if not identifier:
        return None
    prefix = semconv.PROPERTY_HEADER_PREFIX
    return Session(
        decode(log.header(semconv.SESSION_NAME_HEADER)),
        identifier,
        decode(log.header(semconv.SESSION_PATH_HEADER)) or "/",
        decode(log.header(semconv.USER_ID_HEADER)) or None,
        {
            written[len(prefix) :]: decode(value)
            for name, (written, value) in log.headers.items()
            if name.startswith(prefix.lower()) and len(name) > len(prefix)
        },
        id_given=False,
    )


def _kind(log: HeliconeLog) -> str:
    for said in (log.request.get("_type"), log.response.get("_type")):
        if isinstance(said, str) and said in _KINDS:
            return said
    model = log.header(semconv.MODEL_OVERRIDE_HEADER).partition(":")[0]
    return model if model in _KINDS else "llm"


def _describe(log: HeliconeLog, kind: str) -> tuple[str, dict[str, Any]]:
    if kind == "tool":
        return _tool(log.request, log.response)
    if kind == "vector_db":
        return _vector(log.request, log.response)
    if kind == "data":
        return _data(log.request, log.response)
    return helicone_llm.describe(log)


def _tool(request: Json, response: Json) -> tuple[str, dict[str, Any]]:
    name = _text(request.get("toolName") or response.get("toolName")) or "unknown"
    return f"execute_tool {name}", {
        semconv.OPERATION_NAME: "execute_tool",
        semconv.TOOL_NAME: name,
        semconv.TOOL_CALL_ID: _text(request.get("toolCallId")),
        semconv.TOOL_ARGUMENTS: _value(request, ("input",)),
        semconv.TOOL_RESULT: _value(response, ("result", "results", "data")),
    }


def _vector(request: Json, response: Json) -> tuple[str, dict[str, Any]]:
    operation = _text(request.get("operation")) or "search"
    database = _text(request.get("databaseName"))
    database = None if database == "unknown" else database
    collection = _text(request.get("collection") or request.get("namespace"))
    query = request.get("query") or request.get("text")
    top_k = request.get("topK")
    matches = response.get("matches", response.get("results"))
    return f"{operation} {collection or database or ''}".rstrip(), {
        semconv.VECTOR_OPERATION: operation,
        semconv.OPERATION_NAME: "retrieval" if operation in _SEARCHES else None,
        semconv.DB_SYSTEM_NAME: database,
        semconv.DB_OPERATION_NAME: operation,
        semconv.DB_COLLECTION_NAME: collection,
        semconv.RETRIEVAL_QUERY: query if isinstance(query, str) else _json(query),
        semconv.RETRIEVAL_TOP_K: top_k if isinstance(top_k, int) else None,
        semconv.VECTOR_FILTER: attribute(request.get("filter"), max_value_chars=_MAX_CHARS),
        semconv.RETRIEVAL_DOCUMENTS: _json(matches) if isinstance(matches, list) else None,
    }


def _data(request: Json, response: Json) -> tuple[str, dict[str, Any]]:
    name = _text(request.get("name") or response.get("name")) or "unknown"
    return name, {
        semconv.DATA_NAME: name,
        semconv.DATA_VALUE: _value(request, ("value",)),
        semconv.DATA_RESULT: _value(response, ("result", "data")),
    }


def _value(said: Json, names: tuple[str, ...]) -> Any:
    """Return what stands under the first of *names*, else what else is said."""
    for name in names:
        if name in said:
            return attribute(said[name], max_value_chars=_MAX_CHARS)
    rest = {name: value for name, value in said.items() if name not in _NOTED}
    return _json(rest) if rest else None


def _status(log: HeliconeLog, attributes: dict[str, Any]) -> Status:
    """Return how it ended; why is added to *attributes*."""
    failed = log.status not in (0, -2) and not 200 <= log.status < 300
    error = error_of(log.response, failed) if "error" in log.response or failed else None
    if not failed and error is None:
        return Status()
    kind, message = error if error is not None else ("error", log.text[:2_000])
    if log.status == _CANCELLED:
        attributes[semconv.ERROR_TYPE] = "cancelled" if kind == "error" else kind
        return Status(StatusCode.ERROR, cut(message, 2_000) or "cancelled")
    if log.status == _TIMED_OUT:
        kind = "timeout"
    if log.status >= 400:
        attributes[semconv.HTTP_STATUS_CODE] = log.status
        kind = str(log.status) if kind == "error" else kind
    attributes[semconv.ERROR_TYPE] = kind
    return Status(StatusCode.ERROR, cut(message, 2_000) or f"status {log.status}")


def _text(value: Any) -> str | None:
    return cut(value, 1_000) if isinstance(value, str) and value else None


def _json(value: Any) -> str | None:
    return None if value is None else json_text(value, max_value_chars=_MAX_CHARS)
