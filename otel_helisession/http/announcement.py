"""The headers that we add to a request, remembered, so that just they can be taken back.

What was added is kept in ``request.extensions``, which httpx copies to the request that
follows a redirect. Each request is looked at right before it is sent, by a hook that is the
last of the client's ``event_hooks``: also each hop of a redirect and each request of an
auth flow.
"""

from __future__ import annotations

import weakref
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from otel_helisession import observing, semconv
from otel_helisession.guard import caught
from otel_helisession.http import settings
from otel_helisession.http.explicit import ExplicitSession, claim_llm_span, explicit_session
from otel_helisession.observing import Observations, RequestKey
from otel_helisession.sessions.context import announced_session, current_session
from otel_helisession.sessions.hosts import AllowedHosts

EXTENSION: Final = "otel_helisession"

_SESSION_ID: Final = semconv.SESSION_ID_HEADER.lower().encode()

_clients: weakref.WeakSet[Any] = weakref.WeakSet()
"""Clients that have our hook."""


@dataclass(frozen=True, slots=True)
class Announcement:
    """What we know of one request.

    Attributes:
        added: The headers that we added.
        explicit: The session of the user's own headers, when they have an id.
        secure: Whether a request that led here was encrypted. What it told is not told in the
            clear, where a redirect to http would have it.
    """

    added: Mapping[str, str]
    explicit: ExplicitSession | None = None
    secure: bool = False


def names_on(headers: Any) -> set[bytes]:
    """Return the names of httpx's *headers* in lower case. ``name in headers`` would decode all of
    them first, which takes longer than setting ours."""
    return {name.lower() for name, _ in headers.raw}


def is_explicit(headers: Any) -> bool:
    """Tell whether *headers* name a session; whose they are does not matter."""
    for name, _ in headers.raw:
        if len(name) == len(_SESSION_ID) and name.lower() == _SESSION_ID:
            return True
    return False


@lru_cache(maxsize=1_024)
def _lowered(name: str) -> bytes:
    """Return the *name* of a header of ours as names_on() has it."""
    return name.lower().encode()


def withdraw(request: Any) -> Announcement | None:
    """Take back what we added to *request*, unless the user has changed it since."""
    known: Announcement | None = request.extensions.pop(EXTENSION, None)
    if known is not None:
        headers = request.headers
        for name, value in known.added.items():
            if headers.get(name) == value:
                del headers[name]
        if known.secure:
            request.extensions[EXTENSION] = Announcement({}, secure=True)
    return known


def recognise(request: Any) -> ExplicitSession | None:
    """Return the session that the user's own headers on *request* announce, and keep it there.

    The LLM span around the request, if there is one, becomes that session's.
    """
    explicit = explicit_session(request.headers)
    if explicit is not None:
        claim_llm_span(explicit.session)
        request.extensions[EXTENSION] = Announcement({}, explicit)
    return explicit


def announce(request: Any) -> None:
    """Bring our headers on *request* up to date. The hook of a Client; never raises."""
    try:
        current = settings.current
        if current is not None:
            _announce(request, current.hosts)
    except Exception as error:
        caught("adding session headers", error)


async def announce_async(request: Any) -> None:
    """Bring our headers on *request* up to date. The hook of an AsyncClient."""
    announce(request)


def _announce(request: Any, hosts: AllowedHosts) -> None:
    known = withdraw(request)
    headers = request.headers
    encrypted = request.url.scheme == "https"
    secure = encrypted or (known is not None and known.secure)
    explicit = None
    present = names_on(headers)
    if _SESSION_ID in present:
        explicit = known.explicit if known is not None else None
        if explicit is None:  # an event hook or an auth flow has just set the header
            explicit = recognise(request)
        if explicit is None:
            return
        request.extensions[EXTENSION] = Announcement({}, explicit, secure)
    host = request.url.raw_host.decode("ascii")
    allowed = hosts.allows(host) and (encrypted or not secure)
    if observing.current is not None:
        _observe(observing.current, host, allowed, explicit is not None)
    if not allowed:
        return
    wanted = _wanted() if explicit is None else explicit.complement
    added = {name: value for name, value in wanted.items() if _lowered(name) not in present}
    if added:
        for name, value in added.items():
            headers[name] = value
        request.extensions[EXTENSION] = Announcement(added, explicit, secure)


def _observe(seen: Observations, host: str, allowed: bool, explicit: bool) -> None:
    """Have a diagnosis count this request; one that nobody would expect headers on is none."""
    if explicit:
        seen.request(RequestKey("explicit", host, "httpx"))
    elif current_session() is not None:
        seen.request(RequestKey("announced" if allowed else "not_allowed", host, "httpx"))
    elif allowed:
        seen.request(RequestKey("no_session", host, "httpx"))


def _wanted() -> Mapping[str, str]:
    session = announced_session()
    return {} if session is None else session.headers


def hook(client: Any, asynchronous: bool) -> None:
    """Make our hook the last one of *client*, if it is not.

    A client whose user has just changed its hooks and that sends from other threads at
    this moment may leave out one of them there once.
    """
    ours = announce_async if asynchronous else announce
    hooks = client.event_hooks["request"]
    if hooks and hooks[-1] is ours:
        return
    hooks[:] = [one for one in hooks if one is not ours] + [ours]
    _clients.add(client)


def unhook() -> None:
    """Take our hooks off all clients."""
    for client in list(_clients):
        hooks = client.event_hooks["request"]
        hooks[:] = [one for one in hooks if one not in (announce, announce_async)]
    _clients.clear()
