"""Mistral's SDK, and its first version, which is imported from elsewhere."""

from __future__ import annotations

import asyncio
from typing import Any

try:
    from mistralai.client import Mistral
except ImportError:
    from mistralai import Mistral

MODEL = "mistral-small-latest"
PARAMETERS = {
    "type": "object",
    "properties": {"city": {"type": "string"}},
    "required": ["city"],
}
WEATHER = {"name": "check_weather", "description": "Forecast for a city.", "parameters": PARAMETERS}
TOOLS: Any = [{"type": "function", "function": WEATHER}]


def _client(llm):
    return Mistral(api_key="sk-0000", server_url=llm.url)


def chat(llm):
    _client(llm).chat.complete(
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
    answer = client.chat.complete(model=MODEL, messages=messages, tools=TOOLS)
    said = answer.choices[0].message
    result = {"role": "tool", "tool_call_id": said.tool_calls[0].id, "content": "18 °C"}
    client.chat.complete(model=MODEL, messages=[*messages, said, result], tools=TOOLS)


def stream(llm):
    for _ in _client(llm).chat.stream(
        model=MODEL, messages=[{"role": "user", "content": "Tell the traveller about Lisbon."}]
    ):
        pass


def async_stream(llm):
    async def main():
        async for _ in await _client(llm).chat.stream_async(
            model=MODEL, messages=[{"role": "user", "content": "Tell the traveller about Kyoto."}]
        ):
            pass

    asyncio.run(main())


def failure(llm):
    llm.fail(400)
    _client(llm).chat.complete(model=MODEL, messages=[{"role": "user", "content": "Hello?"}])


def embed(llm):
    _client(llm).embeddings.create(model="mistral-embed", inputs=["a quiet hotel"])
