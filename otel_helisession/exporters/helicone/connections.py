"""The connections to Helicone that are open: kept alive, and used again and again."""

from __future__ import annotations

from otel_helisession.exporters.helicone.answer import Reply
from otel_helisession.exporters.helicone.endpoint import Endpoint
from otel_helisession.exporters.helicone.key import ApiKey
from otel_helisession.exporters.helicone.log import Log
from otel_helisession.exporters.helicone.origin import Origin
from otel_helisession.exporters.helicone.wire import StaleConnection, Wire
from otel_helisession.version import __version__


class Request(bytes):
    """An HTTP request with its key. Its repr has none of it: tracebacks may show their locals."""

    def __repr__(self) -> str:
        return f"<a request of {len(self)} bytes>"

    __str__ = __repr__


class Connections:
    """Posts logs, each on a connection of its own while it lasts. Lives on one loop's thread.

    An own HTTP client of a few lines, because the CPU of a log is mostly the client's: 30 µs
    here, 130 with the standard library's in threads, 1,500 with httpx.
    """

    def __init__(self, endpoint: Endpoint, key: ApiKey) -> None:
        self._origin = Origin.of(endpoint.url)
        self._idle: list[Wire] = []
        self._heads: dict[str, Request] = {}
        self._common = Request(
            f"{self._origin.headers()}Authorization: {key.authorization}\r\n"
            f"User-Agent: otel-helisession/{__version__}\r\n"
            "Content-Type: application/json\r\nContent-Length: ".encode("latin-1")
        )

    async def post(self, log: Log, timeout: float) -> Reply:
        """Send *log* and return the answer; connecting and answering each last *timeout* at most.

        Raises:
            OSError: No connection, or no answer in time.
            ValueError: What came is no HTTP.
        """
        head = self._heads.get(log.target)
        if head is None:
            line = f"POST {self._origin.target(log.target)} HTTP/1.1\r\n"
            head = self._heads[log.target] = Request(line.encode("latin-1") + self._common)
        request = Request(b"%b%d\r\n\r\n%b" % (head, len(log.body), log.body))
        while self._idle:
            wire = self._idle.pop()
            if wire.reusable:
                try:
                    return await self._ask(wire, request, timeout)
                except StaleConnection:
                    break
        return await self._ask(await self._origin.connect(timeout), request, timeout)

    def close(self) -> None:
        """Close all connections that nobody uses."""
        while self._idle:
            self._idle.pop().close()

    async def _ask(self, wire: Wire, request: bytes, timeout: float) -> Reply:
        try:
            reply = await wire.ask(request, timeout)
        except BaseException:  # cancelled at the deadline, too: an answer may still come
            wire.close()
            raise
        if wire.reusable:
            self._idle.append(wire)
        return reply
