"""The ``meta`` of a log: Helicone's headers as they would stand on the request itself."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any, Final

from opentelemetry.trace import SpanContext

from otel_helisession import semconv
from otel_helisession.sessions.path import ROOT, clean_path
from otel_helisession.sessions.text import clean_property_name, encode

REQUEST_ID_NAMESPACE: Final = uuid.UUID("6f0a3c58-5c0e-5d6b-9a51-0d2f7b1f4c11")
"""Ours alone. A span's log has the same id however often and by whomever it is sent, so that
Helicone merges what was sent twice."""

_PREFIX: Final = semconv.PROPERTY_PREFIX


def request_id(context: SpanContext) -> str:
    """Return the id of a span's log: a UUIDv5, for other versions Helicone replaces."""
    name = f"{context.trace_id:032x}:{context.span_id:016x}"
    return str(uuid.uuid5(REQUEST_ID_NAMESPACE, name))


def meta(attributes: Mapping[str, Any], identifier: str, model: str | None) -> dict[str, str]:
    """Return session, user, properties and id of a log, encoded as the headers are.

    Args:
        attributes: The span's, with at least a session id.
        identifier: The log's id.
        model: What Helicone shall take for the model; None: what the bodies say.
    """
    path = attributes.get(semconv.SESSION_PATH)
    made = {
        semconv.REQUEST_ID_HEADER: identifier,
        semconv.SESSION_ID_HEADER: _text(attributes[semconv.SESSION_ID]),
        semconv.SESSION_PATH_HEADER: encode(clean_path(path) if isinstance(path, str) else ROOT),
    }
    name = _text(attributes.get(semconv.SESSION_NAME))
    if name:
        made[semconv.SESSION_NAME_HEADER] = name
    user = _text(attributes.get(semconv.USER_ID))
    if user:
        made[semconv.USER_ID_HEADER] = user
    for key, value in attributes.items():
        if key.startswith(_PREFIX):
            short, text = clean_property_name(key[len(_PREFIX) :]), _text(value)
            if short and text:
                made[semconv.PROPERTY_HEADER_PREFIX + short] = text
    if model:
        made[semconv.MODEL_OVERRIDE_HEADER] = encode(model)
    return made


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        value = str(value).lower()
    return encode(value if isinstance(value, str) else str(value))
