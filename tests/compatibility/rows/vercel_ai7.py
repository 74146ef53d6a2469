"""Vercel's AI SDK 7 for JavaScript with its own telemetry."""

LIBRARY = "ai 7.0.173 (npm)"
INSTRUMENTATION = "its own"
ENVIRONMENT = "vercel"
VARIABLES = {"VERCEL_AI_SDK": "7"}
PROGRAM = "vercel_ai"
NEEDS = ("node", "npm")


def instrument(provider):
    """Nothing: the program plays in Node, where it is switched on."""
