"""Helicone's session headers: the fields of a Session written out, and read back."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from otel_helisession import semconv
from otel_helisession.guard import once
from otel_helisession.sessions.path import ROOT
from otel_helisession.sessions.text import clean_id, decode, encode

if TYPE_CHECKING:
    from otel_helisession.sessions.value import Session

MAX_HEADER_BYTES: Final = 6_000
"""Most bytes of all our headers on one request: servers commonly refuse 8 kB in all."""


def encode_headers(session: Session) -> dict[str, str]:
    """Return the HTTP headers that announce *session* to Helicone.

    Values are printable ASCII, because a CR, LF or emoji would make the user's own request
    fail. The order is fixed; the name is absent when the session has none. Properties that
    would make the headers longer than MAX_HEADER_BYTES are left out, with one log line.
    """
    headers = {
        semconv.SESSION_ID_HEADER: encode(session.id),
        semconv.SESSION_PATH_HEADER: encode(session.path),
    }
    if session.name:
        headers[semconv.SESSION_NAME_HEADER] = encode(session.name)
    if session.user_id:
        headers[semconv.USER_ID_HEADER] = encode(session.user_id)
    size = sum(len(name) + len(value) for name, value in headers.items())
    for name, value in session.properties.items():
        header, encoded = semconv.PROPERTY_HEADER_PREFIX + name, encode(value)
        size += len(header) + len(encoded)
        if size > MAX_HEADER_BYTES:
            once(
                ("headers", "long"),
                logging.WARNING,
                "a session's properties make headers of "
                "more than %d bytes; the rest are left out of the headers",
                MAX_HEADER_BYTES,
            )
            break
        headers[header] = encoded
    return headers


def missing_headers(session: Session, present: Mapping[str, str]) -> dict[str, str]:
    """Return the headers of *session* that a request with the headers *present* lacks.

    A request that carries a session id is the user's: when the id is *session*'s it lacks
    only path and name, when it is another one it lacks nothing. Nothing is overwritten.

    Args:
        session: The session to announce.
        present: What is on the request, names in lower case.
    """
    said = present.get(semconv.SESSION_ID_HEADER.lower())
    headers = session.headers
    if said is None:
        return {name: headers[name] for name in headers if name.lower() not in present}
    if clean_id(decode(said)) != session.id:
        return {}
    place = (semconv.SESSION_PATH_HEADER, semconv.SESSION_NAME_HEADER)
    return {
        name: headers[name] for name in place if name in headers and name.lower() not in present
    }


def decode_headers(headers: Mapping[str, str]) -> dict[str, Any]:
    """Return the fields of the Session that *headers* announce; an empty id when there is none.

    Names are matched without regard to case; values are decoded and cleaned.
    """
    lowered = {name.lower(): value for name, value in headers.items()}

    def field(header: str) -> str:
        return decode(lowered.get(header.lower(), ""))

    prefix = semconv.PROPERTY_HEADER_PREFIX.lower()
    return {
        "name": field(semconv.SESSION_NAME_HEADER),
        "id": field(semconv.SESSION_ID_HEADER),
        "path": field(semconv.SESSION_PATH_HEADER) or ROOT,
        "user_id": field(semconv.USER_ID_HEADER) or None,
        "properties": {
            name[len(prefix) :]: decode(value)
            for name, value in lowered.items()
            if name.startswith(prefix) and len(name) > len(prefix)
        },
    }
