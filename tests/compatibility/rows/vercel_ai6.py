"""Vercel's AI SDK 6 for JavaScript with its own telemetry."""

LIBRARY = "ai 6.0.326 (npm)"
INSTRUMENTATION = "its own"
ENVIRONMENT = "vercel"
VARIABLES = {"VERCEL_AI_SDK": "6"}
PROGRAM = "vercel_ai"
NEEDS = ("node", "npm")


def instrument(provider):
    """Nothing: the program plays in Node, where it is switched on."""
