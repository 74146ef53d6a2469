"""Bodies of HTTP requests, read no further than there is room for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeVar

import anyio
import anyio.to_thread
from starlette.requests import Request

from otel_helisession.intake.compression import MAX_BODY_BYTES, TooLargeError

MAX_UNDER_WAY_BYTES: Final = 64 * 1024 * 1024
"""What all requests together may have read that is not accepted yet."""


class BusyError(Exception):
    """So many requests are under way that another one has to come again."""


AT_ONCE: Final = 2
"""Bodies that are decompressed and parsed at once, each to several times its size."""

_Result = TypeVar("_Result")


class Room:
    """Bytes that requests under way may take together. Used on the event loop's thread."""

    def __init__(self, max_bytes: int = MAX_UNDER_WAY_BYTES) -> None:
        self._max_bytes = max_bytes
        self._threads: anyio.CapacityLimiter | None = None
        self.taken = 0

    async def work(self, function: Callable[..., _Result], *arguments: Any) -> _Result:
        """Return what *function* returns, run on one of a few threads."""
        if self._threads is None:
            self._threads = anyio.CapacityLimiter(AT_ONCE)
        return await anyio.to_thread.run_sync(function, *arguments, limiter=self._threads)

    def take(self, count: int) -> None:
        """Take *count* bytes.

        Raises:
            BusyError: There is no room for them.
        """
        if self.taken + count > self._max_bytes:
            raise BusyError
        self.taken += count

    def give_back(self, count: int) -> None:
        """Give them back."""
        self.taken -= count


async def read_body(request: Request, room: Room) -> bytearray:
    """Return the body of *request*, for which *room* has been taken: the caller gives back as
    many bytes as it has.

    Raises:
        TooLargeError: It is longer than MAX_BODY_BYTES.
        BusyError: There is no room for it now.
        starlette.requests.ClientDisconnect: Its sender has gone.
    """
    said = request.headers.get("content-length", "")
    if said.isdecimal() and int(said[:20]) > MAX_BODY_BYTES:
        raise TooLargeError
    body = bytearray()
    try:
        async for chunk in request.stream():
            room.take(len(chunk))
            body += chunk
            if len(body) > MAX_BODY_BYTES:
                raise TooLargeError
    except BaseException:
        room.give_back(len(body))
        raise
    return body
