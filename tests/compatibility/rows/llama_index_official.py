"""LlamaIndex, instrumented by the official GenAI instrumentation."""

LIBRARY = "llama-index-core"
INSTRUMENTATION = "official GenAI, of LlamaIndex and of OpenAI's SDK"
REQUIREMENTS = (
    "llama-index-core==0.14.25",
    "llama-index-llms-openai==0.8.3",
    "opentelemetry-instrumentation-genai-llama-index==1.3b0",
    "opentelemetry-instrumentation-genai-openai==1.3b0",
)
ENVIRONMENT = "openai2"
PROGRAM = "llama_index_app"


def instrument(provider):
    from opentelemetry.instrumentation.genai.llama_index import LlamaIndexInstrumentor
    from opentelemetry.instrumentation.genai.openai import OpenAIInstrumentor

    LlamaIndexInstrumentor().instrument(tracer_provider=provider)
    OpenAIInstrumentor().instrument(tracer_provider=provider)
