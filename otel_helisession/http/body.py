"""The body of an answer, kept while it passes: bounded, and decompressed when it is asked for."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import suppress
from time import perf_counter
from typing import Any, Final

MAX_HEAD_BYTES: Final = 4 * 1024 * 1024
"""How much of an answer is kept from its start. A streamed answer of 4 MB has some twenty
thousand events."""

MAX_TAIL_BYTES: Final = 64 * 1024
"""How much is kept from the end of a longer one: the usage stands there."""

MAX_DECODED_BYTES: Final = 16 * 1024 * 1024
"""How much is decompressed, whatever a server sends."""

_PIECE_BYTES: Final = 16 * 1024


class Body:
    """The answer to one request: status, headers, and its bytes as they came.

    Attributes:
        status_code: HTTP's.
        headers: The response's own.
        first_chunk_seconds: How long the first piece with data took; None before it came,
            and for an answer that was not streamed.
        is_truncated: Whether it was longer than what is kept.
        is_complete: Whether it came to its end.

    Args:
        response: httpx's; of its body nothing is read here.
        package: ``httpx`` or ``httpx2``, whose decoders are used.
        started: The ``perf_counter()`` from which the first piece is timed.
    """

    __slots__ = (
        "_head",
        "_package",
        "_room",
        "_started",
        "_tail",
        "_tail_bytes",
        "first_chunk_seconds",
        "headers",
        "is_complete",
        "is_truncated",
        "status_code",
    )

    def __init__(self, response: Any, package: Any, started: float) -> None:
        self.status_code: int = response.status_code
        self.headers = response.headers
        self.first_chunk_seconds: float | None = None
        self.is_truncated = False
        self.is_complete = False
        self._package = package
        self._started = started
        self._head: list[bytes] = []
        self._room = MAX_HEAD_BYTES
        self._tail: deque[bytes] = deque()
        self._tail_bytes = 0

    def add(self, chunk: bytes) -> None:
        """Keep *chunk*, as it was received, if there is room. Not copied."""
        if self.first_chunk_seconds is None and self._has_data(chunk):
            self.first_chunk_seconds = perf_counter() - self._started
        if self._room > 0:
            self._head.append(chunk)
            self._room -= len(chunk)
            return
        self.is_truncated = True
        self._tail.append(chunk)
        self._tail_bytes += len(chunk)
        while self._tail_bytes - len(self._tail[0]) >= MAX_TAIL_BYTES:
            self._tail_bytes -= len(self._tail.popleft())

    @property
    def _encoding(self) -> str:
        encoding: str = self.headers.get("content-encoding", "")
        return "" if encoding == "identity" else encoding

    def _has_data(self, chunk: bytes) -> bool:
        """Tell whether *chunk* is more than the comments that keep a stream of events open."""
        if not chunk or b"data:" in chunk or self._encoding:
            return bool(chunk)
        return not self.content_type.startswith("text/event-stream")

    @property
    def content_type(self) -> str:
        """The header, in lower case; empty when there was none."""
        said: str = self.headers.get("content-type", "")
        return said.lower()

    def decoded(self) -> bytes:
        """Return the bytes that were kept, decompressed as far as they can be.

        Where the middle of an answer is missing there is an empty line, so that no event
        continues another one.
        """
        if self._encoding:
            decoded = decompressed(self._head, self._encoding, self._package, MAX_DECODED_BYTES + 1)
            content = b"".join(decoded)
            self.is_truncated = self.is_truncated or len(content) > MAX_DECODED_BYTES
            return content
        return b"".join(self._head if not self._tail else [*self._head, b"\n\n", *self._tail])


def decompressed(
    chunks: Iterable[bytes], encoding: str, package: Any, longest: int
) -> Iterator[bytes]:
    """Yield *chunks* decompressed, as far as the client itself could: *longest* bytes and a few.

    What is broken or cut ends there, without an error: the user's code hears of it itself.

    Args:
        encoding: HTTP's ``Content-Encoding``.
        package: ``httpx`` or ``httpx2``, whose decoders are used: gzip and deflate, and br
            and zstd where their packages are installed.
    """
    small = (
        chunk[start : start + _PIECE_BYTES]
        for chunk in chunks
        for start in range(0, len(chunk), _PIECE_BYTES)
    )
    response = package.Response(200, headers={"content-encoding": encoding}, content=small)
    size = 0
    try:
        for piece in response.iter_bytes():
            yield piece
            size += len(piece)
            if size >= longest:
                return
    except package.DecodingError:
        return


def read_body(response: Any, package: Any, started: float) -> Body:
    """Return the body of *response*, which has been read, and so decompressed, by its client.

    It is empty when a hook of the user's has consumed the stream without keeping it.
    """
    body = Body(response, package, started)
    body.headers = response.headers.copy()
    body.headers.pop("content-encoding", None)
    body.is_complete = True
    with suppress(package.ResponseNotRead):
        body.add(response.content)
    body.first_chunk_seconds = None
    return body
