"""OpenAI's SDK 3 and decorated functions, traced by MLflow."""

from tests.compatibility.programs import wrapped_openai

LIBRARY = "openai"
INSTRUMENTATION = "MLflow"
REQUIREMENTS = (
    "mlflow-tracing==3.17.2",
    "openai==3.54.0",
    "opentelemetry-exporter-otlp-proto-http==1.45.2",
)
ENVIRONMENT = "openai3"
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
    wrapped_openai.itinerary(_client(llm))


def tool(llm):
    import mlflow

    as_agent = mlflow.trace(span_type="AGENT", name="travel_agent")
    wrapped_openai.travel_agent(_client(llm), mlflow.trace(span_type="TOOL"), as_agent)


def stream(llm):
    wrapped_openai.streamed(_client(llm))


def responses_chat(llm):
    wrapped_openai.responses_itinerary(_client(llm))


def failure(llm):
    llm.fail(400)
    wrapped_openai.greeting(_client(llm))


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
