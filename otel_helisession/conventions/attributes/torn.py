"""JSON that was cut: told by its ends, also where no reader has parsed it.

A limit on the length of attributes cuts JSON text in the middle. Readers note what they could
not parse; what they pass over, or keep as the text that it is (the schema of a tool, a filter),
is found here at the price of two characters an attribute.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final

from otel_helisession.conventions.attributes.values import Attributes
from otel_helisession.conventions.content import Content

_CLOSING: Final = {"{": "}", "[": "]"}
_OBJECTS: Final = ("[{", '{"', "{'")
_FREE: Final = frozenset({"content", "text", "query", "prompt", "value", "input", "output"})
"""Last words of names whose text may begin with a bracket, as sentences do."""


class TornJson:
    """Finds cut JSON among attributes that conventions know.

    Args:
        contents: What the conventions declare of their attributes.
    """

    def __init__(self, contents: Iterable[Content]) -> None:
        known = tuple(contents)
        self._names = frozenset().union(*(one.names | one.parameters | one.plain for one in known))
        self._prefixes = tuple(prefix for one in known for prefix in one.prefixes)
        self._is_known = lru_cache(maxsize=8_192)(self._look_up)

    def names(self, attributes: Attributes) -> Iterator[str]:
        """Yield the names of known *attributes* that hold cut JSON. About 2 µs for 20."""
        for name, value in attributes.items():
            if type(value) is not str:
                continue
            closing = _CLOSING.get(value[:1])
            if closing is None or value[-1] == closing:
                continue
            if value.rstrip()[-1] != closing and self._is_known(name):
                is_object = value.startswith(_OBJECTS)
                if is_object or name.rpartition(".")[2] not in _FREE:
                    yield name

    def _look_up(self, name: str) -> bool:
        return name in self._names or name.startswith(self._prefixes)
