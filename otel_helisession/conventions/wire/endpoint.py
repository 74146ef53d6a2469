"""One address at which a wire is spoken."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from re import Pattern
from typing import Literal

from otel_helisession.conventions.wire.call import Wire
from otel_helisession.conventions.wire.hosts import database, provider

Tells = Literal["path", "body", "host"]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One address of one wire.

    Attributes:
        ends: The words that its path may end in, after the last ``/`` or ``:``.
        path: Finds it at the end of a URL's path; its groups are the ``Place``'s words.
        wire: What is spoken there.
        tells: What it takes to be sure: this ``path`` is nobody else's; it is together with
            the ``body``; or the ``host`` must be known.
        header: A header of the client's that stands for a known host, and how its value
            begins.
        methods: HTTP's.
    """

    ends: tuple[str, ...]
    path: Pattern[str]
    wire: Wire
    tells: Tells
    header: tuple[str, str] | None = None
    methods: tuple[str, ...] = ("POST",)

    def is_at(self, host: str) -> bool:
        """Tell whether *host* is known to speak this wire."""
        if self.wire.kind == "vector_db":
            return database(host) == self.wire.name
        found = provider(host)
        return found is not None and (self.tells != "host" or found == self.wire.name)

    def is_meant(self, headers: Mapping[str, str]) -> bool:
        """Tell whether *headers*, with names in any case, are those of this wire's client."""
        if self.header is None:
            return False
        name, start = self.header
        return name in headers and headers[name].lower().startswith(start)


def at(
    ends: str,
    path: str,
    wire: Wire,
    tells: Tells,
    header: tuple[str, str] | None = None,
    methods: tuple[str, ...] = ("POST",),
) -> Endpoint:
    """Return the Endpoint whose URL's path ends as the pattern *path* says, in one of *ends*."""
    return Endpoint(tuple(ends.split()), re.compile(path + "$"), wire, tells, header, methods)
