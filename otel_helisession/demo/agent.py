"""A trip-planning agent on the real OpenAI and Anthropic SDKs, as anybody would write it.

What makes its runs sessions are the lines with ``session``, ``step``, ``set_session`` and
``record``; the rest is an agent.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

import anthropic
import openai
from opentelemetry import context as context_api

from otel_helisession import Session, current_session, record, session, set_session, step
from otel_helisession.demo.hotels import Hotels, descriptions
from otel_helisession.demo.trip import Trip

KEY: Final = "sk-scripted-0000"
"""The scripted server checks none, but the SDKs want one."""

CHAT_MODEL: Final = "gpt-5.4-mini"
WRITING_MODEL: Final = "claude-sonnet-5"
EMBEDDING_MODEL: Final = "text-embedding-3-small"


def _tool(name: str, description: str, **properties: str) -> dict[str, Any]:
    schema = {key: {"type": kind} for key, kind in properties.items()}
    parameters = {"type": "object", "properties": schema, "required": list(schema)}
    return {
        "type": "function",
        "function": {"name": name, "description": description, "parameters": parameters},
    }


TOOLS: Final = [
    _tool("search_flights", "Find flights to a city.", destination="string"),
    _tool("search_hotels", "Find hotels by description.", city="string", query="string"),
    _tool("check_weather", "Forecast for a city.", city="string"),
]


class TripAgent:
    """Plans trips; each plan is a session.

    Args:
        openai_url: ``base_url`` of OpenAI's SDK.
        anthropic_url: ``base_url`` of Anthropic's SDK.
        say: Told in a few words what is being done, on the thread that does it.
    """

    def __init__(self, openai_url: str, anthropic_url: str, say: Callable[[str], None]) -> None:
        self._say = say
        self._openai = openai.OpenAI(base_url=openai_url, api_key=KEY)
        self._async_openai = openai.AsyncOpenAI(base_url=openai_url, api_key=KEY)
        self._anthropic = anthropic.AsyncAnthropic(base_url=anthropic_url, api_key=KEY)
        self._threads = ThreadPoolExecutor(2, "trip-planner")
        embedded = self._openai.embeddings.create(model=EMBEDDING_MODEL, input=descriptions())
        self._hotels = Hotels([item.embedding for item in embedded.data])

    async def aclose(self) -> None:
        """Close the clients."""
        await self._anthropic.close()
        await self._async_openai.close()
        self._openai.close()
        self._threads.shutdown()
        self._hotels.close()

    async def plan(self, trip: Trip) -> tuple[Session, str]:
        """Plan *trip*; return its session, and what the traveller is told."""
        async with session(
            "Trip planner",
            id=trip.conversation,
            path="/trip",
            user_id=trip.user_id,
            properties={"destination": trip.destination},
        ) as planned:
            with step("research"):
                found = await self._research(trip)
            with step("write"):
                itinerary = await self._write(trip, found)
            with record.data("save_itinerary", value={"destination": trip.destination}) as saved:
                saved.result = {"days": itinerary.count("Day "), "characters": len(itinerary)}
            with step("answer"):
                return planned, await self._answer(itinerary)

    async def _research(self, trip: Trip) -> list[Any]:
        self._say("asks the model what to look up")
        answer = await self._async_openai.chat.completions.create(
            model=CHAT_MODEL,
            messages=[
                {"role": "system", "content": "You plan trips. Look up what you need."},
                {"role": "user", "content": f"Three nights in {trip.destination}: {trip.wish}."},
            ],
            tools=TOOLS,  # type: ignore[arg-type]
        )
        tools: dict[str, Callable[..., Any]] = {
            "search_flights": self._flights_of(trip),
            "search_hotels": self._search_hotels,
            "check_weather": self._check_weather,
        }
        self._say("looks up flights, hotels and weather, all at once")
        calls = answer.choices[0].message.tool_calls or []
        return await asyncio.gather(
            *(
                tools[call.function.name](**json.loads(call.function.arguments))
                for call in calls
                if call.type == "function"
            )
        )

    def _flights_of(self, trip: Trip) -> Callable[..., Any]:
        failures = iter(range(trip.flights_fail))

        @record.tool("search_flights")
        async def search_flights(destination: str) -> list[dict[str, Any]]:
            await asyncio.sleep(0.08)
            if next(failures, None) is not None:
                raise TimeoutError("the airline's search did not answer within 80 ms")
            return [{"to": destination, "departs": "07:40", "price_eur": 148}]

        async def with_one_retry(destination: str) -> list[dict[str, Any]]:
            try:
                return await search_flights(destination)
            except TimeoutError:
                self._say("tries the flight search again: it timed out")
                return await search_flights(destination)

        return with_one_retry

    @record.tool("search_hotels")
    async def _search_hotels(self, city: str, query: str) -> list[str]:
        embedded = await self._async_openai.embeddings.create(model=EMBEDDING_MODEL, input=query)
        found: list[str] = await asyncio.to_thread(
            self._hotels.search, city, query, embedded.data[0].embedding, 2
        )
        return found

    async def _check_weather(self, city: str) -> str:
        """Run in a thread of a pool, which has no Context: the session is passed on by hand."""
        mine = current_session()

        def in_thread() -> str:
            token = context_api.attach(set_session(mine))
            try:
                return self._forecast(city)
            finally:
                context_api.detach(token)

        return await asyncio.get_running_loop().run_in_executor(self._threads, in_thread)

    @record.tool("check_weather")
    def _forecast(self, city: str) -> str:
        answer = self._openai.chat.completions.create(
            model=CHAT_MODEL,
            messages=[{"role": "user", "content": f"Put the forecast for {city} in one line."}],
        )
        return answer.choices[0].message.content or ""

    async def _write(self, trip: Trip, found: list[Any]) -> str:
        self._say("has Anthropic's model write the itinerary")
        message = await self._anthropic.messages.create(
            model=WRITING_MODEL,
            max_tokens=600,
            system="You write short itineraries.",
            messages=[
                {
                    "role": "user",
                    "content": f"An itinerary for {trip.destination}, from: {json.dumps(found)}",
                }
            ],
        )
        return "".join(block.text for block in message.content if block.type == "text")

    async def _answer(self, itinerary: str) -> str:
        self._say("streams the answer")
        stream = await self._async_openai.chat.completions.create(
            model=CHAT_MODEL,
            messages=[{"role": "user", "content": f"Tell the traveller, in short: {itinerary}"}],
            stream=True,
            stream_options={"include_usage": True},
        )
        pieces = []
        async for chunk in stream:
            if chunk.choices and chunk.choices[0].delta.content:
                pieces.append(chunk.choices[0].delta.content)
        return "".join(pieces)
