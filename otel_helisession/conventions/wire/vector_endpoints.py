"""Where vectors are searched and kept: the addresses of the vector databases' wires."""

from __future__ import annotations

from typing import Final

from otel_helisession.conventions.wire import chroma, pinecone, qdrant, weaviate
from otel_helisession.conventions.wire.endpoint import Endpoint, at
from otel_helisession.conventions.wire.vector import VectorWire

_QDRANT: Final = VectorWire(qdrant)
_CHROMA: Final = VectorWire(chroma)
_PINECONE: Final = VectorWire(pinecone)
_GRAPHQL: Final = VectorWire(weaviate, needs_search=True)
_WEAVIATE: Final = VectorWire(weaviate)

_POINTS: Final = r"/collections/(?P<collection>[^/]+)/(?P<verb>points"
_SEARCHES: Final = _POINTS + "/(?:search|query|recommend|discover))(?:/batch|/groups)?"
_CALLS: Final = (
    "/tenants/[^/]+/databases/[^/]+/collections/(?P<id>[^/]+)"
    "/(?P<verb>query|search|add|upsert|update|delete|get)"
)
_VECTORS: Final = "/(?P<verb>query|vectors/(?:upsert|update|delete))"
_RECORDS: Final = "/records/namespaces/[^/]+/(?P<verb>search|upsert)"
_PINECONE_CLIENT: Final = ("x-pinecone-api-version", "")
_WEAVIATE_CLIENT: Final = ("x-weaviate-client", "")
_WRITES: Final = ("POST", "PUT")

ENDPOINTS: Final[tuple[Endpoint, ...]] = (
    at("points", _POINTS + ")", _QDRANT, "path", methods=("PUT",)),
    at("search query recommend discover batch groups", _SEARCHES, _QDRANT, "path"),
    at("scroll count batch delete", _POINTS + "/(?:scroll|count|batch|delete))", _QDRANT, "path"),
    at("payload vectors", _POINTS + "/(?:payload|vectors))", _QDRANT, "path", methods=_WRITES),
    at("query search add upsert update delete get", _CALLS, _CHROMA, "path"),
    at("query upsert update delete", _VECTORS, _PINECONE, "host", _PINECONE_CLIENT),
    at("search upsert", _RECORDS, _PINECONE, "host", _PINECONE_CLIENT),
    at("graphql", "/v1/(?P<verb>graphql)", _GRAPHQL, "body"),
    at("objects", "/v1/(?P<verb>objects|batch/objects)", _WEAVIATE, "host", _WEAVIATE_CLIENT),
)
