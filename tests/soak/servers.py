"""The two servers of a soak, in a process of their own, and told when to fail."""

from __future__ import annotations

import gzip
import json
import multiprocessing
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing.connection import Connection
from typing import Any

from tests.faults.wire import FaultyWire

MOODS = ("500", "mute", "reset")
"""What is wrong with the servers in their bad times, in turn."""


class Arrived:
    """What has arrived, by id: how many, and their sum."""

    def __init__(self) -> None:
        self.ids: set[int] = set()
        self.twice = 0

    def add(self, identity: int) -> None:
        self.twice += identity in self.ids
        self.ids.add(identity)

    @property
    def sums(self) -> tuple[int, int, int]:
        """How many, their sum, and how many of them came more than once."""
        return len(self.ids), sum(self.ids), self.twice


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, take: Callable[[bytes], tuple[dict[str, str], bytes]]) -> None:
        self.fails = False
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True
            wbufsize = -1

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                gzipped = self.headers.get("content-encoding") == "gzip"
                headers, answer = ({}, b"")
                if not server.fails:
                    headers, answer = take(gzip.decompress(body) if gzipped else body)
                self.send_response(500 if server.fails else 200)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("content-length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, format: str, *args: Any) -> None:
                """Say nothing."""

        super().__init__(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of connections that were cut."""


def _serve(pipe: Connection) -> None:
    """Serve, and do what *pipe* says: a mood, ``""`` to be well, ``"sums"``; until it closes."""
    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
        ExportTraceServiceRequest,
    )

    otlp, helicone = Arrived(), Arrived()

    def take_spans(body: bytes) -> tuple[dict[str, str], bytes]:
        for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
            for scope in resource.scope_spans:
                for span in scope.spans:
                    otlp.add(int.from_bytes(span.span_id, "big"))
        return {"content-type": "application/x-protobuf"}, b""

    def take_log(body: bytes) -> tuple[dict[str, str], bytes]:
        log = json.loads(body)
        helicone.add(int(log["toolName"]))
        return {"helicone-id": "00000000-0000-4000-8000-000000000000"}, b"ok"

    servers = _Server(take_spans), _Server(take_log)
    with FaultyWire(servers[0].server_port) as first, FaultyWire(servers[1].server_port) as second:
        pipe.send((first.port, second.port))
        while True:
            try:
                told = pipe.recv()
            except EOFError:
                return
            if told == "sums":
                pipe.send((otlp.sums, helicone.sums))
                continue
            for server in servers:
                server.fails = told == "500"
            for wire in (first, second):
                wire.fault = told if told in ("mute", "reset") else None


@contextmanager
def servers() -> Iterator[tuple[Connection, int, int]]:
    """Start both; yield the pipe to them, and the ports for OTLP and for Helicone."""
    spawn = multiprocessing.get_context("spawn")
    ours, theirs = spawn.Pipe()
    process = spawn.Process(target=_serve, args=(theirs,), daemon=True)
    process.start()
    theirs.close()
    try:
        yield (ours, *ours.recv())
    finally:
        ours.close()
        process.join(10)
