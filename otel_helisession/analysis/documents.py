"""Sessions and spans as JSON documents, the same for ``--json``, the viewer and exports."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

from otel_helisession.conventions.operation import Usage
from otel_helisession.store.reader import SpanDetail
from otel_helisession.store.row import SpanRow
from otel_helisession.store.summary import SessionSummary


def iso(unix_nano: int) -> str:
    """Return the time in ISO 8601, UTC: ``2025-01-31T09:30:00.250000Z``."""
    made = datetime.fromtimestamp(unix_nano / 1e9, timezone.utc)
    return made.isoformat(timespec="microseconds").replace("+00:00", "Z")


def session_document(summary: SessionSummary) -> dict[str, Any]:
    """Return what ``ls --json`` says of one session. Unknown is null, never 0."""
    return {
        "id": summary.id,
        "name": summary.name,
        "started": iso(summary.start_unix_nano),
        "last_activity": iso(summary.end_unix_nano),
        "duration_ms": summary.duration_ms,
        "user_id": summary.user_id,
        "properties": dict(summary.properties),
        "spans": summary.spans,
        "requests": dict(summary.requests),
        "errors": summary.errors,
        "tokens": _tokens(summary.usage),
        "cost_usd": summary.usage.cost_usd,
        "requests_without_cost": summary.unpriced,
        "latency_ms": {"mean": summary.mean_ms, "p95": summary.p95_ms},
        "models": list(summary.models),
    }


def span_document(row: SpanRow, detail: SpanDetail | None) -> dict[str, Any]:
    """Return what ``show --json`` says of one span: its row, and all that it said."""
    document: dict[str, Any] = {
        "kind": row.kind,
        "path": row.path,
        "name": row.name,
        "operation": row.operation or None,
        "target": row.target,
        "model": row.model,
        "provider": row.provider,
        "started": iso(row.start_unix_nano),
        "duration_ms": row.duration_ms,
        "time_to_first_token_ms": row.time_to_first_token_ms,
        "status": row.status,
        "error": {"type": row.error_type, "message": row.error_message} if row.failed else None,
        "tokens": _tokens(row.usage),
        "cost_usd": row.cost_usd,
        "response_id": row.response_id,
        "counted": row.counted,
        "convention": row.convention,
        "trace_id": row.trace_id,
        "span_id": row.span_id,
        "parent_span_id": row.parent_span_id,
    }
    if detail is None:
        return document
    said = detail.operation
    return {
        **document,
        "messages": said.get("conversation"),
        "tool": said.get("tool"),
        "vector": said.get("vector"),
        "data": said.get("data"),
        "finish_reasons": said.get("finish_reasons", []),
        "parameters": said.get("parameters", {}),
        "service_tier": said.get("service_tier"),
        "provenance": said.get("provenance", {}),
        "unread": said.get("unread", []),
        "attributes": detail.span.get("attributes", {}),
        "events": detail.span.get("events", []),
        "links": detail.span.get("links", []),
        "span_kind": detail.span.get("kind"),
        "resource": detail.resource.get("attributes", {}),
        "scope": detail.scope,
    }


def _tokens(usage: Usage) -> dict[str, int | None]:
    return {
        "input": usage.input_tokens,
        "output": usage.output_tokens,
        "total": usage.total_tokens,
        "cache_read": usage.cache_read_tokens,
        "cache_write": usage.cache_write_tokens,
        "reasoning": usage.reasoning_tokens,
    }
