"""Anthropic's SDK and the official GenAI instrumentation, with messages in log records only."""

LIBRARY = "anthropic"
INSTRUMENTATION = "official GenAI, EVENT_ONLY"
REQUIREMENTS = (
    "anthropic==2.12.0",
    "opentelemetry-instrumentation-genai-anthropic==1.3b0",
)
ENVIRONMENT = "official"
PROGRAM = "anthropic_sdk"
VARIABLES = {"OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT": "EVENT_ONLY"}


def instrument(provider):
    from opentelemetry.instrumentation.genai.anthropic import AnthropicInstrumentor
    from opentelemetry.sdk._logs import LoggerProvider

    from otel_helisession import SessionLogRecordProcessor

    logs = LoggerProvider()
    logs.add_log_record_processor(SessionLogRecordProcessor())
    AnthropicInstrumentor().instrument(tracer_provider=provider, logger_provider=logs)
