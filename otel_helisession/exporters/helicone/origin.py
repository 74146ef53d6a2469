"""How a connection to Helicone is opened: name, TLS, and the environment's proxy."""

from __future__ import annotations

import asyncio
import socket
import ssl
from base64 import b64encode
from dataclasses import dataclass, field
from urllib.parse import SplitResult, unquote, urlsplit

from otel_helisession import environment
from otel_helisession.exporters.helicone.tunnel import Tunnel
from otel_helisession.exporters.helicone.wire import Wire


@dataclass(frozen=True, slots=True)
class Origin:
    """A host to connect to, and how.

    Attributes:
        url: Scheme, host and port.
        proxy: The proxy's URL; None: directly.
        tls: Verifies the host's certificate; ``SSL_CERT_FILE`` names other authorities.
    """

    url: SplitResult
    proxy: SplitResult | None = field(repr=False)
    tls: ssl.SSLContext | None = field(repr=False)

    @classmethod
    def of(cls, url: str) -> Origin:
        """Return the origin of *url*, with the proxy that the environment names for it."""
        parts = urlsplit(url.partition("?")[0])
        proxy = environment.proxy(parts.scheme, parts.netloc)
        tls = ssl.create_default_context() if parts.scheme == "https" else None
        return cls(parts, urlsplit(proxy) if proxy else None, tls)

    @property
    def _host(self) -> str:
        return self.url.hostname or ""

    @property
    def _port(self) -> int:
        return self.url.port or (443 if self.tls else 80)

    def target(self, path: str) -> str:
        """Return what stands in the request line for *path*: to a proxy, the whole URL."""
        if self.proxy is None or self.tls is not None:
            return path
        return f"{self.url.scheme}://{self.url.netloc}{path}"

    def headers(self) -> str:
        """Return the header lines that belong to the connection."""
        host = f"Host: {self.url.netloc}\r\n"
        return host if self.proxy is None or self.tls is not None else host + self._login()

    async def connect(self, timeout: float) -> Wire:
        """Return a new connection, opened within *timeout* seconds an address.

        The name is looked up on this thread, which is ours: an executor's thread could not be
        started any more when the process is ending.

        Raises:
            OSError: It cannot be opened; the error is the last address's.
            ValueError: The name of the host is none.
        """
        via, port = self._host, self._port
        if self.proxy is not None:
            via, port = self.proxy.hostname or "", self.proxy.port or 8080
        last: Exception = OSError(f"{via} has no address")
        found = socket.getaddrinfo(via, port, type=socket.SOCK_STREAM)
        for address in dict.fromkeys(entry[4][0] for entry in found):
            try:
                return await asyncio.wait_for(self._open(str(address), port), timeout)
            except asyncio.TimeoutError:
                last = TimeoutError(f"no connection in {timeout:.1f} s")
            except OSError as error:
                last = error
        raise last

    async def _open(self, address: str, port: int) -> Wire:
        loop = asyncio.get_running_loop()
        if self.proxy is not None and self.tls is not None:
            return await self._tunnel(address, port)
        _, wire = await loop.create_connection(
            Wire, address, port, ssl=self.tls, server_hostname=self._host if self.tls else None
        )
        return wire

    async def _tunnel(self, address: str, port: int) -> Wire:
        """Ask the proxy for a tunnel, and speak TLS through it."""
        loop = asyncio.get_running_loop()
        name = f"{self._host}:{self._port}"
        opening, tunnel = await loop.create_connection(
            lambda: Tunnel(
                f"CONNECT {name} HTTP/1.1\r\nHost: {name}\r\n{self._login()}\r\n".encode("latin-1")
            ),
            address,
            port,
        )
        try:
            await tunnel.opened
            wire = Wire()
            assert self.tls is not None
            transport = await loop.start_tls(opening, wire, self.tls, server_hostname=self._host)
            assert transport is not None
            wire.connection_made(transport)
            return wire
        except BaseException:
            opening.abort()
            raise

    def _login(self) -> str:
        if self.proxy is None or self.proxy.username is None:
            return ""
        user = f"{unquote(self.proxy.username)}:{unquote(self.proxy.password or '')}"
        return f"Proxy-Authorization: Basic {b64encode(user.encode()).decode()}\r\n"
