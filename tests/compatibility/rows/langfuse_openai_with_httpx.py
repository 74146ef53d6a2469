"""OpenAI's SDK 3 in Langfuse's wrapper, with our own spans for httpx: no call is told twice."""

LIBRARY = "openai"
INSTRUMENTATION = "Langfuse, and `instrument_httpx()`"
REQUIREMENTS = ("langfuse==5.0.4", "openai==3.54.0")
ENVIRONMENT = "langchain"
PROGRAM = "langfuse_wrapper"


def instrument(provider):
    from langfuse import Langfuse

    from otel_helisession.http import instrument_httpx

    Langfuse(
        public_key="pk-lf-0000",
        secret_key="sk-lf-0000",
        base_url="http://127.0.0.1:9",
        tracer_provider=provider,
        should_export_span=lambda span: False,
    )
    instrument_httpx(capture_content=True, tracer_provider=provider)
