"""Messages in log records: kept for the spans that they tell of."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Mapping
from typing import Any, Final

from opentelemetry.trace import get_current_span

from otel_helisession import joining, semconv
from otel_helisession.conventions.attributes.json_text import json_text
from otel_helisession.conventions.dialects import genai_records as records

_EVENT_NAME: Final = "event.name"
"""Where older SDKs have an event's name."""

_CONTENT: Final = frozenset(
    {
        semconv.INPUT_MESSAGES,
        semconv.OUTPUT_MESSAGES,
        semconv.SYSTEM_INSTRUCTIONS,
        semconv.TOOL_DEFINITIONS,
        semconv.TOOL_ARGUMENTS,
        semconv.TOOL_RESULT,
        semconv.RETRIEVAL_QUERY,
        semconv.RETRIEVAL_DOCUMENTS,
    }
)
"""What an event says that its span does not; all else is on the span as well."""

_MAX_VALUE_CHARS: Final = 1_000_000
"""Longest text of one attribute: beyond it backends drop the whole trace."""


def keep(record: Any) -> None:
    """Keep what *record*, an OpenTelemetry LogRecord, says of its span, if it is such an event.

    On the thread that logs; 0.3 µs for a record that is none, and as long as its JSON takes
    to write for one that is. Records of spans that are not sampled are passed over.
    """
    attributes = record.attributes or {}
    name = getattr(record, "event_name", None) or attributes.get(_EVENT_NAME)
    if name != records.DETAILS and name not in records.SPOKEN:
        return
    key = _key(record)
    if key is None or not joining.current.wanted:
        return
    if name == records.DETAILS:
        content = {one: _json(attributes[one]) for one in _CONTENT & attributes.keys()}
        if content:
            joining.current.put(key, content)
        return
    found = records.spoken(name, record.body)
    if found is not None:
        side, message = found
        target = semconv.INPUT_MESSAGES if side == "input" else semconv.OUTPUT_MESSAGES
        joining.current.add(key, target, _json(message))


def _key(record: Any) -> joining.Key | None:
    """Return whose record this is; None outside of a span, and in one that is not sampled."""
    trace_id, span_id, flags = record.trace_id, record.span_id, record.trace_flags
    if not span_id:
        span = get_current_span().get_span_context()
        trace_id, span_id, flags = span.trace_id, span.span_id, span.trace_flags
    if not trace_id or not span_id or not (flags or 0) & 1:
        return None
    return trace_id, span_id


def _json(value: Any) -> str:
    """Return *value* as valid JSON of bounded length; text is taken for JSON, or text, already."""
    if isinstance(value, str) and len(value) <= _MAX_VALUE_CHARS:
        return value
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False, default=_plain)
    except (TypeError, ValueError, RecursionError):
        text = ""
    if not text or len(text) > _MAX_VALUE_CHARS:
        return json_text(value, max_value_chars=_MAX_VALUE_CHARS)
    return text


def _plain(value: Any) -> Any:
    """Return what JSON has for a value that json.dumps does not know."""
    if isinstance(value, (bytes, bytearray)):
        return b64encode(value).decode()
    return dict(value) if isinstance(value, Mapping) else str(value)
