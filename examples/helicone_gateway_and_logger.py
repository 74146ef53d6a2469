"""Helicone's gateway and logger in one session: each request is in it once.

The LLM call goes through the gateway, which logs it by the session headers that it gets; the
tool and the vector query around it go to the logger.

Runs as it is, against a stand-in on loopback; with HELICONE_API_KEY set, against Helicone.

    pip install 'otel-helisession[demo]'
    python examples/helicone_gateway_and_logger.py
"""

import json
import os
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import openai

from otel_helisession import HeliconeSpanExporter, configure, record, session, step

KEY = os.environ.get("HELICONE_API_KEY")
ANSWER = {"role": "assistant", "content": "Take the house in Alfama."}


class StandIn(BaseHTTPRequestHandler):
    """Helicone's gateway and its logger, as far as this example needs them."""

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        answer = b"ok"
        if self.path == "/custom/v1/log":
            meta = body["providerRequest"]["meta"]
            print(f"logger   {meta['Helicone-Session-Path']:28} {body['_type']}\n", end="")
        else:
            print(f"gateway  {self.headers['Helicone-Session-Path']:28} llm\n", end="")
            answer = json.dumps({"model": body["model"], "choices": [{"message": ANSWER}]}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("helicone-id", "00000000-0000-4000-8000-000000000000")
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None: ...


def plan(client: openai.OpenAI) -> None:
    with session("Trip planner", path="/trip"), step("stay"):
        with record.vector("search", database="qdrant", collection="hotels", query="tram") as query:
            query.matches = [{"id": "alfama-house", "score": 0.83}]
        with record.tool("check_price", arguments={"hotel": "alfama-house"}) as call:
            call.result = {"euros": 92}
        question = {"role": "user", "content": f"Is {call.result} a good price?"}
        client.chat.completions.create(model="gpt-4o-mini", messages=[question])


def main() -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), StandIn)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    here = f"http://127.0.0.1:{server.server_port}"
    fake_key = "sk-helicone-0000000-0000000-0000000-0000000"
    logger = HeliconeSpanExporter(KEY or fake_key, None if KEY else f"{here}/custom/v1/log")
    gateway = "https://ai-gateway.helicone.ai" if KEY else f"{here}/v1"
    with configure(exporters=[logger], allow_hosts=["127.0.0.1"]):
        plan(openai.OpenAI(base_url=gateway, api_key=KEY or "scripted-0000"))
    server.server_close()
    print(f"{logger.tally.accepted} logs accepted, {logger.tally.dropped} dropped")


if __name__ == "__main__":
    main()
