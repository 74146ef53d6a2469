"""A Phoenix, from PyPI, in an environment of its own outside the tree."""

from __future__ import annotations

import json
import urllib.request
from pathlib import Path
from typing import Any, Final

from tests.backends.processes import Process, answers, free_port
from tests.compatibility.environments import Environment

ENVIRONMENT: Final = Environment("phoenix", ("arize-phoenix==20.26.1",))


class Phoenix(Process):
    """A Phoenix of its own, with nothing that calls out.

    Attributes:
        url: Of its pages and its API.
        otlp_http: The URL of its OTLP receiver over HTTP.
    """

    def __init__(self, folder: Path) -> None:
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self.otlp_http = f"{self.url}/v1/traces"
        settings = {
            "PHOENIX_WORKING_DIR": str(folder),
            "PHOENIX_HOST": "127.0.0.1",
            "PHOENIX_PORT": str(port),
            "PHOENIX_GRPC_PORT": str(free_port()),
            "PHOENIX_TELEMETRY_ENABLED": "false",
            "PHOENIX_AGENTS_DISABLE_BASH": "true",
            "PHOENIX_DISABLE_AGENT_ASSISTANT": "true",
            "PHOENIX_ENABLE_MCP_SERVER": "false",
        }
        super().__init__(
            [str(ENVIRONMENT.python), "-I", str(Path(__file__).with_name("phoenix_program.py"))],
            folder,
            "phoenix",
            lambda: answers(f"{self.url}/readyz"),
            settings,
            patience=2.0,
        )

    def get(self, path: str) -> Any:
        """Return the JSON of an answer of its API."""
        with urllib.request.urlopen(f"{self.url}{path}", timeout=20) as answer:
            return json.load(answer)
