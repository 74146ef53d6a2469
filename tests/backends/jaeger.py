"""A Jaeger with collector-config/jaeger.yaml, and its query API."""

from __future__ import annotations

import json
import time
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

from tests.backends.processes import Process, answers, free_port
from tests.backends.programs import JAEGER

FOLDER = Path(__file__).parents[2] / "collector-config"


class Jaeger(Process):
    """A Jaeger of its own.

    Attributes:
        url: Of its pages and its API.
        otlp: ``HOST:PORT`` of its OTLP receiver over gRPC.
        otlp_http: The URL of its OTLP receiver over HTTP.
    """

    def __init__(self, folder: Path) -> None:
        program = JAEGER.find()
        assert program is not None
        query, grpc, http = free_port(), free_port(), free_port()
        self.url = f"http://127.0.0.1:{query}"
        self.otlp = f"127.0.0.1:{grpc}"
        self.otlp_http = f"http://127.0.0.1:{http}/v1/traces"
        folder.mkdir(parents=True, exist_ok=True)
        settings = {
            "JAEGER_HTTP": f"127.0.0.1:{query}",
            "JAEGER_GRPC": f"127.0.0.1:{free_port()}",
            "JAEGER_OTLP_GRPC": self.otlp,
            "JAEGER_OTLP_HTTP": f"127.0.0.1:{http}",
            "JAEGER_UI": str(FOLDER / "jaeger-ui.json"),
        }
        ready = f"{self.url}/api/services"
        super().__init__(
            [str(program), "--config", str(FOLDER / "jaeger.yaml")],
            folder,
            "jaeger",
            lambda: answers(ready),
            settings,
            patience=0.0,  # it takes ten seconds, and there is nothing to be kept
        )

    def get(self, path: str, **query: str) -> Any:
        """Return the JSON of an answer of its API."""
        url = f"{self.url}{path}?{urllib.parse.urlencode(query)}"
        with urllib.request.urlopen(url, timeout=10) as answer:
            return json.load(answer)

    def traces(self, service: str, tags: dict[str, str]) -> list[dict[str, Any]]:
        """Return the traces that a search for *tags* finds, as the search page would."""
        now = time.time_ns() // 1000
        found = self.get(
            "/api/traces",
            service=service,
            tags=json.dumps(tags),
            limit="1500",
            start=str(now - 3600_000_000),
            end=str(now + 3600_000_000),
        )
        data: list[dict[str, Any]] = found["data"]
        return data
