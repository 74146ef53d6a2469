"""One session across two services: an agent asks a hotel service, over HTTP with requests.

The agent allows its headers to that host; the hotel trusts the headers that it is sent,
because only the agent can reach it. Each process prints its own spans.

    pip install otel-helisession flask requests \\
        opentelemetry-instrumentation-flask opentelemetry-instrumentation-requests
    python examples/two_services.py
"""

import logging
import subprocess
import sys

import requests
from flask import Flask
from opentelemetry.instrumentation.flask import FlaskInstrumentor
from opentelemetry.instrumentation.requests import RequestsInstrumentor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from werkzeug.serving import make_server

from otel_helisession import configure, current_session, session, step


def agent() -> None:
    spans = InMemorySpanExporter()
    with (
        configure(exporters=[spans], allow_hosts=["127.0.0.1"]),
        subprocess.Popen([sys.executable, __file__, "hotel"], stdout=subprocess.PIPE) as hotel,
    ):
        RequestsInstrumentor().instrument()
        port = hotel.stdout.readline().decode().strip()
        with session("Trip planner", path="/trip", user_id="user-01"), step("find hotel"):
            rooms = requests.get(f"http://127.0.0.1:{port}/rooms", timeout=10).json()
        print("free:", ", ".join(rooms))
        theirs = hotel.stdout.read().decode()
    report("agent", spans)
    print(theirs, end="")


def hotel() -> None:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    spans = InMemorySpanExporter()
    app = Flask("hotel")

    @app.get("/rooms")
    def rooms() -> list[str]:
        with step("check calendar"):
            return ["201", "305"] if current_session() else []

    with configure(exporters=[spans], trust_inbound=True):
        FlaskInstrumentor().instrument_app(app)
        server = make_server("127.0.0.1", 0, app)
        print(server.server_port, flush=True)
        server.handle_request()
        server.server_close()
    report("hotel", spans)


def report(service: str, spans: InMemorySpanExporter) -> None:
    for span in sorted(spans.get_finished_spans(), key=lambda span: span.start_time):
        told = span.attributes
        where = f"{told['helicone.session.id']}  {told['helicone.session.path']}"
        print(f"{service}  {where:72}  {span.kind.name.lower():8}  {span.name}")


if __name__ == "__main__":
    hotel() if sys.argv[1:] == ["hotel"] else agent()
