"""OpenAI's SDK 3 and the official GenAI instrumentation, with messages in log records only."""

LIBRARY = "openai"
INSTRUMENTATION = "official GenAI, EVENT_ONLY"
REQUIREMENTS = (
    "openai==3.54.0",
    "opentelemetry-instrumentation-genai-openai==1.3b0",
)
ENVIRONMENT = "official"
PROGRAM = "openai_sdk"
VARIABLES = {"OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT": "EVENT_ONLY"}


def instrument(provider):
    from opentelemetry.instrumentation.genai.openai import OpenAIInstrumentor
    from opentelemetry.sdk._logs import LoggerProvider

    from otel_helisession import SessionLogRecordProcessor

    logs = LoggerProvider()
    logs.add_log_record_processor(SessionLogRecordProcessor())
    OpenAIInstrumentor().instrument(tracer_provider=provider, logger_provider=logs)
