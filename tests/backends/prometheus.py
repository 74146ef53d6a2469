"""A Prometheus that scrapes one address every second, and its query API."""

from __future__ import annotations

import json
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

from tests.backends.processes import Process, answers, free_port
from tests.backends.programs import PROMETHEUS

_CONFIGURATION = """
global: {{scrape_interval: 1s}}
scrape_configs:
  - job_name: collector
    honor_labels: true
    static_configs: [{{targets: ["{target}"]}}]
"""


class Prometheus(Process):
    """A Prometheus of its own; *target* is ``HOST:PORT`` of what it scrapes.

    Attributes:
        url: Of its pages and its API.
    """

    def __init__(self, folder: Path, target: str) -> None:
        program = PROMETHEUS.find()
        assert program is not None
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / "prometheus.yaml"
        file.write_text(_CONFIGURATION.format(target=target))
        ready = f"{self.url}/-/ready"
        command = [
            str(program),
            f"--config.file={file}",
            f"--storage.tsdb.path={folder / 'data'}",
            f"--web.listen-address=127.0.0.1:{port}",
            "--web.enable-remote-write-receiver",
            "--enable-feature=exemplar-storage",
        ]
        super().__init__(command, folder, "prometheus", lambda: answers(ready), patience=2.0)

    def query(self, promql: str) -> list[dict[str, Any]]:
        """Return the result of an instant query."""
        url = f"{self.url}/api/v1/query?{urllib.parse.urlencode({'query': promql})}"
        with urllib.request.urlopen(url, timeout=10) as answer:
            result: list[dict[str, Any]] = json.load(answer)["data"]["result"]
        return result
