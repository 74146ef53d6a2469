"""Which hosts may be told a session: a checked, frozen list."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import ip_address
from typing import Final

from otel_helisession import environment
from otel_helisession import environment_variables as names
from otel_helisession.redaction import redact

HELICONE_HOSTS: Final = ("helicone.ai", "*.helicone.ai", "hconeai.com", "*.hconeai.com")
"""Helicone's own, which are always allowed: the headers are made for them."""

_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")


@dataclass(frozen=True, slots=True)
class AllowedHosts:
    """Hosts that may receive session headers, on any port. Make it with :meth:`of`.

    Attributes:
        names: Hosts in lower case, international names in their ASCII form.
        suffixes: ``.example.com`` for each ``*.example.com``.
    """

    names: frozenset[str]
    suffixes: tuple[str, ...]

    @classmethod
    def of(cls, hosts: Iterable[str], source: str = "allow_hosts") -> AllowedHosts:
        """Return Helicone's own hosts and *hosts*.

        Args:
            hosts: ``api.example.com``; ``*.example.com`` for its subdomains; IP addresses.
            source: Who names them, for the message.

        Raises:
            ValueError: One of them is anything else: a URL, a host with a port.
        """
        if isinstance(hosts, str):
            raise ValueError(
                f"allow_hosts is the text {redact(hosts)!r}; give a sequence of host names: "
                f"[{redact(hosts)!r}]"
            )
        exact, suffixes = set(), set()
        for host in (*HELICONE_HOSTS, *hosts):
            name = _checked(host, source)
            if host.startswith("*."):
                suffixes.add(f".{name}")
            else:
                exact.add(name)
        return cls(frozenset(exact), tuple(sorted(suffixes)))

    @classmethod
    def configured(cls, hosts: Iterable[str] | None) -> AllowedHosts:
        """Return Helicone's own hosts and *hosts*; those of the environment when None.

        Raises:
            ValueError: One of them is not accepted.
        """
        if hosts is None:
            listed = environment.items(names.HELISESSION_ALLOW_HOSTS) or ()
            return cls.of(listed, names.HELISESSION_ALLOW_HOSTS)
        return cls.of(hosts)

    def allows(self, host: str) -> bool:
        """Tell whether *host*, as in a URL but without port, is allowed. About 0.3 µs.

        Case, a trailing dot and the brackets of an IPv6 address do not matter. What is no
        host name is not allowed.
        """
        name = _normal(host)
        return name is not None and (name in self.names or name.endswith(self.suffixes))


def _checked(host: object, source: str) -> str:
    """Return the normal form of one entry, without ``*.``."""
    if isinstance(host, str):
        name = _normal(host.removeprefix("*."))
        if name is not None and not (host.startswith("*.") and _address(name)):
            return name
    raise ValueError(
        f"{source} has {redact(repr(host))}; accepted are host names without scheme, port or path "
        "('api.example.com'), '*.example.com' for subdomains, and IP addresses; any port is "
        "allowed, so leave it out"
    )


@lru_cache(maxsize=1_024)
def _normal(host: str) -> str | None:
    """Return *host* as it is compared; None when it is no host name."""
    address = _address(host.removeprefix("[").removesuffix("]"))
    if address is not None:
        return address
    name = host.lower().removesuffix(".")
    if not name.isascii():
        try:
            name = name.encode("idna").decode("ascii")
        except UnicodeError:
            return None
    if len(name) > 253 or not all(_LABEL.fullmatch(label) for label in name.split(".")):
        return None
    return name


def _address(host: str) -> str | None:
    """Return an IP address in its shortest form; None for a name."""
    try:
        return str(ip_address(host))
    except ValueError:
        return None
