"""LlamaIndex, instrumented by the official GenAI instrumentation."""

LIBRARY = "llama-index-core"
INSTRUMENTATION = "official GenAI"
REQUIREMENTS = (
    "llama-index-core==0.14.25",
    "llama-index-llms-openai==0.8.3",
    "opentelemetry-instrumentation-genai-llama-index==1.3b0",
)
ENVIRONMENT = "llama_index_official"
PROGRAM = "llama_index_app"


def instrument(provider):
    from opentelemetry.instrumentation.genai.llama_index import LlamaIndexInstrumentor

    LlamaIndexInstrumentor().instrument(tracer_provider=provider)
