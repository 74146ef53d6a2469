"""Sessions around the Anthropic SDK in asyncio: two conversations at once, never mixed up.

Runs as it is, against a scripted server on loopback; with ANTHROPIC_API_KEY (and, if you
like, ANTHROPIC_BASE_URL) set, against the real service.

    pip install 'otel-helisession[demo]'
    python examples/anthropic_async.py
"""

import asyncio
import contextlib
import os

import anthropic
from opentelemetry.instrumentation.genai.anthropic import AnthropicInstrumentor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from otel_helisession import configure, session, step
from otel_helisession.demo.server import ScriptedLLM

MODEL = "claude-sonnet-5"


# Each call continues the conversation that it is given; without id= each would be a new one.
@session("City guide", id=lambda client, chat_id, city: chat_id, path="/guide")
async def guide(client: anthropic.AsyncAnthropic, chat_id: str, city: str) -> str:
    async with step("outline"):
        outline = await client.messages.create(
            model=MODEL,
            max_tokens=300,
            messages=[{"role": "user", "content": f"An itinerary for {city}, in outline."}],
        )
    async with (
        step("write"),
        client.messages.stream(
            model=MODEL,
            max_tokens=600,
            messages=[{"role": "user", "content": f"Summarise: {outline.content[0].text}"}],
        ) as stream,
    ):
        return "".join([text async for text in stream.text_stream])


async def both(base_url: str | None) -> None:
    key = None if base_url is None else "scripted-0000"
    async with anthropic.AsyncAnthropic(base_url=base_url, api_key=key) as client:
        answers = await asyncio.gather(
            guide(client, "chat-lisbon", "Lisbon"), guide(client, "chat-kyoto", "Kyoto")
        )
    print(*answers, sep="\n")


def main() -> None:
    # The SDK can trace itself; here the instrumentation does, and one span a call is enough.
    os.environ.setdefault("ANTHROPIC_OPEN_TELEMETRY", "false")
    spans = InMemorySpanExporter()
    handle = configure(exporters=["local", spans])
    AnthropicInstrumentor().instrument()
    with contextlib.ExitStack() as stack:
        scripted = not os.environ.get("ANTHROPIC_API_KEY")
        asyncio.run(both(stack.enter_context(ScriptedLLM()).url if scripted else None))
    handle.shutdown()
    for span in spans.get_finished_spans():
        told = span.attributes
        print(f"{told['session.id']:12} {told['helicone.session.path']:16} {span.name}")


if __name__ == "__main__":
    main()
