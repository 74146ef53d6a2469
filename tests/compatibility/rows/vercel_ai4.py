"""Vercel's AI SDK 4 for JavaScript with its own telemetry."""

LIBRARY = "ai 4.3.19 (npm)"
INSTRUMENTATION = "its own"
ENVIRONMENT = "vercel"
VARIABLES = {"VERCEL_AI_SDK": "4"}
PROGRAM = "vercel_ai"
NEEDS = ("node", "npm")


def instrument(provider):
    """Nothing: the program plays in Node, where it is switched on."""
