"""The load of a soak: sessions that open, work and close, always the same number of them."""

from __future__ import annotations

import asyncio
import random

from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider

from otel_helisession import session

SPANS_A_SESSION = 3

SESSIONS_A_SECOND_AT_THE_END = 250


class Load:
    """Runs sessions in asyncio tasks.

    Args:
        provider: Where their spans are made.
        sessions: How many are open at one time.
        seconds: How long each is, on average.

    Attributes:
        ended: How many sessions have run.
        spans: How many spans have ended, and the sum of their ids.
        calls: Likewise of those that Helicone gets; the sum of the names that they have.
    """

    def __init__(self, provider: TracerProvider, sessions: int, seconds: float) -> None:
        self._tracer = provider.get_tracer("soak")
        self._sessions = sessions
        self._seconds = seconds
        self._closing = asyncio.Event()
        self.ended = 0
        self.spans = (0, 0)
        self.calls = (0, 0)

    async def run(self) -> None:
        """Run until :meth:`close`."""
        tasks = []
        for number in range(self._sessions):
            tasks.append(asyncio.ensure_future(self._one_after_the_other()))
            if number % 200 == 0:
                await asyncio.sleep(0.02)  # not all at once
        await asyncio.gather(*tasks)

    def close(self) -> None:
        """Have every session end now."""
        self._closing.set()

    async def _one_after_the_other(self) -> None:
        first = True
        while not self._closing.is_set():
            # The first ones end at any time, so that the load is even from the beginning.
            await self._session(random.uniform(0.0 if first else 0.5, 1.5) * self._seconds)
            first = False

    async def _session(self, seconds: float) -> None:
        async with session("Trip planner", path="/trip"):
            with self._tracer.start_as_current_span("plan") as plan:
                await self._pause(seconds / 2)
                self._call()
                await self._pause(seconds / 2)
                with self._tracer.start_as_current_span("answer") as answer:
                    answer.set_attribute("answer", "In Alfama. " * 20)
                self._count(answer)
            self._count(plan)
        self.ended += 1

    def _call(self) -> None:
        count, total = self.calls
        tool = {"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": str(count)}
        span = self._tracer.start_span("search", attributes=tool)
        span.end()
        self.calls = count + 1, total + count
        self._count(span)

    def _count(self, span: trace.Span) -> None:
        count, total = self.spans
        self.spans = count + 1, total + span.get_span_context().span_id

    async def _pause(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._closing.wait(), seconds)
        except asyncio.TimeoutError:
            return
        # Not all at once: more than a queue holds would be lost, and counted, as it should be.
        await asyncio.sleep(random.uniform(0.0, self._sessions / SESSIONS_A_SECOND_AT_THE_END))
