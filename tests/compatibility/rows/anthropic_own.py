"""Anthropic's SDK with its own tracing, content switched on."""

LIBRARY = "anthropic"
INSTRUMENTATION = "its own"
REQUIREMENTS = ("anthropic==2.12.0",)
ENVIRONMENT = "official"
EMPTY = {
    "messages": "of a stream that is read event by event it keeps no answer",
}
PROGRAM = "anthropic_sdk"
VARIABLES = {"ANTHROPIC_OPEN_TELEMETRY_TRACES_CONTENT_MODE": "content"}


def instrument(provider):
    """It uses the global provider by itself."""
