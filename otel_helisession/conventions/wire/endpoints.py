"""Which wire a request speaks, by method, host and path."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from otel_helisession.conventions.wire import llm_endpoints, vector_endpoints
from otel_helisession.conventions.wire.call import Place, Wire
from otel_helisession.conventions.wire.endpoint import Endpoint


@dataclass(frozen=True, slots=True)
class Found:
    """What a request may speak, if its body does (``Wire.speaks``)."""

    wire: Wire
    place: Place

    def named(self, name: str | None) -> Found:
        """Return this with the name of the collection of which the path has but the id."""
        words = self.place.words if name is None else {**self.place.words, "name": name}
        return Found(self.wire, Place(self.place.host, words))


def may_be(path: str) -> bool:
    """Tell, in half a microsecond, whether find() may know a URL's *path*."""
    return path[path.rfind("/") + 1 :].rpartition(":")[2] in _ENDPOINTS


def find(method: str, host: str, path: str, headers: Mapping[str, str]) -> Found | None:
    """Return what a request to *host*, in lower case, and *path* may speak.

    Args:
        method: HTTP's, in upper case.
        host: Who serves it: behind a gateway of Helicone, its target.
        path: The URL's path, decoded, without a trailing slash.
        headers: The request's, with names in any case if the mapping does not mind.
    """
    for endpoint in _at(path):
        words = endpoint.path.search(path)
        if words is None or method not in endpoint.methods:
            continue
        if endpoint.tells != "host" or endpoint.is_at(host) or endpoint.is_meant(headers):
            return Found(endpoint.wire, Place(host, _said(words.groupdict())))
    return None


def find_known(method: str, host: str, path: str) -> Found | None:
    """Return what a request speaks of which no more is known: of this nothing is in doubt."""
    for endpoint in _at(path):
        words = endpoint.path.search(path)
        if words is None or method not in endpoint.methods:
            continue
        if endpoint.tells == "path" or endpoint.is_at(host):
            return Found(endpoint.wire, Place(host, _said(words.groupdict())))
    return None


def _at(path: str) -> list[Endpoint]:
    return _ENDPOINTS.get(path[path.rfind("/") + 1 :].rpartition(":")[2], [])


def _said(words: Mapping[str, str | None]) -> dict[str, str]:
    return {name: word for name, word in words.items() if word}


def _by_end() -> Mapping[str, list[Endpoint]]:
    """Return the endpoints by the words that their paths may end in."""
    found: defaultdict[str, list[Endpoint]] = defaultdict(list)
    for endpoint in (*llm_endpoints.ENDPOINTS, *vector_endpoints.ENDPOINTS):
        for word in endpoint.ends:
            found[word].append(endpoint)
    return dict(found)


_ENDPOINTS: Final = _by_end()
"""Asked first of every request of a program; one look-up tells that it is none of these."""
