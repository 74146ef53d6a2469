"""Fields of the session on every record of :mod:`logging`, for format strings."""

from __future__ import annotations

import logging
import weakref
from collections.abc import Callable
from typing import Any

from opentelemetry import _logs as logs_api

from otel_helisession import environment
from otel_helisession.guard import caught
from otel_helisession.logs import names
from otel_helisession.logs.record_processor import SessionLogRecordProcessor
from otel_helisession.sessions.context import current_session

_Factory = Callable[..., logging.LogRecord]

_providers: weakref.WeakSet[Any] = weakref.WeakSet()
"""LoggerProviders that have our processor."""

_ours: tuple[_Factory, _Factory] | None = None
"""The record factory that was there, and ours around it; None while switched off."""


def instrument_logging(*, logger_provider: Any = None) -> None:
    """Have log records say in which session they were written.

    Records of :mod:`logging` get ``helisession_id``, ``helisession_path`` and
    ``helisession_name``, empty outside a session, beside the ``otelTraceID`` of
    opentelemetry-instrumentation-logging:
    ``logging.basicConfig(format="%(levelname)s [%(helisession_path)s] %(message)s")``.
    Formatters that print every field of a record, as JSON formatters do, print these too.

    An OpenTelemetry LoggerProvider gets a SessionLogRecordProcessor; when none is set yet,
    set it first. About 2 µs a record. Calling it again adds only what is missing. When
    ``HELISESSION_DISABLED`` is set the fields are there, and empty.

    Args:
        logger_provider: The provider to add to. None: the global one, if it is the SDK's.
            The processor stays on it; there is no way to take one off.

    Raises:
        TypeError: *logger_provider* takes no log record processors.
    """
    global _ours
    given = logger_provider is not None
    provider = logger_provider if given else logs_api.get_logger_provider()
    add = getattr(provider, "add_log_record_processor", None)
    if given and not callable(add):
        raise TypeError(
            f"logger_provider is a {type(provider).__qualname__}, which takes no processors; "
            "give an opentelemetry.sdk._logs.LoggerProvider"
        )
    if callable(add) and provider not in _providers:
        add(SessionLogRecordProcessor())
        _providers.add(provider)
    current = logging.getLogRecordFactory()
    if _ours is None or current is not _ours[1]:
        _ours = (current, _around(current))
        logging.setLogRecordFactory(_ours[1])


def uninstrument_logging() -> None:
    """Take the fields off new records. Where others have wrapped our factory, it stays, idle."""
    global _ours
    if _ours is not None and logging.getLogRecordFactory() is _ours[1]:
        logging.setLogRecordFactory(_ours[0])
    _ours = None


def _around(factory: _Factory) -> _Factory:
    def in_session(*args: Any, **kwargs: Any) -> logging.LogRecord:
        record = factory(*args, **kwargs)
        if _ours is not None:
            _describe(record)
        return record

    return in_session


def _describe(record: logging.LogRecord) -> None:
    fields = record.__dict__
    fields[names.ID] = fields[names.PATH] = fields[names.NAME] = ""
    try:
        session = None if environment.disabled() else current_session()
        if session is not None:
            fields[names.ID], fields[names.PATH] = session.id, session.path
            fields[names.NAME] = session.name
    except Exception as error:
        caught("adding the session to a log record", error)
