"""LlamaIndex, instrumented by OpenInference."""

LIBRARY = "llama-index-core"
INSTRUMENTATION = "OpenInference"
REQUIREMENTS = (
    "llama-index-core==0.14.25",
    "llama-index-llms-openai==0.8.3",
    "openinference-instrumentation-llama-index==4.6.1",
)
ENVIRONMENT = "openai2"
PROGRAM = "llama_index_app"
VOLATILE = {r'run_id": "\w{10}"': 'run_id": "0000000000"'}


def instrument(provider):
    from openinference.instrumentation.llama_index import LlamaIndexInstrumentor

    LlamaIndexInstrumentor().instrument(tracer_provider=provider)
