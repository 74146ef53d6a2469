"""Qdrant's client on its embedded database."""

from __future__ import annotations

import functools

from qdrant_client import QdrantClient, models

HOTELS = {1: ([0.1, 0.9, 0.0], "Machiya Sen"), 2: ([0.8, 0.1, 0.1], "Kamo Tower")}


@functools.cache
def _client():
    client = QdrantClient(":memory:")
    client.create_collection(
        "hotels",
        vectors_config=models.VectorParams(size=3, distance=models.Distance.COSINE),
    )
    return client


def insert(llm):
    points = [
        models.PointStruct(id=number, vector=vector, payload={"name": name})
        for number, (vector, name) in HOTELS.items()
    ]
    _client().upsert("hotels", points)


def search(llm):
    _client().query_points(
        "hotels",
        query=[0.2, 0.8, 0.0],
        limit=2,
        query_filter=models.Filter(
            must=[models.FieldCondition(key="name", match=models.MatchValue(value="Machiya Sen"))]
        ),
    )


def failure(llm):
    _client().query_points("no such collection", query=[0.2, 0.8, 0.0])
