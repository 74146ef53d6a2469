"""OpenAI's SDK 3, instrumented by Laminar, with functions that it observes."""

LIBRARY = "openai"
INSTRUMENTATION = "Laminar"
REQUIREMENTS = ("openai==3.54.0", "lmnr==0.8.2")
ENVIRONMENT = "traceloop"
EMPTY = {
    "streaming": "Laminar says it of chat completions, not of responses",
    "time to first token": "Laminar says it of chat completions, not of responses",
    "session": "Laminar starts spans in a Context of its own, which has only its own sessions",
    "path": "Laminar starts spans in a Context of its own, which has only its own sessions",
}
PROGRAM = "openai_sdk"


def instrument(provider, processor, llm):
    from lmnr import Instruments, Laminar, get_laminar_tracer_provider

    Laminar.initialize(
        project_api_key="0000",
        base_url="http://127.0.0.1",
        http_port=llm.port,  # which refuses its spans: they are read from our processor
        force_http=True,
        instruments={Instruments.OPENAI},
    )
    get_laminar_tracer_provider().add_span_processor(processor)


def observed_call(llm):
    from lmnr import Laminar, observe

    @observe(name="research")
    def research(city):
        return weather(city)

    @observe(name="check_weather", span_type="TOOL")
    def weather(city):
        return {"city": city, "degrees": 18}

    @observe(name="trip", session_id="trip-to-lisbon", user_id="traveller")
    def trip():
        Laminar.set_span_tags(["travel"])
        return research("Lisbon")

    trip()
