"""Anthropic's messages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from otel_helisession.demo import anthropic_wire
from otel_helisession.demo.script import Prompt, Reply
from tests.servers.llm.openai import ERROR_TYPES
from tests.servers.llm.wire import Body, named


class Messages:
    """``/messages``."""

    name = "messages"

    def speaks(self, path: str) -> bool:
        return path.endswith("/messages")

    def model(self, path: str, body: Body) -> str:
        return str(body.get("model", ""))

    def streams(self, path: str, body: Body) -> bool:
        return bool(body.get("stream"))

    def prompt(self, path: str, body: Body) -> Prompt:
        return anthropic_wire.prompt(body)

    def answer(self, path: str, body: Body, reply: Reply, key: str) -> dict[str, Any]:
        return anthropic_wire.message(body, reply, key)

    def events(self, path: str, body: Body, reply: Reply, key: str) -> Iterator[str]:
        return named(anthropic_wire.events(body, reply, key))

    def counted(self, answer: Body) -> tuple[str, int | None, int | None]:
        usage = answer["usage"]
        return answer["model"], usage["input_tokens"], usage["output_tokens"]

    def error(self, status: int, message: str) -> dict[str, Any]:
        kind = ERROR_TYPES.get(status, "api_error")
        return {"type": "error", "error": {"type": kind, "message": message}}
