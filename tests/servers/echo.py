"""An HTTP server on loopback that keeps the requests it is sent."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any


@dataclass(frozen=True)
class Request:
    """One request as it arrived; header names in lower case, of repeated ones the last."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


class EchoServer:
    """``with EchoServer() as server:`` answers requests to ``server.url`` until the block ends.

    Attributes:
        url: ``http://127.0.0.1:PORT``, without a trailing slash.
        port: The port.
        requests: What arrived, in order.
        answers: Path to ``(status, headers, body)``; any other path is answered with 200
            and ``{}``. To be filled by the test.
    """

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.answers: dict[str, tuple[int, dict[str, str], bytes]] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.port: int = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"

    @property
    def last(self) -> Request:
        """The request that arrived last."""
        return self.requests[-1]

    def answer(self, request: Request) -> tuple[int, dict[str, str], bytes]:
        """Return status, headers and body for *request*. For subclasses to override."""
        path = request.path.partition("?")[0]
        return self.answers.get(path, (200, {"content-type": "application/json"}, b"{}"))

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        owner = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self) -> None:
                headers = {name.lower(): value for name, value in self.headers.items()}
                body = self.rfile.read(int(headers.get("content-length", 0)))
                request = Request(self.command, self.path, headers, body)
                owner.requests.append(request)
                status, answer_headers, answer_body = owner.answer(request)
                self.send_response(status)
                for name, value in answer_headers.items():
                    self.send_header(name, value)
                self.send_header("content-length", str(len(answer_body)))
                self.end_headers()
                self.wfile.write(answer_body)

            do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = answer

            def log_message(self, format: str, *args: Any) -> None:
                """Say nothing."""

        return Handler

    def __enter__(self) -> EchoServer:
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.02,), daemon=True
        )
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)
