"""A Tempo with collector-config/tempo.yaml, and its query API."""

from __future__ import annotations

import json
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

from tests.backends.processes import Process, answers, free_port
from tests.backends.programs import TEMPO

CONFIGURATION = Path(__file__).parents[2] / "collector-config" / "tempo.yaml"


class Tempo(Process):
    """A Tempo of its own.

    Attributes:
        url: Of its API.
        otlp: ``HOST:PORT`` of its OTLP receiver over gRPC.
        otlp_http: The URL of its OTLP receiver over HTTP.
    """

    def __init__(self, folder: Path) -> None:
        program = TEMPO.find()
        assert program is not None
        query, grpc, http = free_port(), free_port(), free_port()
        self.url = f"http://127.0.0.1:{query}"
        self.otlp = f"127.0.0.1:{grpc}"
        self.otlp_http = f"http://127.0.0.1:{http}/v1/traces"
        folder.mkdir(parents=True, exist_ok=True)
        settings = {
            "TEMPO_PORT": str(query),
            "TEMPO_INTERNAL_PORT": str(free_port()),
            "TEMPO_GOSSIP_PORT": str(free_port()),
            "TEMPO_OTLP_GRPC": self.otlp,
            "TEMPO_OTLP_HTTP": f"127.0.0.1:{http}",
            "TEMPO_DATA": str(folder),
        }
        ready = f"{self.url}/ready"
        super().__init__(
            [str(program), f"-config.file={CONFIGURATION}", "-config.expand-env=true"],
            folder,
            "tempo",
            lambda: answers(ready),
            settings,
            patience=0.0,  # it takes half a minute, and there is nothing to be kept
        )

    def get(self, path: str, **query: str) -> Any:
        """Return the JSON of an answer of its API."""
        url = f"{self.url}{path}?{urllib.parse.urlencode(query)}"
        request = urllib.request.Request(url, headers={"Accept": "application/json"})
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.load(answer)

    def search(self, traceql: str, spans: int = 100) -> list[dict[str, Any]]:
        """Return the traces that a TraceQL query finds, with the spans that matched."""
        found = self.get("/api/search", q=traceql, limit="100", spss=str(spans))
        traces: list[dict[str, Any]] = found.get("traces", [])
        return traces

    def trace(self, trace_id: str) -> list[dict[str, Any]]:
        """Return the spans of a trace, in OTLP's JSON."""
        found = self.get(f"/api/v2/traces/{trace_id}")["trace"]
        return [
            span
            for resource in found.get("resourceSpans", [])
            for scope in resource.get("scopeSpans", [])
            for span in scope["spans"]
        ]
