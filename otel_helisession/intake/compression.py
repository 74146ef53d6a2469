"""Bodies of requests, decompressed no further than to a bound."""

from __future__ import annotations

import zlib
from typing import Final

MAX_BODY_BYTES: Final = 32 * 1024 * 1024
"""Longest body, as it comes and decompressed: the 8,192 spans that a Collector's batch processor
sends at once, of 3.5 kB each."""

_WINDOWS: Final = {"gzip": 31, "x-gzip": 31, "deflate": 15}
_RAW_DEFLATE: Final = -15

_MAX_ENCODINGS: Final = 4
"""Compressed within each other. Nobody does so twice."""

_MAX_MEMBERS: Final = 100
"""Members of one gzip body; each costs a copy of what follows it, and clients send one."""


class TooLargeError(Exception):
    """A body has more bytes than are taken."""


class UnknownEncodingError(Exception):
    """A body is compressed in a way that nobody here knows."""


def decompress(body: bytes, encoding: str, max_bytes: int) -> bytes:
    """Return *body* as it was before its ``Content-Encoding``, *encoding*: gzip, deflate, identity.

    Never makes more than *max_bytes*, however little they were compressed to.

    Raises:
        TooLargeError: It would be more.
        UnknownEncodingError: It is another encoding.
        ValueError: *body* is no such thing, or ends too early.
    """
    names = [part.strip().lower() for part in encoding.split(",") if part.strip()]
    if len(names) > _MAX_ENCODINGS:
        raise UnknownEncodingError(encoding)
    for name in reversed(names):
        if name == "identity":
            continue
        if name not in _WINDOWS:
            raise UnknownEncodingError(name)
        body = _inflated(body, name, max_bytes)
    if len(body) > max_bytes:
        raise TooLargeError
    return body


def _inflated(body: bytes, name: str, max_bytes: int) -> bytes:
    window = _WINDOWS[name]
    if name == "deflate" and not _has_zlib_header(body):
        window = _RAW_DEFLATE  # what some clients mean by it
    parts: list[bytes] = []
    room = max_bytes + 1
    try:
        for _ in range(_MAX_MEMBERS + 1):
            if not body:
                return b"".join(parts)
            stream = zlib.decompressobj(window)
            part = stream.decompress(body, room)
            parts.append(part)
            room -= len(part)
            if room <= 0:
                raise TooLargeError
            if not stream.eof:
                raise ValueError(f"the {name} body ends too early")
            body = stream.unused_data  # gzip may have several members
    except zlib.error as error:
        raise ValueError(f"the body is not {name}: {error}") from None
    raise ValueError(f"the {name} body has more than {_MAX_MEMBERS} members; send it as one")


def _has_zlib_header(body: bytes) -> bool:
    return len(body) >= 2 and body[0] & 0x0F == 8 and (body[0] * 256 + body[1]) % 31 == 0
