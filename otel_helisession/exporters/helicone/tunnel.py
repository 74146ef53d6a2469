"""Asking an HTTP proxy for a tunnel (RFC 9110, CONNECT)."""

from __future__ import annotations

import asyncio
from typing import Final

_MAX_HEAD_BYTES: Final = 32_768


class Tunnel(asyncio.Protocol):
    """An asyncio protocol that asks for a tunnel; TLS starts on its transport afterwards.

    Args:
        request: The CONNECT request.

    Attributes:
        opened: Done when the proxy has opened the tunnel; fails with a ConnectionError.
    """

    def __init__(self, request: bytes) -> None:
        self._request = request
        self._head = b""
        self.opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask. Called by the loop."""
        transport.write(self._request)  # type: ignore[attr-defined]

    def data_received(self, data: bytes) -> None:
        """Read on. Called by the loop."""
        self._head += data
        if self.opened.done():
            return
        if b"\r\n\r\n" in self._head:
            status = self._head.split(b"\r\n")[0].decode("latin-1")
            if status.split(" ")[1:2] == ["200"]:
                self.opened.set_result(None)
            else:
                self._fail(f"the proxy refused the tunnel: {status[:100]}")
        elif len(self._head) > _MAX_HEAD_BYTES:
            self._fail("the proxy's answer is no HTTP")

    def connection_lost(self, error: Exception | None) -> None:
        """Take note that the connection is gone. Called by the loop."""
        if not self.opened.done():
            self._fail("the proxy closed the connection")

    def _fail(self, text: str) -> None:
        self.opened.set_exception(ConnectionError(text))
