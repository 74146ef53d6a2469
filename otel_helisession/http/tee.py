"""A response stream that shows us what passes, and says when it is over."""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from time import time_ns
from typing import Any, Final

from otel_helisession.guard import caught
from otel_helisession.http.body import Body
from otel_helisession.http.call_span import CallSpan

_abandoned: Final[deque[tuple[CallSpan, Body, int]]] = deque(maxlen=1_000)
"""Streams that were neither read to their end nor closed. Their spans are not ended where
that is noticed: a finalizer runs anywhere, also while this thread holds the lock that
ending a span needs."""


class Tee:
    """What the streams below share. Everything else is the stream's that they stand for.

    Args:
        stream: The response's own.
        body: Where its bytes go.
        span: What ends when the stream ends, or is closed.
    """

    def __init__(self, stream: Any, body: Body, span: CallSpan) -> None:
        self._stream = stream
        self._body = body
        self._span: CallSpan | None = span

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(self._stream, name)

    def _passed(self, chunk: bytes) -> None:
        try:
            self._body.add(chunk)
        except Exception as error:
            caught("reading a stream", error)

    def _ended(self) -> None:
        self._body.is_complete = True
        self._over()

    def _over(self, error: BaseException | None = None) -> None:
        span, self._span = self._span, None
        if span is not None:
            span.answered(self._body, error)

    def __del__(self) -> None:
        span = self.__dict__.get("_span")
        if span is not None:
            _abandoned.append((span, self._body, time_ns()))


class SyncTee(Tee):
    """For a Client. A subclass is made that is also httpx's ``SyncByteStream``."""

    def __iter__(self) -> Iterator[bytes]:
        try:
            for chunk in self._stream:
                self._passed(chunk)
                yield chunk
        except GeneratorExit:  # left early: close() comes, or the finalizer
            raise
        except BaseException as error:
            self._over(error)
            raise
        self._ended()

    def close(self) -> None:
        try:
            self._stream.close()
        finally:
            self._over()


class AsyncTee(Tee):
    """For an AsyncClient. A subclass is made that is also httpx's ``AsyncByteStream``."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        stream = self._stream.__aiter__()
        try:
            async for chunk in stream:
                self._passed(chunk)
                yield chunk
        except GeneratorExit:
            raise
        except BaseException as error:
            self._over(error)
            raise
        finally:
            if isinstance(stream, AsyncGenerator):  # left early, it would wait for the collector
                await stream.aclose()
        self._ended()

    async def aclose(self) -> None:
        try:
            await self._stream.aclose()
        finally:
            self._over()


def end_abandoned() -> None:
    """End the spans of streams that nobody holds any more, at the time of their loss."""
    while _abandoned:
        span, body, end_time = _abandoned.popleft()
        span.answered(body, end_time=end_time)
