"""A Helicone worker for benchmarks: accepts every log after a fixed time, in its own process.

Prints its port, and serves until its standard input is closed.

    python benchmarks/helicone_server.py 0.05
"""

from __future__ import annotations

import asyncio
import sys

ANSWER = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n"
    b"helicone-id: 00000000-0000-4000-8000-000000000000\r\n\r\nok"
)


class Worker(asyncio.Protocol):
    """One connection: reads requests by their Content-Length, and answers each."""

    latency = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._received = bytearray()

    def data_received(self, data: bytes) -> None:
        self._received += data
        while (end := self._received.find(b"\r\n\r\n")) >= 0:
            head = bytes(self._received[:end]).lower()
            length = int(head.split(b"content-length:")[1].split(b"\r\n")[0])
            if len(self._received) < end + 4 + length:
                return
            del self._received[: end + 4 + length]
            if self.latency:
                asyncio.get_running_loop().call_later(self.latency, self._answer)
            else:
                self._answer()

    def _answer(self) -> None:
        if not self._transport.is_closing():
            self._transport.write(ANSWER)  # type: ignore[attr-defined]


async def main(latency: float) -> None:
    Worker.latency = latency
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Worker, "127.0.0.1", 0, backlog=256)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main(float(sys.argv[1])))
