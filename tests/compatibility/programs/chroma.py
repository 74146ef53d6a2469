"""Chroma, embedded."""

from __future__ import annotations

import functools

import chromadb


@functools.cache
def _hotels():
    client = chromadb.EphemeralClient(chromadb.Settings(anonymized_telemetry=False))
    return client.create_collection("hotels", embedding_function=None)


def insert(llm):
    _hotels().add(
        ids=["sen", "kamo"],
        embeddings=[[0.1, 0.9, 0.0], [0.8, 0.1, 0.1]],
        documents=["Machiya Sen, a quiet house", "Kamo Tower, at the station"],
        metadatas=[{"city": "Kyoto"}, {"city": "Kyoto"}],
    )


def search(llm):
    _hotels().query(
        query_embeddings=[[0.2, 0.8, 0.0]],
        n_results=2,
        where={"city": "Kyoto"},
        include=["metadatas", "documents", "distances"],
    )


def get_search(llm):
    _hotels().get(ids=["sen"])


def failure(llm):
    _hotels().query(query_embeddings=[[0.2]], n_results=2)
