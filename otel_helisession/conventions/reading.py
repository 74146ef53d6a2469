"""Reading: a span's attributes as one convention looks at them, name by name, type by type.

Libraries write JSON text where structures were meant, text where numbers were, and rename
their keys; so each question takes all names that a value has had, the newest first.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from otel_helisession.conventions.attributes import values
from otel_helisession.conventions.attributes.flattened import flattened, prefix_of
from otel_helisession.conventions.attributes.structured import structured
from otel_helisession.conventions.attributes.values import Attributes

_Value = TypeVar("_Value")


class Reading:
    """The attributes of one span, and which of them could not be read.

    Every method takes the names of one value, the newest first, and answers with the first
    that says something. Nothing raises: what is of the wrong type, or cut, is passed over
    and noted.

    Attributes:
        attributes: What the span has. Not modified.
        unread: Names whose value was there and could not be read, in the order met.
        talked: Whether a convention has read both sides of the conversation, which others then
            need not: what the first says counts.
        called: Whether a convention has read ``gen_ai.*``, all of it, for what it says.
    """

    __slots__ = ("_prefixes", "attributes", "called", "talked", "unread")

    def __init__(self, attributes: Attributes) -> None:
        self.attributes = attributes
        self.unread: dict[str, None] = {}
        self.called = False
        self.talked = False
        self._prefixes: set[str] | None = None

    def text(self, *names: str) -> str | None:
        """Return a text that is not empty."""
        return self._first(names, values.text)

    def integer(self, *names: str) -> int | None:
        """Return a count: whole, not negative; also from text."""
        return self._first(names, values.integer)

    def decimal(self, *names: str) -> float | None:
        """Return a finite number; also from text."""
        return self._first(names, values.decimal)

    def flag(self, *names: str) -> bool | None:
        """Return a boolean; also from the texts ``true`` and ``false``."""
        return self._first(names, values.flag)

    def texts(self, *names: str) -> tuple[str, ...]:
        """Return the texts of a sequence, of JSON text of one, or a text alone as one."""
        return self._first(names, lambda value: values.texts(values.parsed(value)) or None) or ()

    def json(self, *names: str) -> Any:
        """Return any value, JSON text parsed; text that is no JSON, or cut, as it is."""
        for name in names:
            value = self.attributes.get(name)
            if value is not None:
                found = values.parsed(value)
                if found is value and isinstance(value, str) and value[:1] in ("{", "["):
                    self.unread[name] = None
                return found
        return None

    def structure(self, *names: str) -> Any:
        """Return any value as JSON has it, also JSON in JSON; see :func:`.structured`."""
        found = self.json(*names)
        return found if isinstance(found, (dict, list)) else structured(found)

    def mappings(self, *names: str) -> tuple[Mapping[str, Any], ...]:
        """Return the mappings of a structured or JSON sequence."""
        return self._first(names, lambda value: values.mappings(value) or None) or ()

    def numbered(self, prefix: str) -> list[dict[str, Any]]:
        """Return what is flattened under *prefix*; see :func:`.flattened`.

        Cheap where nothing is, as on most spans: one pass for all prefixes that are asked for.
        """
        if self._prefixes is None:
            self._prefixes = {prefix_of(name) for name in self.attributes}
        return flattened(self.attributes, prefix) if prefix in self._prefixes else []

    def has(self, *names: str) -> bool:
        """Tell whether any of *names* is there."""
        return any(name in self.attributes for name in names)

    def _first(self, names: tuple[str, ...], read: Callable[[Any], _Value | None]) -> _Value | None:
        for name in names:
            value = self.attributes.get(name)
            if value is not None:
                found = read(value)
                if found is not None:
                    return found
                if not _is_empty(value):
                    self.unread[name] = None
        return None


def _is_empty(value: Any) -> bool:
    """Tell whether *value* says nothing, which is not the same as not being readable."""
    return value in ("", "[]", "{}", "null") or (hasattr(value, "__len__") and len(value) == 0)
