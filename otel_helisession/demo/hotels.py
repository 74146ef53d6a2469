"""A few hotels in a real vector database, in memory."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from qdrant_client import QdrantClient, models

from otel_helisession import record

COLLECTION: Final = "hotels"

CATALOGUE: Final = (
    ("Lisbon", "Casa da Graça", "quiet rooms over the old town, terrace, breakfast"),
    ("Lisbon", "Doca Nova", "lively harbour hotel with bars and music, near the trains"),
    ("Lisbon", "Jardim Azul", "small family hotel beside a park, quiet garden"),
    ("Kyoto", "Machiya Sen", "quiet wooden town house with garden, near the centre"),
    ("Kyoto", "Kamo Tower", "business hotel at the station, gym, early breakfast"),
    ("Kyoto", "Gion Lantern", "lively street of bars, small rooms, near the theatre"),
    ("Reykjavík", "Tjörn House", "quiet guest house by the pond, near the centre"),
    ("Reykjavík", "Old Harbour", "lively harbour rooms over a music bar"),
    ("Reykjavík", "Lava Lodge", "hot pools and northern lights, outside the town, quiet"),
)
"""City, name and description. None of them exists."""


def descriptions() -> list[str]:
    """Return the text of each hotel that an embedding is made of."""
    return [f"{name} in {city}: {text}" for city, name, text in CATALOGUE]


class Hotels:
    """The hotels, found by the likeness of their descriptions.

    Args:
        vectors: One embedding for each of :func:`descriptions`, all of one length.
    """

    def __init__(self, vectors: Sequence[Sequence[float]]) -> None:
        self._client = QdrantClient(":memory:")
        self._client.create_collection(
            COLLECTION,
            vectors_config=models.VectorParams(
                size=len(vectors[0]), distance=models.Distance.COSINE
            ),
        )
        self._client.upsert(
            COLLECTION,
            [
                models.PointStruct(
                    id=number,
                    vector=list(vector),
                    payload={"city": hotel[0], "name": hotel[1], "description": hotel[2]},
                )
                for number, (hotel, vector) in enumerate(zip(CATALOGUE, vectors, strict=True))
            ],
        )

    def search(self, city: str, query: str, vector: Sequence[float], top_k: int) -> list[Any]:
        """Return the *top_k* hotels in *city* that are nearest to *vector*, best first."""
        with record.vector(
            "search", database="qdrant", collection=COLLECTION, query=query, top_k=top_k
        ) as recorded:
            recorded.filter = {"city": city}
            found = self._client.query_points(
                COLLECTION,
                query=list(vector),
                query_filter=models.Filter(
                    must=[models.FieldCondition(key="city", match=models.MatchValue(value=city))]
                ),
                limit=top_k,
            ).points
            recorded.matches = [
                {"id": point.id, "score": round(point.score, 3), **(point.payload or {})}
                for point in found
            ]
        return [match["name"] for match in recorded.matches]

    def close(self) -> None:
        """Let go of the database."""
        self._client.close()
