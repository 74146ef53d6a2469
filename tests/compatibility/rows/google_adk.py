"""Google's Agent Development Kit with its own tracing."""

LIBRARY = "google-adk"
INSTRUMENTATION = "its own"
REQUIREMENTS = ("google-adk==2.13.0",)
ENVIRONMENT = "google_adk"
EMPTY = {
    "streaming": "ADK does not say",
    "time to first token": "ADK does not say",
}
VARIABLES = {"OTEL_SEMCONV_STABILITY_OPT_IN": "", "ADK_CAPTURE_MESSAGE_CONTENT_IN_SPANS": "true"}
PROGRAM = "google_adk"


def instrument(provider):
    """Nothing: it writes to the global provider."""
