"""The ids of a session's own trace: the same in each process, program and language.

All are parts of SHA-256, of texts in UTF-8::

    trace id    of the session's id: bytes 7 to 15, then bytes 0 to 6
    node        of "node", session id, path: bytes 0 to 7
    request     of "request", session id, trace id and span id of the original: bytes 0 to 7

with a NUL between the parts of a text, and ids in lower-case hexadecimal. The root is the node
``/``. The last 56 bits of the trace id are R of :mod:`otel_helisession.sessions.bucket`, so a
sampler that takes its randomness from the trace id decides a session's trace as SessionSampler
decides the session.
"""

from __future__ import annotations

import hashlib
from typing import Final

from opentelemetry.trace import SpanContext, TraceFlags, format_span_id, format_trace_id

_RANDOM_BYTES: Final = 7
_SAMPLED: Final = TraceFlags(TraceFlags.SAMPLED)


def trace_id(session_id: str) -> int:
    """Return the id of the session's trace; never 0, which is no trace id."""
    digest = _digest(session_id)
    return int.from_bytes(digest[_RANDOM_BYTES:16] + digest[:_RANDOM_BYTES], "big") or 1


def node_id(session_id: str, path: str) -> int:
    """Return the span id of the session's node at *path*; never 0, which is no span id."""
    return _span_id("node", session_id, path)


def request_id(session_id: str, original: SpanContext) -> int:
    """Return the span id under which the session's trace has the span *original*."""
    trace, span = format_trace_id(original.trace_id), format_span_id(original.span_id)
    return _span_id("request", session_id, trace, span)


def context(trace_id: int, span_id: int) -> SpanContext:
    """Return the context of a span of a session's trace, which is always sampled."""
    return SpanContext(trace_id, span_id, is_remote=False, trace_flags=_SAMPLED)


def _span_id(*parts: str) -> int:
    return int.from_bytes(_digest("\0".join(parts))[:8], "big") or 1


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode(errors="surrogatepass")).digest()
