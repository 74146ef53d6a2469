"""Reply: JSON that anybody's text survives, compressed where it is long and travels."""

from __future__ import annotations

import gzip
import json
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from otel_helisession.store.body import tame
from otel_helisession.web.policy import is_loopback

_COMPRESSED: Final = 20_000
"""Bytes from which compressing is worth its time."""


class Reply(Response):
    """A JSON answer that is not kept by anybody. What nests absurdly deep becomes ``...``.

    ASCII, so that half a surrogate pair in a prompt cannot break it.
    """

    media_type = "application/json"

    def __init__(self, said: dict[str, Any] | bytes, status_code: int = 200) -> None:
        super().__init__(said, status_code, {"cache-control": "no-store"})

    def render(self, content: Any) -> bytes:
        return content if isinstance(content, bytes) else dumped(content).encode("ascii")


def dumped(content: Any) -> str:
    """Return *content* as JSON in ASCII."""
    try:
        return json.dumps(content, allow_nan=False, separators=(",", ":"))
    except (RecursionError, ValueError):
        return json.dumps(tame(content, 0), separators=(",", ":"))


def compressed(reply: Reply, request: Request) -> Reply:
    """Compress a long *reply* for a client elsewhere; on this machine it would only take time."""
    client = request.client.host if request.client else ""
    body = bytes(reply.body)
    if len(body) < _COMPRESSED or is_loopback(client):
        return reply
    if "gzip" not in request.headers.get("accept-encoding", ""):
        return reply
    reply.body = gzip.compress(body, 1)
    reply.headers["content-length"] = str(len(reply.body))
    reply.headers["content-encoding"] = "gzip"
    reply.headers["vary"] = "accept-encoding"
    return reply
