"""Names that say that a value is a secret, or holds some: attributes, and keys within them."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, Literal

from otel_helisession.redaction.pairs import HAS_SECRET_NAME

Treatment = Literal["plain", "masked", "query"]
"""``masked``: all of it, unless it is a number. ``query``: as text that may start with a URL's
parameter. ``plain``: as any text."""

_CARRIERS: Final = frozenset({"gen_ai.headers", "llm.headers", "gen_ai.request.headers"})
"""Attributes in which libraries write all headers of a call, keys included."""

_REQUEST_HEADERS: Final = ("http.request.header.", "ai.request.headers.", "gen_ai.request.headers.")

_OTHER_HEADERS: Final = re.compile(r"http\.response\.header\.|rpc\..*metadata\.|.*\.headers?\.")

_HARMLESS: Final = re.compile(
    r"(?:accept(?:-.*)?|cache-control|content-.*|date|host|user-agent|via|traceparent|tracestate"
    r"|x-forwarded-(?:host|proto|port)|x-stainless-.*|anthropic-(?:version|beta)"
    r"|openai-(?:beta|organization|project|version)|helicone-session-.*|helicone-user-id"
    r"|helicone-property-.*|helicone-request-id|(?:.*-)?(?:request|correlation|trace|tenant)-id)\Z"
)
"""Request headers that are no secret. Whoever has headers captured names them, but a header
that nobody here knows may be the one with the key in it."""

_SUSPICIOUS: Final = re.compile("auth|key|token|secret|cookie|passw|credential|session|signature")

_QUERIES: Final = frozenset({"url.query"})


@lru_cache(maxsize=8_192)
def treatment(name: str) -> Treatment:
    """Return how the value of the attribute *name*, or of an entry of that name, is treated."""
    if name in _CARRIERS:
        return "masked"
    if name in _QUERIES:
        return "query"
    lower = name.lower()
    for prefix in _REQUEST_HEADERS:
        if lower.startswith(prefix):
            header = lower[len(prefix) :].replace("_", "-")
            return "plain" if _HARMLESS.match(header) else "masked"
    last = lower.rpartition(".")[2]
    if _OTHER_HEADERS.match(lower) and _SUSPICIOUS.search(last):
        return "masked"
    return "masked" if HAS_SECRET_NAME.match(name.rpartition(".")[2]) else "plain"
