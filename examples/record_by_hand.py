"""Spans by hand, where no instrumentation exists: an LLM call, a tool, a vector query, data.

Each is a block on which the result is set, or a decorator that takes arguments and result
from the function. Runs as it is; nothing is sent anywhere.

    pip install otel-helisession
    python examples/record_by_hand.py
"""

from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from otel_helisession import SessionSpanProcessor, record, session, step

HOTELS = [{"id": 1, "score": 0.91, "name": "Hotel Tokiwa"}, {"id": 2, "score": 0.64}]


@record.tool("convert_currency")
def convert_currency(amount: float, to: str) -> str:
    """The call's arguments and the result are on the span."""
    return f"{amount * 162.5:.0f} {to}"


def main() -> None:
    spans = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SessionSpanProcessor(spans))
    trace.set_tracer_provider(provider)

    with session("Trip planner", path="/trip"), step("research"):
        question = {"role": "user", "content": "A hotel near the old town?"}
        with record.llm("house-model-7b", provider="in-house", messages=[question]) as call:
            call.response = "Let me look."
            call.usage = {"input_tokens": 9, "output_tokens": 4}
        with record.vector(
            "search", database="qdrant", collection="hotels", query="old town", top_k=2
        ) as query:
            query.matches = HOTELS
        convert_currency(80.0, to="JPY")
        with record.data("save_offer", value=HOTELS[0]) as saved:
            saved.result = {"saved": True}

    provider.shutdown()
    for span in spans.get_finished_spans():
        told = span.attributes
        print(f"{told.get('helicone.request.type', '-'):10} {told['helicone.session.path']}")


if __name__ == "__main__":
    main()
