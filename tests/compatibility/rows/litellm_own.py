"""LiteLLM with its own callback for OpenTelemetry, whose threads are given the Context."""

import asyncio
import time

import litellm

LIBRARY = "litellm"
INSTRUMENTATION = "its own, and opentelemetry-instrumentation-threading"
REQUIREMENTS = ("litellm[mcp]==1.106.2", "opentelemetry-instrumentation-threading")
ENVIRONMENT = "litellm"
EMPTY = {
    "time to first token": "it does not say when the first piece came",
}
PROGRAM = "litellm_sdk"
VARIABLES = {"USE_OTEL_LITELLM_REQUEST_SPAN": "true"}  # or it writes on the span around the call


def instrument(provider):
    from litellm.integrations.opentelemetry import OpenTelemetry
    from opentelemetry.instrumentation.threading import ThreadingInstrumentor

    ThreadingInstrumentor().instrument()
    litellm.callbacks = [OpenTelemetry(tracer_provider=provider)]


def settle():
    time.sleep(0.5)  # callbacks run in threads that nobody waits for


def async_chat(llm):
    async def main():
        await litellm.acompletion(
            model="openai/gpt-5.4-mini",
            messages=[{"role": "user", "content": "An itinerary for Lisbon?"}],
            api_base=llm.openai_url,
            api_key="sk-0000",
        )
        await asyncio.sleep(0.5)  # callbacks run in a task that nobody waits for

    asyncio.run(main())
