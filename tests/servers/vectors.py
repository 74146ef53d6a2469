"""Vector databases on loopback: the REST shapes of Qdrant, Chroma, Pinecone and Weaviate.

As much as their clients need to write a collection of hotels and to search it; what is found
is always the same.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from tests.servers.echo import EchoServer, Request

CHROMA_ID = "11111111-2222-4333-8444-555555555555"
POINTS = [
    {"id": 7, "version": 1, "score": 0.92, "payload": {"name": "Casa do Bairro"}},
    {"id": 3, "version": 1, "score": 0.81, "payload": {"name": "Lapa"}},
]
FOUND_BY_CHROMA = {
    "ids": [["7", "3"]],
    "distances": [[0.08, 0.19]],
    "documents": [["Casa do Bairro", "Lapa"]],
    "metadatas": [[{"city": "Lisbon"}, None]],
    "embeddings": None,
    "uris": None,
    "include": ["metadatas", "documents", "distances"],
}
FOUND_BY_PINECONE = {
    "matches": [{"id": "7", "score": 0.92, "values": [], "metadata": {"name": "Casa do Bairro"}}],
    "namespace": "",
    "usage": {"readUnits": 1},
}
FOUND_BY_WEAVIATE = {
    "data": {
        "Get": {"Hotels": [{"name": "Lapa", "_additional": {"id": "7", "distance": 0.1}}]},
    }
}
_CHROMA_COLLECTION = {
    "id": CHROMA_ID,
    "name": "hotels",
    "configuration_json": {},
    "schema": None,
    "metadata": None,
    "dimension": 3,
    "tenant": "default_tenant",
    "database": "default_database",
    "log_position": 0,
    "version": 0,
}
_TENANT = {"id": CHROMA_ID, "name": "default_database", "tenant": "default_tenant"}
_DONE: dict[str, Any] = {"operation_id": 1, "status": "acknowledged"}


def _qdrant(result: Any) -> dict[str, Any]:
    return {"result": result, "status": "ok", "time": 0.001}


_ANSWERS: list[tuple[str, Callable[[Request], Any]]] = [
    (r"^/$", lambda asked: {"title": "qdrant - vector search engine", "version": "1.16.0"}),
    (r"/points/search$", lambda asked: _qdrant(POINTS)),
    (r"/points/query$", lambda asked: _qdrant({"points": POINTS})),
    (r"/points/(query|search)/batch$", lambda asked: _qdrant([{"points": POINTS}])),
    (r"/collections/[^/]+/points(/.*)?$", lambda asked: _qdrant(_DONE)),
    (r"/api/v2/pre-flight-checks$", lambda asked: {"max_batch_size": 100}),
    (r"/api/v2/auth/identity$", lambda asked: {"user_id": "", "tenant": "*", "databases": ["*"]}),
    (r"/api/v2/tenants/[^/]+(/databases/[^/]+)?$", lambda asked: _TENANT),
    (r"/databases/[^/]+/collections/[^/]+/query$", lambda asked: FOUND_BY_CHROMA),
    (r"/databases/[^/]+/collections(/hotels)?$", lambda asked: _CHROMA_COLLECTION),
    (r"/v1/graphql$", lambda asked: FOUND_BY_WEAVIATE),
    (r"^/query$", lambda asked: FOUND_BY_PINECONE),
    (r"^/vectors/upsert$", lambda asked: {"upsertedCount": 1}),
]


class VectorDatabases(EchoServer):
    """``with VectorDatabases() as server:`` is all four of them at ``server.url``."""

    def answer(self, request: Request) -> tuple[int, dict[str, str], bytes]:
        """Answer as the database whose path it is would; any other path as EchoServer does."""
        path = request.path.partition("?")[0]
        if path in self.answers:
            return self.answers[path]
        for pattern, made in _ANSWERS:
            if re.search(pattern, path):
                body = json.dumps(made(request)).encode()
                return 200, {"content-type": "application/json"}, body
        return super().answer(request)
