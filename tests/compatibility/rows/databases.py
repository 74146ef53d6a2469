"""Databases by the instrumentations of drivers and SQLAlchemy; pgvector by its text."""

LIBRARY = "sqlalchemy"
INSTRUMENTATION = "OpenTelemetry"
REQUIREMENTS = (
    "sqlalchemy==2.0.58",
    "opentelemetry-instrumentation-dbapi==0.66b1",
    "opentelemetry-instrumentation-sqlalchemy==0.66b1",
)
ENVIRONMENT = "databases"
PROGRAM = "databases"


def instrument(provider):
    """Each connection is instrumented where it is made, with the global provider."""
