"""OpenAI's SDK 3 in Langfuse's wrapper, and functions that Langfuse observes."""

LIBRARY = "openai"
INSTRUMENTATION = "Langfuse"
REQUIREMENTS = ("langfuse==5.0.4", "openai==3.54.0")
ENVIRONMENT = "langchain"
PROGRAM = "langfuse_wrapper"


def instrument(provider):
    from langfuse import Langfuse

    Langfuse(
        public_key="pk-lf-0000",
        secret_key="sk-lf-0000",
        base_url="http://127.0.0.1:9",
        tracer_provider=provider,
        should_export_span=lambda span: False,
    )
