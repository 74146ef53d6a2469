"""The log record processor: every record of a session says so, and messages find their spans.

``opentelemetry.sdk._logs`` is the public address of the logs SDK: OpenTelemetry keeps the
underscore, in its own documentation too, until the signal is declared stable.
"""

from __future__ import annotations

from typing import Any

from opentelemetry.sdk._logs import LogRecordProcessor

from otel_helisession import environment, semconv
from otel_helisession.guard import caught
from otel_helisession.logs import messages, names
from otel_helisession.sessions.context import current_session

_OURS = semconv.SESSION_KEYS


class SessionLogRecordProcessor(LogRecordProcessor):
    """Stamps each log record with the session of its Context, and joins messages to spans.

    ``logger_provider.add_log_record_processor(SessionLogRecordProcessor())``, before the
    processors that export: a provider calls them in that order. Behind a
    BatchLogRecordProcessor it works too, because that exports later; behind a
    SimpleLogRecordProcessor it is too late.

    An attribute that the record has already stays, but for ``helicone.session.*``, which
    says what we think.

    Events of GenAI instrumentations that carry messages
    (``OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT=EVENT_ONLY``) are joined to their
    spans: what leaves through a SessionSpanProcessor's exporters, or a SessionSpanExporter,
    has the messages as attributes, as if they had been written there. Records are not
    changed by that. It works for records that come before the span, or so shortly after it
    that it has not been delivered yet.

    Exports nothing. On the thread that logs; never raises.
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
            stamp = {} if session is None else session.attributes
            for name, value in stamp.items():
                if name in _OURS or name not in attributes:
                    attributes[name] = value
            messages.keep(record)
        except Exception as error:
            caught("SessionLogRecordProcessor.on_emit", error)

    emit = on_emit
    """What SDKs before 1.36 call."""

    def shutdown(self) -> None:
        """Do nothing: there is nothing to end."""

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        """Return True: there is nothing to deliver."""
        return True
