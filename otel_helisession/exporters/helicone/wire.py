"""One open connection: a request at a time, and its answer."""

from __future__ import annotations

import asyncio

from otel_helisession.exporters.helicone.answer import Reply
from otel_helisession.exporters.helicone.http_reply import ReplyReader


class StaleConnection(ConnectionError):
    """The server had closed a kept connection before it saw the request."""


class Wire(asyncio.Protocol):
    """An asyncio protocol that asks and is answered. Lives on its loop's thread."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._answer: asyncio.Future[Reply] | None = None
        self._reader = ReplyReader()
        self._timer: asyncio.TimerHandle | None = None
        self._asked = 0
        self.reusable = False

    def ask(self, request: bytes, timeout: float) -> asyncio.Future[Reply]:
        """Send *request*, whole, and return what will be the answer.

        The future fails with a TimeoutError after *timeout* seconds, with a StaleConnection
        when a kept connection turns out closed, with another OSError or a ValueError when
        the connection breaks or what comes is no HTTP.
        """
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Reply] = loop.create_future()
        self._answer, self._reader, self.reusable = answer, ReplyReader(), False
        self._asked += 1
        if self._transport is None or self._transport.is_closing():
            answer.set_exception(StaleConnection("the connection was closed"))
            return answer
        self._timer = loop.call_later(timeout, self._time_out, timeout)
        self._transport.write(request)
        return answer

    def close(self) -> None:
        """Close the connection at once."""
        self.reusable = False
        self._stop_timer()
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the connection. Called by the loop."""
        self._transport = transport  # type: ignore[assignment]
        self.reusable = True

    def data_received(self, data: bytes) -> None:
        """Read on. Called by the loop."""
        if self._answer is None or self._answer.done():
            self.close()  # nobody asked
            return
        try:
            reply = self._reader.feed(data)
        except ValueError as error:
            self._fail(error)
            return
        if reply is not None:
            self._finish(reply)

    def connection_lost(self, error: Exception | None) -> None:
        """Take note that the connection is gone. Called by the loop."""
        self.reusable = False
        self._transport = None
        if self._answer is None or self._answer.done():
            return
        reply = self._reader.end()
        if reply is not None:
            self._finish(reply)
        elif self._asked > 1 and not self._reader.started:
            self._fail(StaleConnection("the connection was closed"))
        else:
            self._fail(error or ConnectionResetError("the connection was closed early"))

    def _finish(self, reply: Reply) -> None:
        assert self._answer is not None
        transport = self._transport
        # An answer to half a request: what is still to be sent would precede the next one.
        sent = transport is not None and transport.get_write_buffer_size() == 0
        self.reusable = self._reader.keep_alive and sent
        self._stop_timer()
        if not self._answer.done():
            self._answer.set_result(reply)
        if not self.reusable:
            self.close()

    def _time_out(self, timeout: float) -> None:
        self._fail(TimeoutError(f"no answer in {timeout:.1f} s"))

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _fail(self, error: Exception) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(error)
        self.close()
