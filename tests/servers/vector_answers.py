"""Vector databases that answer over HTTP what a test says they hold: no search takes place."""

from __future__ import annotations

import functools
import json
import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answers = Mapping[tuple[str, str], tuple[int, Any]]
"""Method and path to status and JSON body; anything else is a 404."""

PINECONE: Answers = {
    ("POST", "/vectors/upsert"): (200, {"upsertedCount": 2}),
    ("POST", "/query"): (
        200,
        {
            "namespace": "kyoto",
            "matches": [
                {
                    "id": "sen",
                    "score": 0.93,
                    "values": [0.1, 0.9, 0.0],
                    "metadata": {"name": "Machiya Sen", "stars": 4.0},
                },
                {"id": "kamo", "score": 0.41, "values": [], "metadata": {"name": "Kamo Tower"}},
            ],
            "usage": {"readUnits": 5},
        },
    ),
    ("POST", "/vectors/delete"): (200, {}),
}
MARQO: Answers = {
    ("GET", "/"): (200, {"message": "Welcome to Marqo", "version": "2.13.0"}),
    ("POST", "/indexes/hotels/documents"): (
        200,
        {"errors": False, "items": [{"_id": "sen", "status": 200}], "index_name": "hotels"},
    ),
    ("POST", "/indexes/hotels/search"): (
        200,
        {
            "hits": [
                {"_id": "sen", "_score": 0.93, "name": "Machiya Sen", "stars": 4},
                {"_id": "kamo", "_score": 0.41, "name": "Kamo Tower", "stars": 3},
            ],
            "query": "a quiet house",
            "limit": 2,
            "offset": 0,
            "processingTimeMs": 12,
        },
    ),
    ("POST", "/indexes/hotels/documents/delete-batch"): (
        200,
        {"index_name": "hotels", "status": "succeeded", "type": "documentDeletion"},
    ),
}


def url(name: str) -> str:
    """Return where *name*, ``pinecone`` or ``marqo``, listens until the process ends."""
    return f"http://127.0.0.1:{_serve(name)}"


@functools.cache
def _serve(name: str) -> int:
    answers = {"pinecone": PINECONE, "marqo": MARQO}[name]

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            path = self.path.partition("?")[0].rstrip("/") or "/"
            status, body = answers.get((self.command, path), (404, {"message": "not found"}))
            data = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do_DELETE = do_PUT = _answer

        def log_message(self, *_: Any) -> None:
            """Nothing: tests are quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    return int(server.server_address[1])
