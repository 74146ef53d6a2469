"""Qdrant's client on its embedded database, instrumented by OpenLIT."""

LIBRARY = "qdrant-client"
INSTRUMENTATION = "OpenLIT"
REQUIREMENTS = ("qdrant-client==1.20.0", "openlit==1.45.0")
ENVIRONMENT = "openlit"
EMPTY = {
    "errors": "OpenLIT says of a call that failed nothing but the exception",
}
VARIABLES = {"OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT": "true"}
PROGRAM = "qdrant"


def instrument(provider):
    from tests.compatibility.rows import openai2_openlit

    openai2_openlit.instrument(provider)
