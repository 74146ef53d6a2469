"""Metrics: of our own delivery, and of sessions; through the user's MeterProvider."""
