"""Secrets in spans: known carriers are emptied, and what looks like a key is masked.

Always on, for every exporter, error messages included: a key has no place in telemetry.
"""

from otel_helisession.redaction.carriers import Treatment, treatment
from otel_helisession.redaction.mask import MASK
from otel_helisession.redaction.secrets import redact, redact_query

__all__ = ["MASK", "Treatment", "redact", "redact_query", "treatment"]
