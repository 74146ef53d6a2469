"""Chroma, embedded, instrumented by OpenLIT."""

LIBRARY = "chromadb"
INSTRUMENTATION = "OpenLIT"
REQUIREMENTS = ("chromadb==1.5.9", "openlit==1.45.0")
ENVIRONMENT = "openlit"
EMPTY = {
    "errors": "OpenLIT says of a call that failed nothing but the exception",
}
VARIABLES = {"OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT": "true"}
PROGRAM = "chroma"


def instrument(provider):
    from tests.compatibility.rows import openai2_openlit

    openai2_openlit.instrument(provider)
