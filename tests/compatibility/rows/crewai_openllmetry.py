"""CrewAI on OpenAI's SDK, both instrumented by OpenLLMetry."""

LIBRARY = "crewai"
INSTRUMENTATION = "OpenLLMetry"
REQUIREMENTS = (
    "crewai==1.15.30",
    "openai==2.54.0",
    "opentelemetry-instrumentation-crewai==0.62.4",
    "opentelemetry-instrumentation-openai==0.62.4",
)
ENVIRONMENT = "crewai"
PROGRAM = "crewai_crew"
VARIABLES = {
    "CREWAI_DISABLE_TELEMETRY": "true",
    "CREWAI_DISABLE_TRACKING": "true",
    "CREWAI_TRACING_ENABLED": "false",
    "CREWAI_TESTING": "true",
    "CREWAI_STORAGE_DIR": "compatibility",
    "OPENAI_API_KEY": "sk-0000",
}

VOLATILE = {
    r"Flow_[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}": (
        "Flow_00000000-0000-4000-8000-000000000000"
    )
}


def instrument(provider):
    from opentelemetry.instrumentation.crewai import CrewAIInstrumentor
    from opentelemetry.instrumentation.openai import OpenAIInstrumentor

    CrewAIInstrumentor().instrument(tracer_provider=provider)
    OpenAIInstrumentor().instrument(tracer_provider=provider)
