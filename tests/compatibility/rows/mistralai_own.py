"""Mistral's SDK with its own tracing."""

LIBRARY = "mistralai"
INSTRUMENTATION = "its own"
REQUIREMENTS = ("mistralai==3.7.0",)
ENVIRONMENT = "openinference"
EMPTY = {
    "streaming": "it does not say that it streams",
    "time to first token": "it does not say when the first piece came",
    "errors": "the span of a failed call says nothing of it",
}
PROGRAM = "mistral_sdk"
VARIABLES = {"MISTRAL_SDK_TELEMETRY": "global"}


def instrument(provider):
    """It uses the global provider once the variable is set."""
