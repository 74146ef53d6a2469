"""Anthropic's SDK, instrumented by Logfire in its former format."""

LIBRARY = "anthropic"
INSTRUMENTATION = "Logfire, format 1"
REQUIREMENTS = ("anthropic==2.12.0", "logfire==5.2.0")
ENVIRONMENT = "openai3"
EMPTY = {
    "time to first token": "Logfire does not say",
}
VARIABLES = {"ANTHROPIC_OPEN_TELEMETRY": "false"}  # its own tracing: see anthropic_own
VOLATILE = {r"took \d+\.\d\ds": "took 0.01s"}
PROGRAM = "anthropic_sdk"


def instrument(provider, processor):
    import logfire

    logfire.configure(
        send_to_logfire=False,
        console=False,
        inspect_arguments=False,
        additional_span_processors=[processor],
    )
    logfire.instrument_anthropic(version=1)
