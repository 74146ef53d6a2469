"""The scripted server of the tests: every wire, every exchange kept."""

from __future__ import annotations

import contextlib
import hashlib
import json
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

from otel_helisession.demo.script import Script, answer
from tests.servers.llm import anthropic, cohere, gemini, openai, responses
from tests.servers.llm.exchange import Exchange
from tests.servers.llm.wire import Body, Wire

WIRES: tuple[Wire, ...] = (
    openai.Chat(),
    openai.Embeddings(),
    responses.Responses(),
    anthropic.Messages(),
    gemini.Generate(),
    gemini.Embed(),
    cohere.CohereChat(),
    cohere.CohereEmbed(),
)

FIRST_TOKEN_SECONDS = 0.02
"""So that a time to a first token is more than nothing."""


class ScriptedLLM:
    """``with ScriptedLLM() as llm:`` answers real SDKs on loopback, without a key.

    The same request gets the same answer, except for its id, which is new each time but the
    same in every run. Streams take 20 ms to their first event.

    Attributes:
        exchanges: What was asked and answered, in order of the requests' ends; a list to clear.
    """

    def __init__(self, script: Script = answer) -> None:
        self.exchanges: list[Exchange] = []
        self._script = script
        self._failures: list[int] = []
        self._seen: Counter[str] = Counter()
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.02,), daemon=True
        )

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return int(self._server.server_address[1])

    @property
    def url(self) -> str:
        """The root, without a trailing slash: what other SDKs than OpenAI's want."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def openai_url(self) -> str:
        """OpenAI's ``base_url``, and that of everybody who speaks like it."""
        return f"{self.url}/v1"

    def fail(self, *statuses: int) -> None:
        """Answer the next requests with these error statuses, one each."""
        with self._lock:
            self._failures.extend(statuses)

    def respond(
        self, wire: Wire, path: str, body: Body
    ) -> tuple[int, dict[str, Any] | Iterator[str]]:
        """Return the status, and the body or the events, for a request; note the exchange."""
        prompt, model = wire.prompt(path, body), wire.model(path, body)
        streamed = wire.streams(path, body)
        with self._lock:
            status = self._failures.pop(0) if self._failures else 200
        if status != 200:
            self._note(Exchange(wire.name, model, question=prompt.question, status=status))
            return status, wire.error(status, f"a scripted failure: {status}")
        reply, key = self._script(prompt), self._key(body)
        answered = wire.answer(path, body, reply, key)
        response_model, asked, said = wire.counted(answered)
        self._note(
            Exchange(
                wire.name,
                model,
                response_model,
                prompt.question,
                "" if wire.name.endswith("embeddings") else reply.text,
                tuple(name for name, _ in reply.tool_calls),
                asked,
                said,
                streamed,
            )
        )
        return 200, wire.events(path, body, reply, key) if streamed else answered

    def _note(self, exchange: Exchange) -> None:
        with self._lock:
            self.exchanges.append(exchange)

    def _key(self, body: Body) -> str:
        text = json.dumps(body, sort_keys=True)
        with self._lock:
            self._seen[text] += 1
            count = self._seen[text]
        return hashlib.sha256(f"{count}{text}".encode()).hexdigest()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        return type("Handler", (_Handler,), {"llm": self})

    def __enter__(self) -> ScriptedLLM:
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


class _Handler(BaseHTTPRequestHandler):
    """One connection."""

    llm: ScriptedLLM
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 30

    def handle(self) -> None:
        with contextlib.suppress(ConnectionError):  # a client may hang up
            super().handle()

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers.get("content-length") or 0))
        path = self.path.partition("?")[0]
        wire = next((one for one in WIRES if one.speaks(path)), None)
        if wire is None:
            return self._json(404, {"error": {"message": f"no wire speaks {path}"}})
        status, answered = self.llm.respond(wire, path, json.loads(raw or b"{}"))
        if isinstance(answered, dict):
            self._json(status, answered)
        else:
            self._stream(answered)

    def _stream(self, events: Iterator[str]) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/event-stream; charset=utf-8")
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        time.sleep(FIRST_TOKEN_SECONDS)
        for event in events:
            data = event.encode()
            self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
        self.wfile.write(b"0\r\n\r\n")

    def _json(self, status: int, body: Mapping[str, Any]) -> None:
        data = json.dumps(body, ensure_ascii=False).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        if status >= 400:
            self.send_header("retry-after-ms", "30")  # which some SDKs obey
        self.end_headers()
        self.wfile.write(data)

    def date_time_string(self, timestamp: float | None = None) -> str:
        return "Thu, 01 Jan 2026 00:00:00 GMT"  # libraries write headers on spans

    def version_string(self) -> str:
        return "scripted"

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""
