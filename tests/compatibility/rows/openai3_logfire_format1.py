"""OpenAI's SDK 3, instrumented by Logfire in its former format."""

LIBRARY = "openai"
INSTRUMENTATION = "Logfire, format 1"
REQUIREMENTS = ("openai==3.54.0", "logfire==5.2.0")
ENVIRONMENT = "openai3"
EMPTY = {
    "time to first token": "Logfire does not say",
}
VOLATILE = {r"took \d+\.\d\ds": "took 0.01s"}
PROGRAM = "openai_sdk"


def instrument(provider, processor):
    import logfire

    logfire.configure(
        send_to_logfire=False,
        console=False,
        inspect_arguments=False,
        additional_span_processors=[processor],
    )
    logfire.instrument_openai(version=1)


def stream_fails(llm):
    import contextlib

    import openai

    from tests.compatibility.programs.openai_sdk import stream

    llm.fail(429)
    with contextlib.suppress(openai.RateLimitError):
        stream(llm)
