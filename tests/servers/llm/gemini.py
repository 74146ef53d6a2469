"""Google's Gemini: ``generateContent``, its stream, and embeddings."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from otel_helisession.demo import openai_wire
from otel_helisession.demo.script import Prompt, Reply, tokens
from tests.servers.llm.wire import Body, data

_MODEL = re.compile(r"/models/([^/:]+):(\w+)$")
_STATUSES = {400: "INVALID_ARGUMENT", 429: "RESOURCE_EXHAUSTED"}


class Generate:
    """``/models/MODEL:generateContent`` and ``:streamGenerateContent``."""

    name = "gemini"
    methods: tuple[str, ...] = ("generateContent", "streamGenerateContent")

    def speaks(self, path: str) -> bool:
        found = _MODEL.search(path)
        return found is not None and found[2] in self.methods

    def model(self, path: str, body: Body) -> str:
        found = _MODEL.search(path)
        return found[1] if found else ""

    def streams(self, path: str, body: Body) -> bool:
        return "stream" in path

    def prompt(self, path: str, body: Body) -> Prompt:
        contents = body.get("contents") or []
        last = contents[-1].get("parts", []) if contents else []
        declared = [f for tool in body.get("tools") or [] for f in _declarations(tool)]
        return Prompt(
            model=self.model(path, body),
            text="\n".join(_text(content) for content in contents),
            question=next((_text(c) for c in reversed(contents) if _is_question(c)), ""),
            tools={one["name"]: _schema(one) for one in declared},
            answers_tools=any("functionResponse" in part for part in last),
        )

    def answer(self, path: str, body: Body, reply: Reply, key: str) -> dict[str, Any]:
        read = tokens(json.dumps([body.get("systemInstruction"), body.get("contents")]))
        parts: list[dict[str, Any]] = [{"text": reply.text}] if reply.text else []
        parts += [{"functionCall": {"name": n, "args": dict(a)}} for n, a in reply.tool_calls]
        return {
            "candidates": [_candidate(parts, "STOP")],
            "usageMetadata": {
                "promptTokenCount": read,
                "candidatesTokenCount": reply.tokens,
                "totalTokenCount": read + reply.tokens,
            },
            "modelVersion": self.model(path, body),
            "responseId": key[:20],
        }

    def events(self, path: str, body: Body, reply: Reply, key: str) -> Iterator[str]:
        whole = self.answer(path, body, reply, key)
        pieces = re.findall(r"(?:\S+\s*){1,8}", reply.text)
        usage = whole.pop("usageMetadata")
        chunks = [{**whole, "candidates": [_candidate([{"text": piece}])]} for piece in pieces]
        last = chunks.pop() if chunks else whole
        last["candidates"][0]["finishReason"] = "STOP"
        return data([*chunks, {**last, "usageMetadata": usage}])

    def counted(self, answer: Body) -> tuple[str, int | None, int | None]:
        usage = answer["usageMetadata"]
        return answer["modelVersion"], usage["promptTokenCount"], usage["candidatesTokenCount"]

    def error(self, status: int, message: str) -> dict[str, Any]:
        kind = _STATUSES.get(status, "INTERNAL")
        return {"error": {"code": status, "message": message, "status": kind}}


class Embed(Generate):
    """``/models/MODEL:embedContent`` and ``:batchEmbedContents``."""

    name = "gemini embeddings"
    methods = ("embedContent", "batchEmbedContents")

    def streams(self, path: str, body: Body) -> bool:
        return False

    def prompt(self, path: str, body: Body) -> Prompt:
        text = "\n".join(_text(one.get("content")) for one in _requests(body))
        return Prompt(self.model(path, body), text, text, {}, False)

    def answer(self, path: str, body: Body, reply: Reply, key: str) -> dict[str, Any]:
        made = [
            {"values": openai_wire.vector(_text(one.get("content")))} for one in _requests(body)
        ]
        batch = path.endswith("batchEmbedContents")
        return {"embeddings": made} if batch else {"embedding": made[0]}

    def counted(self, answer: Body) -> tuple[str, int | None, int | None]:
        return "", None, None


def _requests(body: Body) -> list[Any]:
    return list(body.get("requests") or [body])


def _candidate(parts: list[dict[str, Any]], finish: str | None = None) -> dict[str, Any]:
    made: dict[str, Any] = {"content": {"role": "model", "parts": parts}, "index": 0}
    return {**made, "finishReason": finish} if finish else made


def _declarations(tool: Any) -> list[Any]:
    return tool.get("functionDeclarations") or tool.get("function_declarations") or []


def _schema(declared: Any) -> Any:
    """Return the JSON schema of a function; Google writes types in capitals."""
    names = ("parametersJsonSchema", "parameters_json_schema", "parameters")
    schema: Any = next((declared[name] for name in names if name in declared), {})
    properties = schema.get("properties") or {}
    return {
        "properties": {
            name: {**one, "type": str(one.get("type", "")).lower()}
            for name, one in properties.items()
        }
    }


def _is_question(content: Any) -> bool:
    return content.get("role", "user") == "user" and bool(_text(content))


def _text(content: Any) -> str:
    parts = (content or {}).get("parts", [])
    return "\n".join(part["text"] for part in parts if part.get("text"))
