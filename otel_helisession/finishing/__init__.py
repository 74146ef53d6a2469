"""The last look at a span before it leaves: its final path, what limits evicted or log records
say of it, no secrets, and nothing that is too long.

Works on a copy that shares everything it does not change, in the background.
"""

from otel_helisession.finishing.cleaning import DEFAULT, MAX_VALUE_CHARS, Cleaning, Redact
from otel_helisession.finishing.discreet import SUFFIX, captures_content, without_content
from otel_helisession.finishing.finish import finish, is_default, place, session_id
from otel_helisession.finishing.finished import FinishedSpan, under

__all__ = [
    "DEFAULT",
    "MAX_VALUE_CHARS",
    "SUFFIX",
    "Cleaning",
    "FinishedSpan",
    "Redact",
    "captures_content",
    "finish",
    "is_default",
    "place",
    "session_id",
    "under",
    "without_content",
]
