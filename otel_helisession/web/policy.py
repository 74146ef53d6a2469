"""Policy: who may speak to a server of ours, and why somebody may not, in a sentence."""

from __future__ import annotations

import hmac
import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

LOOPBACK_NAMES: Final = frozenset({"localhost", "127.0.0.1", "::1"})
"""What this machine calls itself. Any other name in ``Host`` is one that somebody else's DNS
made to point here."""

MAX_BODY_BYTES: Final = 64 * 1024 * 1024
"""Longest body that is read: a Collector's largest batches are a tenth of it."""

_READING: Final = frozenset({"GET", "HEAD", "OPTIONS"})


class Refusal(NamedTuple):
    """Why a request is not answered.

    Attributes:
        status: The HTTP status.
        message: One sentence that says what to do.
    """

    status: int
    message: str


@dataclass(frozen=True, slots=True)
class Policy:
    """Who may speak to a server.

    Attributes:
        hosts: Names that ``Host`` may have, in lower case, besides this machine's own.
        addresses: Whether ``Host`` may be any IP address. No DNS is asked for an address, so
            none can be turned around to point here.
        origins: Other web pages that may send, as ``https://app.example.com``.
        token: What everybody has to show; None where only this machine can reach the server.
        max_body_bytes: Longest body of a request.
    """

    hosts: frozenset[str] = frozenset()
    addresses: bool = False
    origins: frozenset[str] = frozenset()
    token: str | None = field(default=None, repr=False)
    max_body_bytes: int = MAX_BODY_BYTES

    def refusal(self, method: str, path: str, headers: Mapping[str, str]) -> Refusal | None:
        """Return why the request is refused before it is read; None when it is welcome.

        Args:
            method: ``GET``.
            path: Its path.
            headers: Its headers, names in lower case. The token is not looked at here.
        """
        said = headers.get("host", "")
        if not self._answers_to(host_name(said)):
            return Refusal(
                403,
                f"this server does not answer to the host {said[:100]!r}; use its address, or "
                "start it with --allow-host for a name of your own",
            )
        if not self._is_ours(headers.get("origin"), said):
            return Refusal(
                403,
                f"pages of {headers['origin'][:100]!r} may not ask this server; start it with "
                "--allow-origin to let them",
            )
        if not self._came_from_here(method, path, headers):
            return Refusal(
                403, "another web page made the browser ask this; open the viewer by its address"
            )
        return self._too_long(headers.get("content-length"))

    def admits(self, token: str | None) -> bool:
        """Tell whether somebody who shows *token* may come in. Takes the same time for any."""
        if self.token is None:
            return True
        return token is not None and hmac.compare_digest(token.encode(), self.token.encode())

    def lets_ask(self, method: str, headers: Mapping[str, str]) -> bool:
        """Tell whether a browser asks only if one of ``origins`` may send: it does so without
        the token, which the page shows with what it then sends."""
        asks = method == "OPTIONS" and "access-control-request-method" in headers
        return asks and headers.get("origin") in self.origins

    def _answers_to(self, name: str) -> bool:
        if name in LOOPBACK_NAMES or name in self.hosts:
            return True
        return self.addresses and _is_address(name)

    def _is_ours(self, origin: str | None, host: str) -> bool:
        if origin is None or origin in self.origins:
            return True
        scheme, _, name = origin.partition("://")
        return scheme in ("http", "https") and name.lower() == host.lower()

    def _came_from_here(self, method: str, path: str, headers: Mapping[str, str]) -> bool:
        """Tell whether the browser, if it is one, asks for a page of ours or was opened by hand.

        A link from elsewhere may open a page, since opening changes nothing and shows nothing
        to whoever made the link; it may not fetch.
        """
        if headers.get("sec-fetch-site", "none") in ("none", "same-origin"):
            return True
        if headers.get("origin") in self.origins:
            return True
        opened = headers.get("sec-fetch-mode") == "navigate"
        return opened and method in _READING and not path.startswith("/api/")

    def _too_long(self, length: str | None) -> Refusal | None:
        if length is None or (length.isdecimal() and int(length[:20]) <= self.max_body_bytes):
            return None
        return too_long(self.max_body_bytes)


def too_long(most: int) -> Refusal:
    """Return the refusal of a body that is longer than *most* bytes."""
    return Refusal(413, f"the body is longer than {most:,} bytes; send smaller batches")


def host_name(host: str) -> str:
    """Return the name or address in a ``Host`` header, in lower case and without port."""
    host = host.strip().lower()
    if host.startswith("["):
        name, _, port = host[1:].partition("]")
        return name if port == "" or port.startswith(":") else host
    return host.partition(":")[0] if host.count(":") == 1 else host


def is_loopback(host: str) -> bool:
    """Tell whether listening on *host* can be reached from this machine only."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
