"""LlamaIndex, instrumented by OpenLLMetry."""

LIBRARY = "llama-index-core"
INSTRUMENTATION = "OpenLLMetry, of LlamaIndex and of OpenAI's SDK"
REQUIREMENTS = (
    "llama-index-core==0.14.25",
    "llama-index-llms-openai==0.8.3",
    "opentelemetry-instrumentation-llamaindex==0.62.4",
    "opentelemetry-instrumentation-openai==0.62.4",
)
ENVIRONMENT = "openai2"
EMPTY = {
    "kind": "it calls tools and retrievals tasks",
}
PROGRAM = "llama_index_app"


def instrument(provider):
    from opentelemetry.instrumentation.llamaindex import LlamaIndexInstrumentor
    from opentelemetry.instrumentation.openai import OpenAIInstrumentor

    LlamaIndexInstrumentor().instrument(tracer_provider=provider)
    OpenAIInstrumentor().instrument(tracer_provider=provider)
