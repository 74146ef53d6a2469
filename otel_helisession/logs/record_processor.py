"""The log record processor: every record of a session says so.

``opentelemetry.sdk._logs`` is the public address of the logs SDK: OpenTelemetry keeps the
underscore, in its own documentation too, until the signal is declared stable.
"""

from __future__ import annotations

from typing import Any

from opentelemetry.sdk._logs import LogRecordProcessor

from otel_helisession import environment, semconv
from otel_helisession.guard import caught
from otel_helisession.logs import names
from otel_helisession.sessions.context import current_session

_OURS = frozenset({semconv.SESSION_ID, semconv.SESSION_PATH, semconv.SESSION_NAME})


class SessionLogRecordProcessor(LogRecordProcessor):
    """Stamps each log record with the session of its Context.

    ``logger_provider.add_log_record_processor(SessionLogRecordProcessor())``, before the
    processors that export: a provider calls them in that order. Behind a
    BatchLogRecordProcessor it works too, because that exports later; behind a
    SimpleLogRecordProcessor it is too late.

    An attribute that the record has already stays, but for ``helicone.session.*``, which
    says what we think. Exports nothing. On the thread that logs; never raises.
    """

    def on_emit(self, log_record: Any) -> None:
        """Stamp *log_record*, the SDK's ReadWriteLogRecord, if it belongs to a session."""
        try:
            if environment.disabled():
                return
            record = log_record.log_record
            attributes = record.attributes
            if attributes is None:  # in older SDKs
                attributes = record.attributes = {}
            for name in names.FIELDS:  # the handler made attributes of what format strings need
                if name in attributes:
                    del attributes[name]
            session = current_session(getattr(record, "context", None))
            if session is None:
                return
            for name, value in session.attributes.items():
                if name in _OURS or name not in attributes:
                    attributes[name] = value
        except Exception as error:
            caught("SessionLogRecordProcessor.on_emit", error)

    emit = on_emit
    """What SDKs before 1.36 call."""

    def shutdown(self) -> None:
        """Do nothing: there is nothing to end."""

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        """Return True: there is nothing to deliver."""
        return True
