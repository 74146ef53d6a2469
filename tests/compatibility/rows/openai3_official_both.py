"""OpenAI's SDK 3 and the official GenAI instrumentation, messages on spans and in records."""

LIBRARY = "openai"
INSTRUMENTATION = "official GenAI, SPAN_AND_EVENT"
REQUIREMENTS = (
    "openai==3.54.0",
    "opentelemetry-instrumentation-genai-openai==1.3b0",
)
ENVIRONMENT = "official"
PROGRAM = "openai_sdk"
VARIABLES = {"OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT": "SPAN_AND_EVENT"}


def instrument(provider):
    from opentelemetry.instrumentation.genai.openai import OpenAIInstrumentor
    from opentelemetry.sdk._logs import LoggerProvider

    from otel_helisession import SessionLogRecordProcessor

    logs = LoggerProvider()
    logs.add_log_record_processor(SessionLogRecordProcessor())
    OpenAIInstrumentor().instrument(tracer_provider=provider, logger_provider=logs)
