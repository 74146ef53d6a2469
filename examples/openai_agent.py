"""Sessions around the OpenAI SDK: two steps, a tool, and what became of them.

Runs as it is, against a scripted server on loopback; with OPENAI_API_KEY (and, if you
like, OPENAI_BASE_URL) set, against the real service.

    pip install 'otel-helisession[demo]'
    python examples/openai_agent.py
"""

import contextlib
import json
import os

import openai
from opentelemetry.instrumentation.genai.openai import OpenAIInstrumentor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from otel_helisession import configure, record, session, step
from otel_helisession.demo.server import ScriptedLLM

MODEL = "gpt-5.4-mini"
WEATHER = {
    "type": "function",
    "function": {
        "name": "check_weather",
        "description": "Forecast for a city.",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}},
    },
}


@record.tool("check_weather")
def check_weather(city: str) -> dict[str, str]:
    return {"city": city, "forecast": "mild and dry"}


def pack_for(client: openai.OpenAI, city: str) -> str:
    messages = [{"role": "user", "content": f"What should I pack for {city}?"}]
    with step("research"):
        answer = client.chat.completions.create(model=MODEL, messages=messages, tools=[WEATHER])
        calls = answer.choices[0].message.tool_calls or []
        found = [check_weather(**json.loads(call.function.arguments)) for call in calls]
    with step("answer"):
        messages.append({"role": "user", "content": f"Summarise, given {json.dumps(found)}"})
        answer = client.chat.completions.create(model=MODEL, messages=messages)
    return answer.choices[0].message.content


def main() -> None:
    spans = InMemorySpanExporter()
    handle = configure(exporters=["local", spans])  # the embedded store, and this list
    OpenAIInstrumentor().instrument()
    with contextlib.ExitStack() as stack:
        if os.environ.get("OPENAI_API_KEY"):
            client = stack.enter_context(openai.OpenAI())
        else:
            url = stack.enter_context(ScriptedLLM()).openai_url
            client = stack.enter_context(openai.OpenAI(base_url=url, api_key="sk-scripted-0000"))
        with session("Packing list", path="/pack") as run:
            print(pack_for(client, "Lisbon"))
    handle.shutdown()
    for span in spans.get_finished_spans():
        print(f"{span.attributes['helicone.session.path']:32} {span.name}")
    print(f"see: helisession show {run.id}")


if __name__ == "__main__":
    main()
