"""Databases by the instrumentations of drivers and SQLAlchemy, in today's keys."""

LIBRARY = "sqlalchemy"
INSTRUMENTATION = "OpenTelemetry, today's keys"
REQUIREMENTS = (
    "sqlalchemy==2.0.58",
    "opentelemetry-instrumentation-dbapi==0.66b1",
    "opentelemetry-instrumentation-sqlalchemy==0.66b1",
)
ENVIRONMENT = "databases"
PROGRAM = "databases"
VARIABLES = {"OTEL_SEMCONV_STABILITY_OPT_IN": "database"}


def instrument(provider):
    """Each connection is instrumented where it is made, with the global provider."""
