"""Cohere's SDK, version 2 of its API."""

from __future__ import annotations

from typing import Any

import cohere

MODEL = "command-a-03-2025"
PARAMETERS = {
    "type": "object",
    "properties": {"city": {"type": "string"}},
    "required": ["city"],
}
WEATHER = {"name": "check_weather", "description": "Forecast for a city.", "parameters": PARAMETERS}
TOOLS: Any = [{"type": "function", "function": WEATHER}]


def _client(llm):
    return cohere.ClientV2(api_key="sk-0000", base_url=llm.url)


def chat(llm):
    _client(llm).chat(
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
    answer = client.chat(model=MODEL, messages=messages, tools=TOOLS)
    said = answer.message
    result = {"role": "tool", "tool_call_id": said.tool_calls[0].id, "content": "18 °C"}
    client.chat(model=MODEL, messages=[*messages, said, result], tools=TOOLS)


def stream(llm):
    for _ in _client(llm).chat_stream(
        model=MODEL, messages=[{"role": "user", "content": "Tell the traveller about Lisbon."}]
    ):
        pass


def failure(llm):
    llm.fail(400)
    _client(llm).chat(model=MODEL, messages=[{"role": "user", "content": "Hello?"}])


def embed(llm):
    _client(llm).embed(
        model="embed-v4.0",
        texts=["a quiet hotel"],
        input_type="search_query",
        embedding_types=["float"],
    )
