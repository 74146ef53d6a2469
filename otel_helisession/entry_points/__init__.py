"""What OpenTelemetry loads by name: here configuration that is wrong switches off, once logged.

Raising would harm others: the SDK gives up all of its tracing for one exporter that raises,
and the import of ``opentelemetry.propagate`` for one propagator.
"""
