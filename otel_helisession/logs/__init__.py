"""Log records that say whose session they were written in.

==============================  ==========================================================
Records of                      carry
==============================  ==========================================================
``logging``                     ``helisession_id``, ``helisession_path``,
                                ``helisession_name``: for format strings; empty outside
OpenTelemetry's logs            the attributes that spans of the session carry; none outside
==============================  ==========================================================

The path is the best known when the record is written. A span's own may become longer by the
time it is exported; its id, which the record has too, joins the two.
"""

from otel_helisession.logs.fields import instrument_logging, uninstrument_logging
from otel_helisession.logs.record_processor import SessionLogRecordProcessor

__all__ = ["SessionLogRecordProcessor", "instrument_logging", "uninstrument_logging"]
