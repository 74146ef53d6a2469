"""Google's Agent Development Kit with its own tracing, in the format that it had before 2.0."""

LIBRARY = "google-adk"
INSTRUMENTATION = "its own, schema 1"
REQUIREMENTS = ("google-adk==2.13.0",)
ENVIRONMENT = "google_adk"
EMPTY = {
    "streaming": "ADK does not say",
    "time to first token": "ADK does not say",
}
VARIABLES = {
    "ADK_TELEMETRY_SCHEMA_VERSION_OPT_IN": "1",
    "OTEL_SEMCONV_STABILITY_OPT_IN": "",
    "ADK_CAPTURE_MESSAGE_CONTENT_IN_SPANS": "true",
}
PROGRAM = "google_adk"


def instrument(provider):
    """Nothing: it writes to the global provider."""
