"""Session ids that other libraries write on their spans, and which of them we take for ours."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from opentelemetry.trace import SpanKind

from otel_helisession import semconv
from otel_helisession.sessions.path import ROOT
from otel_helisession.sessions.text import clean
from otel_helisession.sessions.value import Session

_TRACELOOP: Final = "traceloop.association.properties."

ADOPTED_KEYS: Final[tuple[str, ...]] = (
    semconv.SESSION_ID,
    semconv.OTEL_SESSION_ID,
    "langfuse.session.id",
    semconv.CONVERSATION_ID,
    _TRACELOOP + semconv.SESSION_ID_HEADER,
    _TRACELOOP + "session_id",
    "gcp.vertex.agent.session_id",
    "ai.telemetry.metadata.sessionId",
    "lmnr.association.properties.session_id",
    "langsmith.metadata.session_id",
    "langsmith.metadata.thread_id",
    "langsmith.metadata.conversation_id",
    "mlflow.trace.session",
)
"""Attributes that name a session, the first present wins. Never ``mcp.session.id``, which is
a transport's, nor ``langsmith.trace.session_id``, which is a project's."""

_NAMES: Final = (semconv.SESSION_NAME, _TRACELOOP + semconv.SESSION_NAME_HEADER)
_PATHS: Final = (semconv.SESSION_PATH, _TRACELOOP + semconv.SESSION_PATH_HEADER)
_USERS: Final = (semconv.USER_ID, "langfuse.user.id", _TRACELOOP + "user_id")


def clean_keys(keys: Iterable[str]) -> tuple[str, ...]:
    """Return *keys* as a tuple.

    Raises:
        TypeError: *keys* is no iterable of text.
    """
    if isinstance(keys, str):
        raise TypeError(f"adopt takes a sequence of attribute names, not the single text {keys!r}")
    made = tuple(keys)
    for key in made:
        if not isinstance(key, str):
            raise TypeError(f"adopt takes attribute names, not {type(key).__name__}")
    return made


def adopt(
    attributes: Mapping[str, Any], kind: SpanKind, keys: tuple[str, ...] = ADOPTED_KEYS
) -> Session | None:
    """Return the session that another library wrote into *attributes*, or None.

    A bare ``session.id`` on a SERVER span is a browser's session, and is not taken.
    """
    for key in keys:
        value = attributes.get(key)
        if not value or not isinstance(value, str) or not clean(value):
            continue
        if key == semconv.OTEL_SESSION_ID and kind is SpanKind.SERVER:
            continue
        return Session(
            name=_first(attributes, _NAMES) or "",
            id=value,
            path=_first(attributes, _PATHS) or ROOT,
            user_id=_first(attributes, _USERS),
        )
    return None


def _first(attributes: Mapping[str, Any], keys: tuple[str, ...]) -> str | None:
    for key in keys:
        value = attributes.get(key)
        if value and isinstance(value, str):
            return value
    return None
