"""Groq's SDK."""

from __future__ import annotations

import asyncio
from typing import Any

import groq

MODEL = "llama-3.3-70b-versatile"
PARAMETERS = {
    "type": "object",
    "properties": {"city": {"type": "string"}},
    "required": ["city"],
}
WEATHER = {"name": "check_weather", "description": "Forecast for a city.", "parameters": PARAMETERS}
TOOLS: Any = [{"type": "function", "function": WEATHER}]


def _client(llm):
    return groq.Groq(base_url=llm.url, api_key="sk-0000", max_retries=0)


def chat(llm):
    _client(llm).chat.completions.create(
        model=MODEL,
        messages=[
            {"role": "system", "content": "You are brief."},
            {"role": "user", "content": "An itinerary for Kyoto?"},
        ],
        temperature=0.2,
    )


def tool(llm):
    client = _client(llm)
    messages: Any = [{"role": "user", "content": "What is the weather in Lisbon?"}]
    answer = client.chat.completions.create(model=MODEL, messages=messages, tools=TOOLS)
    said = answer.choices[0].message
    result = {"role": "tool", "tool_call_id": said.tool_calls[0].id, "content": "18 °C"}
    messages += [said.model_dump(exclude_none=True), result]
    client.chat.completions.create(model=MODEL, messages=messages, tools=TOOLS)


def stream(llm):
    for _ in _client(llm).chat.completions.create(
        model=MODEL,
        messages=[{"role": "user", "content": "Tell the traveller about Lisbon."}],
        stream=True,
    ):
        pass


def async_stream(llm):
    async def main():
        async with groq.AsyncGroq(base_url=llm.url, api_key="sk-0000") as client:
            async for _ in await client.chat.completions.create(
                model=MODEL,
                messages=[{"role": "user", "content": "Tell the traveller about Kyoto."}],
                stream=True,
            ):
                pass

    asyncio.run(main())


def failure(llm):
    llm.fail(429)
    _client(llm).chat.completions.create(
        model=MODEL, messages=[{"role": "user", "content": "Hello?"}]
    )
