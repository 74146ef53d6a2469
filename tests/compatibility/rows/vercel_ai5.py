"""Vercel's AI SDK 5 for JavaScript with its own telemetry."""

LIBRARY = "ai 5.0.277 (npm)"
INSTRUMENTATION = "its own"
ENVIRONMENT = "vercel"
VARIABLES = {"VERCEL_AI_SDK": "5"}
PROGRAM = "vercel_ai"
NEEDS = ("node", "npm")


def instrument(provider):
    """Nothing: the program plays in Node, where it is switched on."""
