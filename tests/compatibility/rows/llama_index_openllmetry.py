"""LlamaIndex, instrumented by OpenLLMetry."""

LIBRARY = "llama-index-core"
INSTRUMENTATION = "OpenLLMetry"
REQUIREMENTS = (
    "llama-index-core==0.14.25",
    "llama-index-llms-openai==0.8.3",
    "opentelemetry-instrumentation-llamaindex==0.62.4",
)
ENVIRONMENT = "llama_index_openllmetry"
PROGRAM = "llama_index_app"


def instrument(provider):
    from opentelemetry.instrumentation.llamaindex import LlamaIndexInstrumentor

    LlamaIndexInstrumentor().instrument(tracer_provider=provider)
