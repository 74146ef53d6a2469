"""OpenAI's SDK 3 and OpenLLMetry, with messages in log records, one each."""

LIBRARY = "openai"
INSTRUMENTATION = "OpenLLMetry, events"
REQUIREMENTS = (
    "openai==3.54.0",
    "opentelemetry-instrumentation-openai==0.62.4",
)
ENVIRONMENT = "openllmetry"
EMPTY = {
    "messages": "it writes the answer of a stream outside of the call's span",
    "time to first token": "of streamed responses it says none",
}
PROGRAM = "openai_sdk"


def instrument(provider):
    from opentelemetry.instrumentation.openai import OpenAIInstrumentor
    from opentelemetry.sdk._logs import LoggerProvider

    from otel_helisession import SessionLogRecordProcessor

    logs = LoggerProvider()
    logs.add_log_record_processor(SessionLogRecordProcessor())
    OpenAIInstrumentor(use_attributes=False).instrument(
        tracer_provider=provider, logger_provider=logs
    )
