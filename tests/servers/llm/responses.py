"""OpenAI's Responses."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from otel_helisession.demo import openai_wire
from otel_helisession.demo.script import Prompt, Reply, tokens
from tests.servers.llm.openai import error
from tests.servers.llm.wire import Body, named


class Responses:
    """``/responses``."""

    name = "responses"

    def speaks(self, path: str) -> bool:
        return path.endswith("/responses")

    def model(self, path: str, body: Body) -> str:
        return str(body.get("model", ""))

    def streams(self, path: str, body: Body) -> bool:
        return bool(body.get("stream"))

    def prompt(self, path: str, body: Body) -> Prompt:
        given = body.get("input") or []
        items = [{"role": "user", "content": given}] if isinstance(given, str) else given
        return Prompt(
            model=self.model(path, body),
            text="\n".join([str(body.get("instructions") or ""), *map(_text, items)]),
            question=next((_text(i) for i in reversed(items) if i.get("role") == "user"), ""),
            tools={
                tool["name"]: tool.get("parameters", {})
                for tool in body.get("tools") or []
                if tool.get("type") == "function"
            },
            answers_tools=bool(items) and items[-1].get("type") == "function_call_output",
        )

    def answer(self, path: str, body: Body, reply: Reply, key: str) -> dict[str, Any]:
        read = tokens(json.dumps([body.get("instructions"), body.get("input"), body.get("tools")]))
        chat = openai_wire.completion(body, reply, key)
        return {
            **_head(chat["model"], body, key),
            "status": "completed",
            "output": _output(reply, key),
            "usage": {
                "input_tokens": read,
                "input_tokens_details": {"cached_tokens": 0},
                "output_tokens": reply.tokens,
                "output_tokens_details": {"reasoning_tokens": 0},
                "total_tokens": read + reply.tokens,
            },
        }

    def events(self, path: str, body: Body, reply: Reply, key: str) -> Iterator[str]:
        whole = self.answer(path, body, reply, key)
        begun = {**whole, "status": "in_progress", "output": [], "usage": None}
        events: list[dict[str, Any]] = [
            {"type": "response.created", "response": begun},
            {"type": "response.in_progress", "response": begun},
        ]
        for index, item in enumerate(whole["output"]):
            events += _item_events(index, item)
        events.append({"type": "response.completed", "response": whole})
        return named({**event, "sequence_number": n} for n, event in enumerate(events))

    def counted(self, answer: Body) -> tuple[str, int | None, int | None]:
        usage = answer["usage"]
        return answer["model"], usage["input_tokens"], usage["output_tokens"]

    def error(self, status: int, message: str) -> dict[str, Any]:
        return error(status, message)


def _head(model: str, body: Body, key: str) -> dict[str, Any]:
    return {
        "id": f"resp_{key[:48]}",
        "object": "response",
        "created_at": openai_wire.CREATED,
        "model": model,
        "error": None,
        "incomplete_details": None,
        "instructions": body.get("instructions"),
        "metadata": {},
        "parallel_tool_calls": True,
        "previous_response_id": None,
        "temperature": body.get("temperature", 1.0),
        "tool_choice": "auto",
        "tools": body.get("tools") or [],
        "top_p": 1.0,
        "service_tier": "default",
        "text": {"format": {"type": "text"}},
        "truncation": "disabled",
        "reasoning": {"effort": None, "summary": None},
        "store": True,
        "user": None,
    }


def _output(reply: Reply, key: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = []
    if reply.text:
        content = [{"type": "output_text", "text": reply.text, "annotations": [], "logprobs": []}]
        said = {"type": "message", "id": f"msg_{key[:24]}", "role": "assistant"}
        items.append({**said, "status": "completed", "content": content})
    for index, (name, arguments) in enumerate(reply.tool_calls):
        items.append(
            {
                "type": "function_call",
                "id": f"fc_{key[index : index + 24]}",
                "call_id": f"call_{key[index : index + 24]}",
                "name": name,
                "arguments": json.dumps(arguments),
                "status": "completed",
            }
        )
    return items


def _item_events(index: int, item: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the events of one item: opened, piece by piece, done."""
    at = {"item_id": item["id"], "output_index": index}
    if item["type"] == "message":
        part, at = item["content"][0], {**at, "content_index": 0}
        empty, opened = {**part, "text": ""}, {**item, "status": "in_progress", "content": []}
        middle = [
            {"type": "response.content_part.added", **at, "part": empty},
            *(
                {"type": "response.output_text.delta", **at, "delta": piece, "logprobs": []}
                for piece in re.findall(r"\S+\s*|\s+", part["text"])
            ),
            {"type": "response.output_text.done", **at, "text": part["text"], "logprobs": []},
            {"type": "response.content_part.done", **at, "part": part},
        ]
    else:
        opened, said = {**item, "status": "in_progress", "arguments": ""}, item["arguments"]
        kind = "response.function_call_arguments"
        middle = [
            {"type": f"{kind}.delta", **at, "delta": said},
            {"type": f"{kind}.done", **at, "arguments": said, "name": item["name"]},
        ]
    return [
        {"type": "response.output_item.added", "output_index": index, "item": opened},
        *middle,
        {"type": "response.output_item.done", "output_index": index, "item": item},
    ]


def _text(item: Any) -> str:
    content = item.get("content")
    if isinstance(content, list):
        return "\n".join(str(part.get("text", "")) for part in content)
    return content if isinstance(content, str) else ""
