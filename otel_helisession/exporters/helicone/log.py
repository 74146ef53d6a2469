"""One span as one log, ready to be sent; or nothing, where Helicone shall not have it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from opentelemetry.sdk.trace import ReadableSpan

from otel_helisession import semconv
from otel_helisession.conventions import reader
from otel_helisession.conventions.discretion import without_content
from otel_helisession.conventions.operation import Data, Operation, ToolCall, VectorQuery
from otel_helisession.conventions.totals.pricing import priced
from otel_helisession.exporters.helicone.body import Envelope, encode_body
from otel_helisession.exporters.helicone.endpoint import Endpoint, Provider, is_helicone
from otel_helisession.exporters.helicone.exchanges import data, llm, tool, vector
from otel_helisession.exporters.helicone.exchanges.exchange import Exchange
from otel_helisession.exporters.helicone.exchanges.outcome import cancellation, status
from otel_helisession.exporters.helicone.meta import meta, request_id
from otel_helisession.exporters.helicone.plumbing import as_data, plumbing_of
from otel_helisession.exporters.helicone.timing import timing


@dataclass(frozen=True, slots=True)
class Log:
    """One log as it is sent, again and again the same.

    Attributes:
        id: Its ``Helicone-Request-Id``.
        target: Path and query of the URL.
        body: The body.
    """

    id: str
    target: str
    body: bytes


@dataclass(frozen=True, slots=True)
class LogWriter:
    """Writes spans as logs for one endpoint.

    Attributes:
        endpoint: Where the logs will go.
        include: Which plumbing becomes a row, too.
        capture_content: Whether messages, arguments, results and queries are in them.
    """

    endpoint: Endpoint
    include: frozenset[str] = frozenset()
    capture_content: bool = True

    def write(self, span: ReadableSpan) -> Log | None:
        """Return the log of *span*; None when it has no session, is no request, or went
        through a gateway of Helicone, which logs it itself."""
        attributes = reader.attributes_of(span)
        if not attributes.get(semconv.SESSION_ID):
            return None
        context = span.get_span_context()
        operation = self._operation(span, attributes)
        if context is None or operation is None:
            return None
        provider = self.endpoint.fixed or llm.provider_of(operation)
        if provider == "CUSTOM":  # Helicone has no prices for it, and some for the others
            operation = priced(operation, span.start_time)
        exchange = _exchange(operation, provider)
        identifier = request_id(context)
        envelope = Envelope(
            flavour=self.endpoint.flavour,
            provider=provider,
            meta=meta(attributes, identifier, exchange.model),
            status=status(operation.failure),
            timing=timing(span.start_time, span.end_time, operation.time_to_first_token_ms),
        )
        body = encode_body(exchange, envelope)
        return Log(identifier, self.endpoint.target(provider), body)

    def _operation(self, span: ReadableSpan, attributes: Mapping[str, Any]) -> Operation | None:
        operation = reader.read(span)
        if operation.helicone_id or (operation.server and is_helicone(operation.server)):
            return None
        if operation.kind == "structure":
            if not self.include or plumbing_of(attributes) not in self.include:
                return None
            operation = as_data(span, attributes, operation)
        failure = cancellation(operation, attributes.get(semconv.ERROR_TYPE))
        if failure is not operation.failure:
            operation = replace(operation, failure=failure)
        return operation if self.capture_content else without_content(operation)


def _exchange(operation: Operation, provider: Provider) -> Exchange:
    if operation.kind == "llm":
        return llm.exchange(operation, provider)
    if operation.kind == "tool":
        return tool.exchange(operation.tool or ToolCall("unknown"), operation.failure)
    if operation.kind == "vector_db":
        return vector.exchange(operation.vector or VectorQuery("unknown"), operation.failure)
    return data.exchange(operation.data or Data("unknown"), operation.failure)
