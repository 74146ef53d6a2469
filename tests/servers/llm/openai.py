"""Chat completions and embeddings, as OpenAI, Mistral and Groq speak them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from otel_helisession.demo import openai_wire
from otel_helisession.demo.script import Prompt, Reply
from tests.servers.llm.wire import Body, data

ERROR_TYPES = {400: "invalid_request_error", 429: "rate_limit_error"}


def error(status: int, message: str) -> dict[str, Any]:
    """Return an error as OpenAI and those who copy it write it."""
    kind = ERROR_TYPES.get(status, "server_error")
    return {"error": {"type": kind, "message": message, "param": None, "code": None}}


class Chat:
    """``/chat/completions``. Mistral and Groq tell the usage of a stream without being asked."""

    name = "chat"

    def speaks(self, path: str) -> bool:
        return path.endswith("/chat/completions")

    def model(self, path: str, body: Body) -> str:
        return str(body.get("model", ""))

    def streams(self, path: str, body: Body) -> bool:
        return bool(body.get("stream"))

    def prompt(self, path: str, body: Body) -> Prompt:
        return openai_wire.prompt(body)

    def answer(self, path: str, body: Body, reply: Reply, key: str) -> dict[str, Any]:
        answered = openai_wire.completion(body, reply, key)
        if "mistral" in self.model(path, body):  # whose SDK checks the length of a call's id
            for call in answered["choices"][0]["message"].get("tool_calls") or []:
                call["id"] = call["id"][5:14]
        return answered

    def events(self, path: str, body: Body, reply: Reply, key: str) -> Iterator[str]:
        mistral, groq = "mistral" in self.model(path, body), "/openai/v1/" in path
        asked = {**body, "stream_options": {"include_usage": True}} if mistral or groq else body
        chunks = list(openai_wire.chunks(asked, reply, key))
        if groq or mistral:  # which say it in the last chunk that has a choice
            last, usage = json.loads(chunks[-3]), json.loads(chunks[-2])["usage"]
            more = {"usage": usage} if mistral else {"x_groq": {"id": "req", "usage": usage}}
            chunks[-3:-1] = [json.dumps({**last, **more})]
        return data(chunks)

    def counted(self, answer: Body) -> tuple[str, int | None, int | None]:
        usage = answer["usage"]
        return answer["model"], usage["prompt_tokens"], usage.get("completion_tokens")

    def error(self, status: int, message: str) -> dict[str, Any]:
        return error(status, message)


class Embeddings(Chat):
    """``/embeddings``."""

    name = "embeddings"

    def speaks(self, path: str) -> bool:
        return path.endswith("/embeddings")

    def streams(self, path: str, body: Body) -> bool:
        return False

    def prompt(self, path: str, body: Body) -> Prompt:
        given = body.get("input", "")
        text = str(given[0] if isinstance(given, list) and given else given)
        return Prompt(self.model(path, body), text, text, {}, False)

    def answer(self, path: str, body: Body, reply: Reply, key: str) -> dict[str, Any]:
        return {"id": f"embd-{key[:24]}", **openai_wire.embeddings(body)}  # Mistral's has an id
