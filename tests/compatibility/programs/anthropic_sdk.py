"""Anthropic's SDK: messages."""

from __future__ import annotations

import asyncio
from typing import Any

import anthropic

MODEL = "claude-haiku-4-5"
TOOLS: Any = [
    {
        "name": "check_weather",
        "description": "Forecast for a city.",
        "input_schema": {
            "type": "object",
            "properties": {"city": {"type": "string"}},
            "required": ["city"],
        },
    }
]


def _client(llm):
    return anthropic.Anthropic(base_url=llm.url, api_key="sk-0000", max_retries=0)


def chat(llm):
    _client(llm).messages.create(
        model=MODEL,
        max_tokens=300,
        system="You are brief.",
        messages=[{"role": "user", "content": "An itinerary for Kyoto?"}],
    )


def tool(llm):
    client = _client(llm)
    messages: Any = [{"role": "user", "content": "What is the weather in Lisbon?"}]
    answer = client.messages.create(model=MODEL, max_tokens=300, messages=messages, tools=TOOLS)
    call = answer.content[0]
    result = {"type": "tool_result", "tool_use_id": call.id, "content": "18 °C"}
    messages += [
        {"role": "assistant", "content": [call.model_dump(exclude_none=True)]},
        {"role": "user", "content": [result]},
    ]
    client.messages.create(model=MODEL, max_tokens=300, messages=messages, tools=TOOLS)


def stream(llm):
    with _client(llm).messages.stream(
        model=MODEL,
        max_tokens=300,
        messages=[{"role": "user", "content": "Tell the traveller about Lisbon."}],
    ) as events:
        for _ in events:
            pass


def async_stream(llm):
    async def main():
        async with anthropic.AsyncAnthropic(base_url=llm.url, api_key="sk-0000") as client:
            async for _ in await client.messages.create(
                model=MODEL,
                max_tokens=300,
                messages=[{"role": "user", "content": "Tell the traveller about Kyoto."}],
                stream=True,
            ):
                pass

    asyncio.run(main())


def failure(llm):
    llm.fail(429)
    _client(llm).messages.create(
        model=MODEL, max_tokens=300, messages=[{"role": "user", "content": "Hello?"}]
    )
