"""OpenAI's SDK 3 and decorated functions, traced by MLflow."""

LIBRARY = "openai"
INSTRUMENTATION = "MLflow"
REQUIREMENTS = (
    "mlflow-tracing==3.17.2",
    "openai==3.54.0",
    "opentelemetry-exporter-otlp-proto-http==1.45.2",
)
ENVIRONMENT = "openai3"
MODEL = "gpt-5.4-mini"
VARIABLES = {
    "MLFLOW_USE_DEFAULT_TRACER_PROVIDER": "false",
    "MLFLOW_TRACKING_URI": "http://127.0.0.1:9",
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://127.0.0.1:9/v1/traces",
    "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL": "http/protobuf",
    "OTEL_EXPORTER_OTLP_TRACES_TIMEOUT": "1",
    "OTEL_BSP_SCHEDULE_DELAY": "600000",
}
EMPTY = {}


def instrument(provider):
    import mlflow

    mlflow.tracing.enable()
    mlflow.openai.autolog()


def _client(llm):
    from openai import OpenAI

    return OpenAI(base_url=llm.openai_url, api_key="sk-0000", max_retries=0)


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
    import mlflow

    from tests.compatibility.programs.openai_sdk import TOOLS

    client = _client(llm)

    @mlflow.trace(span_type="TOOL")
    def check_weather(city):
        return {"city": city, "degrees": 18}

    @mlflow.trace(span_type="AGENT", name="travel_agent")
    def answer(question):
        messages = [{"role": "user", "content": question}]
        said = client.chat.completions.create(model=MODEL, messages=messages, tools=TOOLS)
        call = said.choices[0].message
        messages.append(call.model_dump(exclude_none=True))
        result = str(check_weather(city="Lisbon"))
        messages.append({"role": "tool", "tool_call_id": call.tool_calls[0].id, "content": result})
        client.chat.completions.create(model=MODEL, messages=messages, tools=TOOLS)

    answer("What is the weather in Lisbon?")


def stream(llm):
    for _ in _client(llm).chat.completions.create(
        model=MODEL,
        messages=[{"role": "user", "content": "Tell the traveller about Lisbon."}],
        stream=True,
        stream_options={"include_usage": True},
    ):
        pass


def responses_chat(llm):
    _client(llm).responses.create(
        model=MODEL, instructions="You are brief.", input="An itinerary for Kyoto?"
    )


def failure(llm):
    llm.fail(400)
    _client(llm).chat.completions.create(
        model=MODEL, messages=[{"role": "user", "content": "Hello?"}]
    )


def embed(llm):
    _client(llm).embeddings.create(
        model="text-embedding-3-small", input=["a quiet hotel"], dimensions=4
    )


def search(llm):
    import mlflow
    from mlflow.entities import Document

    @mlflow.trace(span_type="RETRIEVER")
    def search_hotels(query):
        return [Document("Hotel Alfama", metadata={"score": 0.5}, id="a")]

    search_hotels("a quiet hotel")
