"""Address: where a backend is, and what every request to it carries."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final, Literal
from urllib.parse import unquote, urlencode, urlsplit

from otel_helisession import environment
from otel_helisession import environment_variables as names

Kind = Literal["jaeger", "tempo"]

KINDS: Final[tuple[Kind, ...]] = ("jaeger", "tempo")

USUAL: Final[Mapping[Kind, str]] = MappingProxyType(
    {"jaeger": "http://localhost:16686", "tempo": "http://localhost:3200"}
)
"""Where each one listens that nobody has configured."""

_TITLES: Final[Mapping[Kind, str]] = MappingProxyType({"jaeger": "Jaeger", "tempo": "Tempo"})
_TOKEN: Final = frozenset("!#$%&'*+-.^_`|~")


@dataclass(frozen=True, slots=True)
class Address:
    """A backend.

    Attributes:
        kind: Which one it is.
        url: Where its API begins, without user, password and a slash at the end.
        headers: What every request carries besides; never shown.
    """

    kind: Kind
    url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, kind: Kind, url: str, headers: Iterable[str] = ()) -> Address:
        """Return the address *url*; a user and password in it become a header.

        Args:
            kind: Which backend it is.
            url: As in ``http://localhost:3200``; a path where the backend has a prefix.
            headers: ``NAME=VALUE``, before those of ``HELISESSION_BACKEND_HEADERS``.

        Raises:
            ValueError: *url* is no such URL, or a header is none.
        """
        try:
            parts = urlsplit(url.strip())
            host, port = parts.hostname, parts.port
        except ValueError:
            raise _no_url(kind, url) from None
        if parts.scheme not in ("http", "https") or not host or parts.query or parts.fragment:
            raise _no_url(kind, url)
        said = dict(_from_environment())
        said.update(_header(one, "--header") for one in headers)
        if parts.username is not None:
            pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
            said.setdefault("Authorization", f"Basic {base64.b64encode(pair.encode()).decode()}")
        place = f"[{host}]" if ":" in host else host
        netloc = place if port is None else f"{place}:{port}"
        return cls(kind, f"{parts.scheme}://{netloc}{parts.path.rstrip('/')}", said)

    @property
    def title(self) -> str:
        """``Tempo at http://localhost:3200``."""
        return f"{_TITLES[self.kind]} at {self.url}"

    def target(self, path: str, parameters: Mapping[str, str | int]) -> str:
        """Return the URL of *path* with *parameters*."""
        return f"{self.url}{path}" + (f"?{urlencode(parameters)}" if parameters else "")


def _no_url(kind: Kind, url: str) -> ValueError:
    shown = url.rpartition("@")[2] if "@" in url else url
    return ValueError(
        f"{shown!r} is not where {_TITLES[kind]} could be; give the URL that its API begins "
        f"with, as in {USUAL[kind]}, without a query"
    )


def _from_environment() -> Iterable[tuple[str, str]]:
    """Return the headers of the variable, written as in OTEL_EXPORTER_OTLP_HEADERS."""
    for item in environment.items(names.HELISESSION_BACKEND_HEADERS) or ():
        name, value = _header(item, names.HELISESSION_BACKEND_HEADERS)
        yield name, unquote(value)


def _header(text: str, source: str) -> tuple[str, str]:
    name, found, value = text.partition("=")
    name, value = name.strip(), value.strip()
    good = name.isascii() and all(one.isalnum() or one in _TOKEN for one in name)
    if not (found and name and good) or not all(" " <= one <= "\xff" for one in unquote(value)):
        raise ValueError(f"{source} takes NAME=VALUE, as in X-Scope-OrgID=tenant-1")
    return name.title(), value
