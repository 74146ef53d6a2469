"""The spans of a session's own trace: requests, nodes and the root. None has message content."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import Link, SpanKind, Status, StatusCode

from otel_helisession import semconv
from otel_helisession.conventions.operation import Operation
from otel_helisession.session_trace import ids
from otel_helisession.session_trace.told import Told
from otel_helisession.sessions.path import ROOT
from otel_helisession.version import __version__

_SCOPE: Final = InstrumentationScope("otel_helisession.session_trace", __version__)

_MOST_CHARS: Final = 500
"""Longest text of an attribute: models, tools and error messages are short, but hostile ones."""

_KEPT: Final = (
    semconv.SESSION_ID,
    semconv.SESSION_NAME,
    semconv.SESSION_BUCKET,
    semconv.OTEL_SESSION_ID,
    semconv.CONVERSATION_ID,
    semconv.USER_ID,
)
"""What a request has as its original has it."""


class TraceSpan(ReadableSpan):
    """A span of a session's trace.

    Attributes:
        session_id: Whose trace.
        original: The span that was handed to us, of a request; None of a node.
    """

    def __init__(
        self,
        session_id: str,
        name: str,
        *,
        span_id: int,
        parent_id: int | None,
        times: tuple[int, int],
        attributes: Mapping[str, Any],
        resource: Resource,
        kind: SpanKind = SpanKind.INTERNAL,
        original: ReadableSpan | None = None,
        links: Sequence[Link] = (),
        status: Status | None = None,
    ) -> None:
        trace_id = ids.trace_id(session_id)
        super().__init__(
            name=name[:_MOST_CHARS],
            context=ids.context(trace_id, span_id),
            parent=None if parent_id is None else ids.context(trace_id, parent_id),
            resource=resource,
            attributes={
                key: value[:_MOST_CHARS] if isinstance(value, str) else value
                for key, value in attributes.items()
                if value is not None
            },
            links=links,
            kind=kind,
            status=status or Status(),
            start_time=times[0],
            end_time=times[1],
            instrumentation_scope=_SCOPE,
        )
        self.session_id: Final = session_id
        self.original: Final = original


def is_ours(span: ReadableSpan) -> bool:
    """Tell whether *span* is one of a session's trace already, in this process or another."""
    scope = span.instrumentation_scope
    return scope is not None and scope.name == _SCOPE.name


def request_span(told: Told, place: str) -> TraceSpan:
    """Return the span of a request, below the node at *place*. Twice the same of the same."""
    said, given = told.said, told.span.attributes or {}
    failed = told.candidate.failed or told.span.status.status_code is StatusCode.ERROR
    return TraceSpan(
        told.session_id,
        _name(said),
        span_id=ids.request_id(told.session_id, told.span.context),
        parent_id=ids.node_id(told.session_id, place),
        times=(told.start, told.end),
        attributes={
            **{key: given[key] for key in _KEPT if key in given},
            semconv.SESSION_PATH: told.path,
            semconv.TRACE_ROLE: "request",
            semconv.REQUEST_TYPE: said.kind,
            **_described(said),
        },
        resource=told.span.resource,
        kind=told.span.kind,
        original=told.given,
        links=[Link(told.span.context)],
        status=Status(StatusCode.ERROR, _why(told)) if failed else None,
    )


def node_span(
    session_id: str,
    path: str,
    *,
    name: str,
    times: tuple[int, int],
    attributes: Mapping[str, Any],
    resource: Resource,
    errors: int,
    links: Sequence[Link] = (),
) -> TraceSpan:
    """Return the span of the node at *path*, or of the root, which is called *name*."""
    above = None if path == ROOT else ids.node_id(session_id, path.rpartition("/")[0] or ROOT)
    said = f"{errors} error{'' if errors == 1 else 's'}"
    return TraceSpan(
        session_id,
        name,
        span_id=ids.node_id(session_id, path),
        parent_id=above,
        times=times,
        attributes={
            **attributes,
            semconv.SESSION_PATH: path,
            semconv.TRACE_ROLE: "session" if path == ROOT else "node",
        },
        resource=resource,
        links=links,
        status=Status(StatusCode.ERROR, said) if errors else None,
    )


def _name(said: Operation) -> str:
    """Return what a request is called: its operation, and what that was done with."""
    operation, target = _operation_and_target(said)
    return f"{operation} {target}" if target else operation


def _operation_and_target(said: Operation) -> tuple[str, str | None]:
    if said.tool is not None:
        return said.name or "execute_tool", said.tool.name
    if said.vector is not None:
        return said.vector.operation or "query", said.vector.collection or said.vector.database
    if said.data is not None:
        return "data", said.data.name
    return said.name or said.kind, said.model


def _described(said: Operation) -> Mapping[str, Any]:
    """Return what the operation says of itself; None for what it does not say."""
    usage, tool, vector = said.usage, said.tool, said.vector
    failure = said.failure
    return {
        semconv.OPERATION_NAME: None if vector or said.data else _operation_and_target(said)[0],
        semconv.PROVIDER_NAME: said.provider,
        semconv.REQUEST_MODEL: said.request_model,
        semconv.RESPONSE_MODEL: said.response_model,
        semconv.FINISH_REASONS: tuple(str(one)[:50] for one in said.finish_reasons[:8]) or None,
        semconv.INPUT_TOKENS: usage.input_tokens,
        semconv.OUTPUT_TOKENS: usage.output_tokens,
        semconv.CACHE_READ_TOKENS: usage.cache_read_tokens,
        semconv.CACHE_WRITE_TOKENS: usage.cache_write_tokens,
        semconv.REASONING_TOKENS: usage.reasoning_tokens,
        semconv.USAGE_COST: usage.cost_usd,
        semconv.TOOL_NAME: tool and tool.name,
        semconv.DB_SYSTEM_NAME: vector and vector.database,
        semconv.DB_OPERATION_NAME: vector and vector.operation,
        semconv.DB_COLLECTION_NAME: vector and vector.collection,
        semconv.DATA_NAME: said.data and said.data.name,
        semconv.SERVER_ADDRESS: said.server,
        semconv.ERROR_TYPE: failure and (failure.type or "_OTHER"),
        semconv.HTTP_STATUS_CODE: failure and failure.status_code,
    }


def _why(told: Told) -> str:
    failure = told.said.failure
    text = (failure and (failure.message or failure.type)) or told.span.status.description or ""
    return text[:_MOST_CHARS]
