"""Queries for nearest neighbours in databases that are made for other things, by their text.

Strict: an operator in a literal or a comment is none, and one that has other meanings must
stand beside a vector. What is not sure is no search.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import islice
from typing import Final, NamedTuple

_MAX_CHARS: Final = 1_000_000
"""How much of a query is looked at. A vector of 4,096 numbers takes 80,000."""

_REMEMBERED_CHARS: Final = 4_096
"""Longest query whose verdict is remembered: a span is asked four times."""

_POSTGRES: Final = frozenset({"postgresql", "postgres", "cockroachdb", "alloydb"})
_SEARCH_ENGINES: Final = frozenset({"elasticsearch", "opensearch"})
_MONGO: Final = frozenset({"mongodb", "cosmosdb", "azure.cosmosdb"})

_LITERAL: Final = re.compile(
    r"""
    (?P<vector> '\s{0,9} [\[{] [-+0-9.eE,:?\s]* [\]}] [/\d\s]* ')   # '[1, 2]', '{1:3}/9'
    | \b[eE]' (?: [^'\\] | \\. | '' )* (?: ' | \Z )
    | ' [^']* (?: '' [^']* )* (?: ' | \Z )
    | (?P<name> " [^"<]* " )
    | " [^"]* (?: " | \Z )
    | \$ (?P<tag> [A-Za-z_]\w* | ) \$ .*? (?: \$ (?P=tag) \$ | \Z )
    | -- [^\n]*
    | /\* .*? (?: \*/ | \Z )
    """,
    re.VERBOSE | re.DOTALL,
)
_SURE: Final = re.compile(r"<=>|<\#>|<\+>|<~>|<%>")
"""pgvector's operators that hardly anybody else has: cosine, inner product, L1, and of bits."""

_TYPE: Final = r"::\s*(?:vector|halfvec|sparsevec)\b"
_NAME: Final = r"\b\w{0,60}(?:embed|vec)\w{0,60}"
_DISTANCE: Final = re.compile(
    rf"""(?:{_TYPE}|'\[v\]'|{_NAME}"?)\s{{0,9}}\)?\s{{0,9}}<->
    |<->\s{{0,9}}\(?\s{{0,9}}(?:'\[v\]'|[^\s,()<]{{1,60}}{_TYPE}|[:@$]{_NAME}|%\({_NAME}\))""",
    re.VERBOSE | re.IGNORECASE,
)
"""L2, beside a vector: alone it is a distance of places, of texts, or a phrase of words."""

_FUNCTION: Final = re.compile(
    r"\b(?:vec_distance\w{0,20}|vector_distance|cosineDistance|L2Distance|array_cosine_distance)"
    r"\s*\(|\bANN\s+OF\b",
    re.IGNORECASE,
)
"""MariaDB's, sqlite-vec's, Oracle's, ClickHouse's, DuckDB's, and Cassandra's words."""

_KNN: Final = re.compile(r"\[\s*(?:KNN|VECTOR_RANGE)\s", re.IGNORECASE)
_REDIS: Final = re.compile(r"\s*(?:FT\.(?:SEARCH|AGGREGATE|HYBRID)\b|VSIM\s)", re.IGNORECASE)
_KNN_KEY: Final = re.compile(r"""(?<!\\)["']knn["']\s*:\s*[\[{]""")
"""As a key: within a text the quote has a backslash."""

_KNN_VECTOR: Final = re.compile(
    r"""(?<!\\)["'](?:query_vector|query_vector_builder|vector)["']\s*:"""
)
_KNN_CHARS: Final = 2_000
_KNN_TRIES: Final = 20
_MONGO_STAGE: Final = re.compile(
    r"""(?<!\\)["'](?:\$vectorSearch|cosmosSearch|knnBeta)["']\s*:\s*[{'"?]"""
)
_FROM: Final = re.compile(
    r"""\bFROM\s+(?:ONLY\s+)?((?:"[^"]+"|[\w$]+)(?:\.(?:"[^"]+"|[\w$]+))*)""", re.IGNORECASE
)
_LIMIT: Final = re.compile(r"\bLIMIT\s+(\d{1,9})\b", re.IGNORECASE)
_MARKS: Final = ("<=>", "<->", "<#>", "<+>", "<~>", "<%>")


class Described(NamedTuple):
    """What a query's text says of it."""

    collection: str | None = None
    top_k: int | None = None


def are_searched(system: str, query: str) -> bool:
    """Tell whether *query*, to *system* in lower case, searches by vectors. Linear."""
    if len(query) <= _REMEMBERED_CHARS:
        return _remembered(system, query)
    return _are_searched(system, query[:_MAX_CHARS])


def described(system: str, query: str) -> Described:
    """Return table and limit of a search in SQL; nothing for other languages."""
    if system == "redis" or system in _SEARCH_ENGINES or system in _MONGO:
        return Described()
    said = _bare(query[:_MAX_CHARS])
    table, limit = _FROM.search(said), _LIMIT.search(said)
    named = table and table[1].rpartition(".")[2].strip('"')
    return Described(named or None, int(limit[1]) if limit else None)


@lru_cache(maxsize=512)
def _remembered(system: str, query: str) -> bool:
    return _are_searched(system, query)


def _are_searched(system: str, query: str) -> bool:
    if system == "redis":
        found = _REDIS.match(query)
        return found is not None and ("VSIM" in found[0].upper() or bool(_KNN.search(query)))
    if system in _SEARCH_ENGINES:
        keys = islice(_KNN_KEY.finditer(query), _KNN_TRIES)
        return any(_KNN_VECTOR.search(query, k.end(), k.end() + _KNN_CHARS) for k in keys)
    if system in _MONGO:
        return bool(_MONGO_STAGE.search(query))
    if system in _POSTGRES and any(mark in query for mark in _MARKS):
        said = _bare(query)
        return bool(_SURE.search(said) or _DISTANCE.search(said))
    return _FUNCTION.search(query) is not None and bool(_FUNCTION.search(_bare(query)))


def _bare(query: str) -> str:
    """Return SQL without its comments and literals; of vectors a mark stays."""
    return _LITERAL.sub(_mark, query)


def _mark(found: re.Match[str]) -> str:
    return "'[v]'" if found["vector"] else found["name"] or " "
