"""OpenAI's SDK 2, instrumented by OpenLIT."""

LIBRARY = "openai"
INSTRUMENTATION = "OpenLIT"
REQUIREMENTS = ("openai==2.54.0", "openlit==1.45.0")
ENVIRONMENT = "openlit"
VARIABLES = {"OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT": "true"}
PROGRAM = "openai_sdk"


def instrument(provider):
    import json
    import tempfile

    import openlit

    with tempfile.NamedTemporaryFile("w", suffix=".json", delete=False) as prices:
        chat = {"gpt-5.4-mini": {"promptPrice": 0.00075, "completionPrice": 0.0045}}
        json.dump({"chat": chat, "embeddings": {}}, prices)  # so that none are fetched
    openlit.init(
        disable_metrics=True,
        disable_events=True,
        pricing_json=prices.name,
        disabled_instrumentors=["httpx", "requests", "urllib", "urllib3"],
    )
