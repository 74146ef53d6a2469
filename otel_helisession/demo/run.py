"""One run of the demo: server up, instrumentations on, every trip planned, all off again."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Final

from otel_helisession import Session, environment
from otel_helisession.demo.server import ScriptedLLM
from otel_helisession.demo.trip import Trip

PACKAGES: Final = (
    "openai",
    "anthropic",
    "qdrant_client",
    "opentelemetry.instrumentation.genai.openai",
    "opentelemetry.instrumentation.genai.anthropic",
)
"""What the extra ``demo`` installs, by import name."""

TOKENS_PER_SECOND: Final = 400.0
"""Fast for a model, slow enough that durations in the tree look like something."""

_PRESETS: Final = {
    "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT": "SPAN_ONLY",
    # Anthropic's SDK can trace itself: a second span for each call, and without messages.
    "ANTHROPIC_OPEN_TELEMETRY": "false",
}


@dataclass(frozen=True, slots=True)
class Planned:
    """What came of one trip: its *session*, what the traveller was told."""

    session: Session
    answer: str


def missing() -> str | None:
    """Return why the demo cannot run here, None when it can. Imports what it needs: 1 s or so."""
    for package in PACKAGES:
        try:
            import_module(package)
        except ImportError as error:
            return str(error)
    return None


def run(
    trips: Sequence[Trip],
    *,
    tracer_provider: Any = None,
    say: Callable[[Trip, str], None] = lambda trip, text: None,
) -> list[Planned]:
    """Plan *trips*, one after the other, against a scripted server on loopback.

    The LLM spans are the official instrumentations', with message content, unless the
    environment says otherwise; one call of the second trip fails at first, which the SDK
    retries.

    Args:
        trips: What to plan.
        tracer_provider: For the instrumentations' spans; the global one when None.
        say: Told what is being done for which trip.
    """
    for name, value in _PRESETS.items():
        environment.preset(name, value)
    with ScriptedLLM(tokens_per_second=TOKENS_PER_SECOND) as llm, _instrumented(tracer_provider):
        return asyncio.run(_plan(trips, llm, say))


async def _plan(
    trips: Sequence[Trip], llm: ScriptedLLM, say: Callable[[Trip, str], None]
) -> list[Planned]:
    from otel_helisession.demo.agent import TripAgent

    now: list[Trip] = []
    agent = TripAgent(llm.openai_url, llm.url, lambda text: say(now[-1], text))
    async with contextlib.aclosing(agent):
        planned = []
        for number, trip in enumerate(trips):
            now.append(trip)
            if number == 1:
                llm.fail("messages", 529)
            planned.append(Planned(*await agent.plan(trip)))
        return planned


@contextlib.contextmanager
def _instrumented(tracer_provider: Any) -> Iterator[None]:
    from opentelemetry.instrumentation.genai.anthropic import AnthropicInstrumentor
    from opentelemetry.instrumentation.genai.openai import OpenAIInstrumentor

    instrumentors = (OpenAIInstrumentor(), AnthropicInstrumentor())
    for instrumentor in instrumentors:
        instrumentor.instrument(tracer_provider=tracer_provider)
    try:
        yield
    finally:
        for instrumentor in instrumentors:
            instrumentor.uninstrument()
