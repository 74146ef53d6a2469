"""Traceloop's SDK: workflows, tasks, agents and tools by decorator, around OpenAI's SDK."""

LIBRARY = "traceloop-sdk"
INSTRUMENTATION = "its own"
REQUIREMENTS = (
    "traceloop-sdk==0.62.4",
    "openai==3.54.0",
    "httpx<1",
    "opentelemetry-api==1.45.1",
    "opentelemetry-sdk==1.45.1",
    "opentelemetry-exporter-otlp-proto-grpc==1.45.1",
    "opentelemetry-exporter-otlp-proto-http==1.45.1",
    "opentelemetry-instrumentation==0.66b1",
    "opentelemetry-instrumentation-logging==0.66b1",
    "opentelemetry-instrumentation-redis==0.66b1",
    "opentelemetry-instrumentation-requests==0.66b1",
    "opentelemetry-instrumentation-sqlalchemy==0.66b1",
    "opentelemetry-instrumentation-threading==0.66b1",
    "opentelemetry-instrumentation-urllib3==0.66b1",
    "opentelemetry-semantic-conventions==0.66b1",
)
ENVIRONMENT = "traceloop"
VARIABLES = {"TRACELOOP_TELEMETRY": "false", "TRACELOOP_METRICS_ENABLED": "false"}


def instrument(provider):
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
    from traceloop.sdk import Instruments, Traceloop

    Traceloop.init(
        app_name="compatibility",
        exporter=InMemorySpanExporter(),  # theirs; ours sees the same spans
        disable_batch=True,
        instruments={Instruments.OPENAI},
    )


def _client(llm):
    import openai

    return openai.OpenAI(base_url=llm.openai_url, api_key="sk-0000", max_retries=0)


def chat(llm):
    """A workflow of two tasks; the second asks a model."""
    from traceloop.sdk.decorators import task, workflow

    @task(name="look_up")
    def look_up(city, nights=2):
        return [f"Machiya Sen in {city}"] * nights

    @task(name="summarize")
    def summarize(hotels):
        answer = _client(llm).chat.completions.create(
            model="gpt-5.4-mini",
            messages=[{"role": "user", "content": "An itinerary for Kyoto?"}],
        )
        return {"hotels": hotels, "text": answer.choices[0].message.content}

    @workflow(name="trip_planner", version=2)
    def plan(city):
        return summarize(look_up(city, nights=3))

    plan("Kyoto")


def call(llm):
    """An agent that calls tools: by position, by name, both, and one that answers JSON text."""
    import json

    from traceloop.sdk.decorators import agent, tool

    @tool(name="check_weather")
    def check_weather(city, unit="C"):
        return {"city": city, "degrees": 18, "unit": unit}

    @tool(name="read_file")
    async def read_file(path):
        return json.dumps({"path": path, "text": "Tea house, 3 pm"})

    @agent(name="weather_agent")
    def ask():
        import asyncio

        check_weather("Lisbon")
        check_weather(city="Kyoto")
        check_weather("Kyoto", unit="F")
        asyncio.run(read_file(path="notes.txt"))

    ask()


def stream(llm):
    from traceloop.sdk.decorators import workflow

    @workflow(name="story")
    def tell():
        yield from _client(llm).chat.completions.create(
            model="gpt-5.4-mini",
            messages=[{"role": "user", "content": "Tell the traveller about Lisbon."}],
            stream=True,
            stream_options={"include_usage": True},
        )

    list(tell())


def failure(llm):
    from traceloop.sdk.decorators import tool

    @tool(name="book_hotel")
    def book_hotel(name):
        raise LookupError(f"no room in {name}")

    book_hotel("Machiya Sen")
