"""An OTLP endpoint in a process of its own, that counts what comes and keeps nothing."""

from __future__ import annotations

import multiprocessing
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing.connection import Connection
from typing import Any


def serve(pipe: Connection) -> None:
    """Answer every OTLP request with success, and tell how many spans came when asked."""
    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

    bodies: list[bytes] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            bodies.append(self.rfile.read(int(self.headers["content-length"])))
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    pipe.send(f"http://127.0.0.1:{server.server_address[1]}/v1/traces")
    while pipe.recv():
        count = 0
        for body in bodies:
            request = ExportTraceServiceRequest.FromString(body)
            for resource in request.resource_spans:
                count += sum(len(scope.spans) for scope in resource.scope_spans)
        bodies.clear()
        pipe.send(count)


class Sink:
    """An OTLP endpoint in a process of its own.

    Attributes:
        endpoint: Its URL.
    """

    def __init__(self) -> None:
        spawn = multiprocessing.get_context("spawn")
        self._pipe, theirs = spawn.Pipe()
        self._process = spawn.Process(target=serve, args=(theirs,), daemon=True)
        self._process.start()
        self.endpoint: str = self._pipe.recv()

    def received(self) -> int:
        """Return how many spans have come since the last time."""
        self._pipe.send(True)
        return int(self._pipe.recv())

    def close(self) -> None:
        """End it."""
        self._pipe.send(False)
        self._process.join(5)
