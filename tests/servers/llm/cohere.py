"""Cohere's version 2: chat and embeddings."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from otel_helisession.demo import openai_wire
from otel_helisession.demo.script import Prompt, Reply
from tests.servers.llm.openai import Chat
from tests.servers.llm.wire import Body, named


class CohereChat(Chat):
    """``/v2/chat``: asked like OpenAI's, answered in its own way."""

    name = "cohere"

    def speaks(self, path: str) -> bool:
        return path.endswith("/v2/chat")

    def answer(self, path: str, body: Body, reply: Reply, key: str) -> dict[str, Any]:
        completed = openai_wire.completion(body, reply, key)
        said = completed["choices"][0]["message"]
        counts = completed["usage"]
        used = {
            "input_tokens": counts["prompt_tokens"],
            "output_tokens": counts["completion_tokens"],
        }
        message: dict[str, Any] = {"role": "assistant"}
        if reply.text:
            message["content"] = [{"type": "text", "text": reply.text}]
        if reply.tool_calls:
            message |= {"tool_plan": "I will look it up.", "tool_calls": said["tool_calls"]}
        return {
            "id": f"{key[:8]}-{key[8:12]}-{key[12:16]}-{key[16:20]}-{key[20:32]}",
            "finish_reason": "TOOL_CALL" if reply.tool_calls else "COMPLETE",
            "message": message,
            "usage": {"billed_units": used, "tokens": used},
        }

    def events(self, path: str, body: Body, reply: Reply, key: str) -> Iterator[str]:
        whole = self.answer(path, body, reply, key)
        empty = {"role": "assistant", "content": [], "tool_plan": "", "tool_calls": []}
        events: list[dict[str, Any]] = [
            {"type": "message-start", "id": whole["id"], "delta": {"message": empty}},
            _piece("content-start", {"content": {"type": "text", "text": ""}}),
        ]
        for word in reply.text.split(" "):
            events.append(_piece("content-delta", {"content": {"text": f"{word} "}}))
        events[-1] = _piece("content-delta", {"content": {"text": reply.text.split(" ")[-1]}})
        events.append({"type": "content-end", "index": 0})
        ended = {"finish_reason": whole["finish_reason"], "usage": whole["usage"]}
        events.append({"type": "message-end", "delta": ended})
        return named(events)

    def counted(self, answer: Body) -> tuple[str, int | None, int | None]:
        usage = answer["usage"]["tokens"]
        return "", usage["input_tokens"], usage["output_tokens"]

    def error(self, status: int, message: str) -> dict[str, Any]:
        return {"message": message}


class CohereEmbed(CohereChat):
    """``/v2/embed``."""

    name = "cohere embeddings"

    def speaks(self, path: str) -> bool:
        return path.endswith("/v2/embed")

    def streams(self, path: str, body: Body) -> bool:
        return False

    def prompt(self, path: str, body: Body) -> Prompt:
        text = str((body.get("texts") or [""])[0])
        return Prompt(self.model(path, body), text, text, {}, False)

    def answer(self, path: str, body: Body, reply: Reply, key: str) -> dict[str, Any]:
        texts = [str(text) for text in body.get("texts") or []]
        billed = {"input_tokens": len(json.dumps(texts)) // 4}
        return {
            "id": f"{key[:8]}-{key[8:12]}-{key[12:16]}-{key[16:20]}-{key[20:32]}",
            "embeddings": {"float": [openai_wire.vector(text) for text in texts]},
            "texts": texts,
            "meta": {"api_version": {"version": "2"}, "billed_units": billed},
            "response_type": "embeddings_by_type",
        }

    def counted(self, answer: Body) -> tuple[str, int | None, int | None]:
        return "", answer["meta"]["billed_units"]["input_tokens"], None


def _piece(kind: str, message: dict[str, Any]) -> dict[str, Any]:
    return {"type": kind, "index": 0, "delta": {"message": message}}
