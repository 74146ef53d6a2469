"""A scripted LLM server on loopback that speaks OpenAI's and Anthropic's wire format."""

from __future__ import annotations

import contextlib
import hashlib
import json
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, ClassVar, Final

from otel_helisession import environment
from otel_helisession.demo import anthropic_wire, openai_wire
from otel_helisession.demo.script import Prompt, Reply, Script, answer

_HOST: Final = "127.0.0.1"
_ENDPOINTS: Final = {
    "/chat/completions": "chat",
    "/embeddings": "embeddings",
    "/messages": "messages",
}
_FIRST_TOKEN_SECONDS: Final = 0.04
_RETRY_AFTER_MILLIS: Final = "30"
"""Both SDKs obey it instead of their backoff of half a second and more."""
_ERROR_TYPES: Final = {
    429: "rate_limit_error",
    529: "overloaded_error",
    400: "invalid_request_error",
}


@dataclass(frozen=True, slots=True)
class ReceivedRequest:
    """A request that reached the server.

    Attributes:
        endpoint: ``chat``, ``embeddings`` or ``messages``; the path for anything else.
        headers: Names in lower case; of a repeated header the last value.
        body: The JSON body; empty when there was none.
        status: What it was answered with.
    """

    endpoint: str
    headers: Mapping[str, str]
    body: Mapping[str, Any]
    status: int


class ScriptedLLM:
    """A server for the real SDKs to talk to: ``with ScriptedLLM() as llm``.

    Answers chat completions, embeddings and messages, streamed or not, with tool calls;
    the same request gets the same answer, except for its id, which is new each time.
    Listens on 127.0.0.1 on a free port, which clients made within the block reach without
    the environment's proxies; needs no key and checks none.

    Args:
        script: Decides what the model says.
        tokens_per_second: How fast it says it; None is at once.
    """

    def __init__(self, script: Script = answer, *, tokens_per_second: float | None = None) -> None:
        self._script = script
        self._pace = 0.0 if tokens_per_second is None else 1 / tokens_per_second
        self._requests: list[ReceivedRequest] = []
        self._failures: dict[str, list[int]] = {}
        self._seen: Counter[str] = Counter()
        self._lock = threading.Lock()
        handler = type("Handler", (_Handler,), {"llm": self})
        self._server = ThreadingHTTPServer((_HOST, 0), handler)
        self._direct = environment.direct(_HOST)
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.05,), name="scripted-llm", daemon=True
        )

    def __enter__(self) -> ScriptedLLM:
        self._direct.__enter__()
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
        self._thread.join()
        self._direct.__exit__(None, None, None)

    @property
    def url(self) -> str:
        """The server's root, without a trailing slash; the Anthropic SDK's ``base_url``."""
        return f"http://{_HOST}:{self._server.server_address[1]}"

    @property
    def openai_url(self) -> str:
        """The OpenAI SDK's ``base_url``."""
        return f"{self.url}/v1"

    @property
    def requests(self) -> list[ReceivedRequest]:
        """What was received so far, in order; a copy."""
        with self._lock:
            return list(self._requests)

    def fail(self, endpoint: str, *statuses: int) -> None:
        """Answer the next requests to *endpoint* with these error statuses, one each."""
        if endpoint not in _ENDPOINTS.values():
            raise ValueError(f"no endpoint {endpoint!r}; there are {sorted(_ENDPOINTS.values())}")
        with self._lock:
            self._failures.setdefault(endpoint, []).extend(statuses)

    def receive(self, endpoint: str, headers: Mapping[str, str], body: Mapping[str, Any]) -> int:
        """Note a request, and return the status to answer it with."""
        with self._lock:
            planned = self._failures.get(endpoint)
            status = planned.pop(0) if planned else 200
            if endpoint not in _ENDPOINTS.values():
                status = 404
            self._requests.append(ReceivedRequest(endpoint, headers, body, status))
            return status

    def say(self, prompt: Prompt) -> Reply:
        """Return what the script answers."""
        return self._script(prompt)

    def wait(self, tokens: float = 0, *, first: bool = False) -> None:
        """Take the time that a model takes for *tokens* tokens, or for its *first* one."""
        if self._pace:
            time.sleep((_FIRST_TOKEN_SECONDS if first else 0.0) + tokens * self._pace)

    def key(self, body: Mapping[str, Any]) -> str:
        """Return 64 hexadecimal digits: the same in every run, but new for a repeated request."""
        text = json.dumps(body, sort_keys=True)
        with self._lock:
            self._seen[text] += 1
            count = self._seen[text]
        return hashlib.sha256(f"{count}{text}".encode()).hexdigest()


class _Handler(BaseHTTPRequestHandler):
    """One connection. Each request is answered from what ScriptedLLM decides."""

    llm: ClassVar[ScriptedLLM]
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 30

    def handle(self) -> None:
        # A client that hangs up, between requests or within a stream, is no event.
        with contextlib.suppress(ConnectionError):
            super().handle()

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers.get("content-length") or 0))
        try:
            body = json.loads(raw or b"{}")
        except ValueError:
            body = {}
        path = self.path.partition("?")[0]
        endpoint = next((name for end, name in _ENDPOINTS.items() if path.endswith(end)), path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        status = self.llm.receive(endpoint, headers, body)
        if status != 200:
            self._fail(endpoint, status)
        elif endpoint == "embeddings":
            self.llm.wait(first=True)
            self._json(200, openai_wire.embeddings(body))
        elif body.get("stream"):
            self._stream(endpoint, body)
        else:
            self._answer(endpoint, body)

    def _answer(self, endpoint: str, body: Mapping[str, Any]) -> None:
        key = self.llm.key(body)
        if endpoint == "chat":
            reply = self.llm.say(openai_wire.prompt(body))
            answered = openai_wire.completion(body, reply, key)
        else:
            reply = self.llm.say(anthropic_wire.prompt(body))
            answered = anthropic_wire.message(body, reply, key)
        self.llm.wait(reply.tokens, first=True)
        self._json(200, answered)

    def _stream(self, endpoint: str, body: Mapping[str, Any]) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/event-stream; charset=utf-8")
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        self.llm.wait(first=True)
        for event in self._events(endpoint, body):
            self._chunk(event.encode())
            self.llm.wait(1)
        self._chunk(b"")

    def _events(self, endpoint: str, body: Mapping[str, Any]) -> Iterator[str]:
        key = self.llm.key(body)
        if endpoint == "chat":
            reply = self.llm.say(openai_wire.prompt(body))
            for data in openai_wire.chunks(body, reply, key):
                yield f"data: {data}\n\n"
        else:
            reply = self.llm.say(anthropic_wire.prompt(body))
            for event in anthropic_wire.events(body, reply, key):
                yield f"event: {event['type']}\ndata: {json.dumps(event)}\n\n"

    def _chunk(self, data: bytes) -> None:
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))

    def _fail(self, endpoint: str, status: int) -> None:
        kind = _ERROR_TYPES.get(status, "not_found_error" if status == 404 else "server_error")
        error: dict[str, Any] = {"type": kind, "message": f"a scripted failure: {kind}"}
        if endpoint == "messages":
            self._json(status, {"type": "error", "error": error})
        else:
            self._json(status, {"error": {**error, "param": None, "code": None}})

    def _json(self, status: int, body: Mapping[str, Any]) -> None:
        data = json.dumps(body, ensure_ascii=False).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        if status >= 400:
            self.send_header("retry-after-ms", _RETRY_AFTER_MILLIS)
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: the demo's terminal belongs to the demo."""
