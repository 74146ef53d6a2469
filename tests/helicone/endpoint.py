"""Helicone's logging endpoint on loopback, in both flavours, with the faults that it can have."""

from __future__ import annotations

import json
import socket
import struct
import threading
import time
from collections import Counter
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

from tests.helicone.schema import HEADER_NAME, traps, worker_error

KEY = "sk-helicone-0000000-0000000-0000000-0000000"
PATHS = {
    "worker": ("/custom/v1/log", "/oai/v1/log", "/anthropic/v1/log"),
    "jawn": ("/v1/trace/custom/log",),
}
MAX_BYTES = 10 * 1024 * 1024
ANSWER_ID = "00000000-0000-4000-8000-000000000000"

Answer = tuple[int, dict[str, str], bytes]


@dataclass(frozen=True)
class Arrival:
    """A request that arrived: when (monotonic), where, from which port, and its body."""

    at: float
    path: str
    port: int
    body: bytes
    headers: dict[str, str]

    @property
    def log(self) -> Any:
        return json.loads(self.body)

    @property
    def id(self) -> str:
        return str(self.log["providerRequest"]["meta"]["Helicone-Request-Id"])


class FakeHelicone:
    """``with FakeHelicone("worker") as fake:`` serves ``fake.url``.

    Attributes:
        faults: How the next requests are answered, in order, in place of what is right: a
            status, ``"error"`` (200 with an error in JSON), an Answer, ``"hang"``,
            ``"reset"`` (before the answer) or ``"break"`` (within its body).
        always: Likewise for all requests, after the faults.
        latency: Seconds before each answer.
        arrivals: Every request, in order.
        traps: What the accepted bodies would make Helicone show or count wrongly.
        most_at_once: The most requests that were under way at one time.
    """

    def __init__(self, flavour: str) -> None:
        self.flavour = flavour
        self.faults: list[Any] = []
        self.always: Any = None
        self.latency = 0.0
        self.arrivals: list[Arrival] = []
        self.traps: list[str] = []
        self.most_at_once = 0
        self._now = 0
        self._lock = threading.Lock()
        self.released = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._server.socket.listen(128)
        self.origin = f"http://127.0.0.1:{self._server.server_address[1]}"
        self.url = self.origin + PATHS[flavour][0]

    def logs(self) -> list[Any]:
        """Return the bodies that arrived, in order."""
        return [arrival.log for arrival in self.arrivals]

    def metas(self) -> list[dict[str, str]]:
        """Return the meta of each body that arrived."""
        return [log["providerRequest"]["meta"] for log in self.logs()]

    def ids(self) -> Counter[str]:
        """Return how often each log arrived."""
        return Counter(arrival.id for arrival in self.arrivals)

    def answer(self, arrival: Arrival) -> Answer:
        """Return what Helicone answers, without faults."""
        if arrival.path not in PATHS[self.flavour]:
            return 404, {}, b'{"error":"Not found"}'
        authorization = arrival.headers.get("authorization", "")
        if not authorization.startswith("Bearer sk-"):
            return 401, {}, b'{"error":"API Key is not well formed"}'
        if len(arrival.body) > MAX_BYTES:
            return (400, {}, b"Payload too large") if self.flavour == "worker" else (500, {}, b"")
        try:
            log = json.loads(arrival.body, parse_constant=_refuse)
        except ValueError as error:
            return _error(400, str(error)) if self.flavour == "worker" else (500, {}, b"")
        if any(not HEADER_NAME.fullmatch(name) for name in log["providerRequest"]["meta"]):
            return 500, {}, b""
        invalid = worker_error(log)
        if invalid:
            return _error(400, invalid) if self.flavour == "worker" else (500, {}, b"")
        self.traps += traps(log, self.flavour)
        if self.flavour == "jawn":
            return 200, {}, b""
        return 200, {"helicone-id": ANSWER_ID}, b"ok"

    def _answer(self, arrival: Arrival) -> Any:
        with self._lock:
            self.arrivals.append(arrival)
            fault = self.faults.pop(0) if self.faults else self.always
        right = self.answer(arrival)
        if fault is None:
            return right
        if fault == "error":
            return _error(200, "Auth failed! Key not found")
        return (fault, {}, b"") if isinstance(fault, int) else fault

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        owner = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True
            wbufsize = -1

            def do_POST(self) -> None:
                headers = {name.lower(): value for name, value in self.headers.items()}
                body = self.rfile.read(int(headers["content-length"]))
                with owner._lock:
                    owner._now += 1
                    owner.most_at_once = max(owner.most_at_once, owner._now)
                port = self.client_address[1]
                arrival = Arrival(time.monotonic(), self.path, port, body, headers)
                answer = owner._answer(arrival)
                if owner.latency:
                    time.sleep(owner.latency)
                with owner._lock:
                    owner._now -= 1
                self.reply(answer)

            def reply(self, answer: Any) -> None:
                if answer == "hang":
                    owner.released.wait(20)
                    self.close_connection = True
                    return
                if answer == "reset":
                    self.reset()
                    return
                status, headers, body = answer if answer != "break" else (200, {}, b"o" * 9)
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("content-length", str(len(body) + (answer == "break")))
                self.end_headers()
                self.wfile.write(body)
                if answer == "break":
                    self.wfile.flush()
                    self.reset()

            def reset(self) -> None:
                """Close with a TCP reset."""
                linger = struct.pack("ii", 1, 0)
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                self.close_connection = True

            def log_message(self, format: str, *args: Any) -> None:
                """Say nothing."""

        return Handler

    def __enter__(self) -> FakeHelicone:
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
        self.released.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)


def _error(status: int, text: str) -> Answer:
    return status, {"content-type": "application/json"}, json.dumps({"error": text}).encode()


def _refuse(constant: str) -> None:
    raise ValueError(f"Unexpected token {constant}")
