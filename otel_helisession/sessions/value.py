"""The Session: who this run is, and where in its path we are. A frozen value."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

from otel_helisession import semconv
from otel_helisession.guard import once
from otel_helisession.sessions import bucket
from otel_helisession.sessions.headers import decode_headers, encode_headers
from otel_helisession.sessions.path import ROOT, clean_path, join
from otel_helisession.sessions.text import clean, clean_id, clean_name, clean_property_name

MAX_PROPERTIES: Final = 32
"""Most properties of a session: each is an attribute of every span, of which a span has 128."""

MAX_PROPERTY_CHARS: Final = 500
"""Longest value of a property."""

_NO_PROPERTIES: Final[Mapping[str, str]] = MappingProxyType({})


@dataclass(frozen=True, slots=True, init=False)
class Session:
    """One run of an agent, or one conversation, and the present place in its path.

    Text is cleaned, never refused: control characters go, what is too long is
    cut, an empty id becomes a new one. Wrong types raise.

    Attributes:
        name: The type of session, the same for all runs of that type; may be empty.
        id: Which run this is; a new UUIDv4 when None or empty.
        path: Where in the hierarchy: ``/trip/research``.
        user_id: On whose behalf, or None.
        properties: Custom properties; names of header characters, values text.
        id_given: Whether the id came from outside. Only such an id is also written as
            ``gen_ai.conversation.id``, whose convention forbids invented ones.

    Raises:
        TypeError: A field has the wrong type.
    """

    name: str
    id: str
    path: str
    user_id: str | None
    properties: Mapping[str, str] = field(hash=False)
    id_given: bool = field(compare=False)
    _attributes: Mapping[str, str | int] | None = field(init=False, repr=False, compare=False)
    _headers: Mapping[str, str] | None = field(init=False, repr=False, compare=False)

    def __init__(
        self,
        name: str = "",
        id: str | None = None,
        path: str = ROOT,
        user_id: str | None = None,
        properties: Mapping[str, object] | None = None,
        id_given: bool | None = None,
    ) -> None:
        if not isinstance(name, str):
            raise TypeError(f"a session's name must be a str, not {type(name).__name__}")
        if not isinstance(path, str):
            raise TypeError(f"a session's path must be a str, not {type(path).__name__}")
        given = None if id is None else _clean_given_id(id)
        if id_given is None:
            id_given = given is not None
        _fill(
            self,
            clean_name(name),
            given or str(uuid.uuid4()),
            clean_path(path),
            None if user_id is None else _clean_user_id(user_id),
            _NO_PROPERTIES if properties is None else _clean_properties(properties),
            id_given,
        )

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the fields, so that a queue can carry a session to another process."""
        fields = (self.name, self.id, self.path, self.user_id, dict(self.properties))
        return Session, (*fields, self.id_given)

    @classmethod
    def from_headers(cls, headers: Mapping[str, str]) -> Session | None:
        """Return the session that *headers* announce, decoded and cleaned; None without an id.

        Header names are matched without regard to case.
        """
        fields = decode_headers(headers)
        return cls(**fields) if fields["id"] else None

    def at(self, path: str) -> Session:
        """Return this session at another *path*, which must be clean already. Half a µs."""
        moved = object.__new__(Session)
        _fill(moved, self.name, self.id, path, self.user_id, self.properties, self.id_given)
        return moved

    def child(self, name: str) -> Session:
        """Return this session one segment deeper in its path."""
        return self.at(join(self.path, name))

    @property
    def attributes(self) -> Mapping[str, str | int]:
        """The attributes that every span at this place carries. Made once, then reused."""
        made = self._attributes
        if made is None:
            made = _attributes_of(self)
            _put_attributes(self, made)
        return made

    @property
    def headers(self) -> Mapping[str, str]:
        """Helicone's headers for this place, encoded. Made once, then reused."""
        made = self._headers
        if made is None:
            made = MappingProxyType(encode_headers(self))
            _put_headers(self, made)
        return made


(
    _put_name,
    _put_id,
    _put_path,
    _put_user_id,
    _put_properties,
    _put_id_given,
    _put_attributes,
    _put_headers,
) = (getattr(Session, slot).__set__ for slot in Session.__slots__)


def _fill(
    session: Session,
    name: str,
    id: str,
    path: str,
    user_id: str | None,
    properties: Mapping[str, str],
    id_given: bool,
) -> None:
    """Set all fields of *session*, which is being made: straight into the slots of a frozen value,
    in half the time that object.__setattr__ takes to find them."""
    _put_name(session, name)
    _put_id(session, id)
    _put_path(session, path)
    _put_user_id(session, user_id)
    _put_properties(session, properties)
    _put_id_given(session, id_given)
    _put_attributes(session, None)
    _put_headers(session, None)


def _attributes_of(session: Session) -> dict[str, str | int]:
    attributes: dict[str, str | int] = {
        semconv.SESSION_ID: session.id,
        semconv.SESSION_PATH: session.path,
        semconv.SESSION_NAME: session.name,
        semconv.OTEL_SESSION_ID: session.id,
    }
    if not session.name:
        del attributes[semconv.SESSION_NAME]
    if session.user_id:
        attributes[semconv.USER_ID] = session.user_id
    if session.id_given:
        attributes[semconv.CONVERSATION_ID] = session.id
    for name, value in session.properties.items():
        attributes[semconv.PROPERTY_PREFIX + name] = value
    if bucket.stamped:
        attributes[semconv.SESSION_BUCKET] = bucket.bucket(session.id)
    return attributes


def _clean_given_id(given: str) -> str | None:
    """Return the id that was given, clean; None when nothing is left of it, which is logged."""
    if not isinstance(given, str):
        raise TypeError(f"a session's id must be a str or None, not {type(given).__name__}")
    cleaned = clean_id(given)
    if cleaned:
        return cleaned
    once(("id", "empty"), logging.WARNING, "an empty session id was replaced by a new one")
    return None


def _clean_user_id(given: str) -> str | None:
    if not isinstance(given, str):
        raise TypeError(f"a user_id must be a str or None, not {type(given).__name__}")
    return clean_id(given) or None


def _clean_properties(properties: Mapping[str, object]) -> Mapping[str, str]:
    if properties is _NO_PROPERTIES:
        return _NO_PROPERTIES
    if not isinstance(properties, Mapping):
        raise TypeError(f"properties must be a mapping, not {type(properties).__name__}")
    cleaned: dict[str, str] = {}
    for name, value in properties.items():
        if not isinstance(name, str):
            raise TypeError(f"a property's name must be a str, not {type(name).__name__}")
        if not isinstance(value, (str, int, float, bool)):
            raise TypeError(
                f"property {name!r} must be text, a number or a bool, not {type(value).__name__}"
            )
        key = clean_property_name(name)
        if key != name:
            once(
                ("property", "name"),
                logging.WARNING,
                "property name %r was changed to %r: "
                "letters, digits, '.', '_' and '-' are accepted",
                name[:100],
                key,
            )
        if not key:
            continue
        if len(cleaned) == MAX_PROPERTIES:
            once(
                ("property", "many"),
                logging.WARNING,
                "a session has more than %d properties; the rest are dropped",
                MAX_PROPERTIES,
            )
            break
        text = value if isinstance(value, str) else str(value)
        text = text.lower() if isinstance(value, bool) else text
        cleaned[key] = clean(text)[:MAX_PROPERTY_CHARS].rstrip()
    return MappingProxyType(cleaned) if cleaned else _NO_PROPERTIES
