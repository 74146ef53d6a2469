"""Where logs go: Helicone's cloud worker, or a Jawn, which self-hosted images have instead."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Literal
from urllib.parse import urlsplit

from otel_helisession import environment
from otel_helisession import environment_variables as names
from otel_helisession.exporters.helicone.key import ApiKey
from otel_helisession.redaction import redact
from otel_helisession.sessions.hosts import AllowedHosts

Flavour = Literal["worker", "jawn"]
"""``worker`` stores the whole body and answers ``ok`` with an id; ``jawn`` takes the provider
from the body and answers with nothing."""

Provider = Literal["CUSTOM", "OPENAI", "ANTHROPIC"]
"""Whose prices and shapes Helicone applies. CUSTOM: ours, in chat-completions shape."""

CLOUD_WORKER: Final = "https://api.worker.helicone.ai"
"""Helicone's own, US and EU: the worker tells the region from the key."""

JAWN_PATH: Final = "/v1/trace/custom/log"
WORKER_PATH: Final = "/custom/v1/log"

_ROUTES: Final[dict[str, Provider]] = {
    "/oai/": "OPENAI",
    "/anthropic/": "ANTHROPIC",
}
_PATHS: Final[dict[Provider, str]] = {
    "CUSTOM": WORKER_PATH,
    "OPENAI": "/oai/v1/log",
    "ANTHROPIC": "/anthropic/v1/log",
}
_JAWN_HOSTS: Final = frozenset({"api.helicone.ai", "eu.api.helicone.ai"})
_JAWN_PORT: Final = 8585
_HELICONE: Final = AllowedHosts.of(())


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One logging endpoint.

    Attributes:
        url: The full URL. A URL that was given is used exactly as it is.
        flavour: Which of Helicone's servers answers there.
        fixed: The provider that the URL stands for; None where each log says its own: on a
            Jawn in the body, on the cloud worker by a route of its own.
    """

    url: str = field(repr=False)
    flavour: Flavour
    fixed: Provider | None

    @classmethod
    def cloud(cls) -> Endpoint:
        """Return Helicone's cloud worker, with a route for each provider."""
        return cls(CLOUD_WORKER + WORKER_PATH, "worker", None)

    @classmethod
    def given(cls, url: str) -> Endpoint:
        """Return the endpoint at *url*, its flavour guessed from path, port and host.

        Raises:
            TypeError: *url* is no text.
            ValueError: *url* is no full HTTP URL, or holds a user or password.
        """
        if not isinstance(url, str):
            raise TypeError(f"endpoint must be a str, not {type(url).__name__}")
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            raise ValueError(_not_a_url(url)) from None
        if parts.scheme not in ("http", "https") or not parts.hostname or not url.isascii():
            raise ValueError(_not_a_url(url))
        if not url.isprintable() or " " in url:
            raise ValueError(_not_a_url(url))
        if parts.username or parts.password:
            raise ValueError(
                "the Helicone endpoint has a user or password in it; remove it: the API key is "
                "what authenticates"
            )
        if _is_jawn(parts.hostname, port, parts.path):
            return cls(url, "jawn", None)
        routes = (provider for route, provider in _ROUTES.items() if route in parts.path)
        return cls(url, "worker", next(routes, "CUSTOM"))

    @property
    def shown(self) -> str:
        """The URL for log lines, without its query."""
        return self.url.partition("?")[0]

    @property
    def origin(self) -> str:
        """Scheme, host and port."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def host(self) -> str:
        """The host, in lower case."""
        return urlsplit(self.url).hostname or ""

    def target(self, provider: Provider) -> str:
        """Return path and query of the URL that takes logs of *provider*."""
        if self.flavour == "worker" and self.fixed is None:
            return _PATHS[provider]
        parts = urlsplit(self.url)
        return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")

    def other_region(self, key: ApiKey) -> str | None:
        """Return the Jawn of the region that *key* belongs to, when this one is the other's."""
        if self.flavour != "jawn" or self.host not in _JAWN_HOSTS:
            return None
        right = "eu.api.helicone.ai" if key.is_eu else "api.helicone.ai"
        return None if self.host == right else f"https://{right}{JAWN_PATH}"


def is_helicone(host: str) -> bool:
    """Tell whether *host* is one of Helicone's own: a gateway that logs what passes it."""
    return _HELICONE.allows(host)


def resolve_endpoint(given: str | None) -> Endpoint:
    """Return the endpoint that was given, or else the environment's, or else the cloud's.

    Raises:
        TypeError: The endpoint is no text.
        ValueError: It is no full URL.
    """
    url = environment.text(names.HELISESSION_HELICONE_ENDPOINT) if given is None else given
    return Endpoint.cloud() if url is None else Endpoint.given(url)


def _is_jawn(host: str, port: int | None, path: str) -> bool:
    if "/v1/trace" in path:
        return True
    if path.endswith("/v1/log"):
        return False
    return port == _JAWN_PORT or host.lower() in _JAWN_HOSTS


def _not_a_url(given: str) -> str:
    return (
        f"the Helicone endpoint is {redact(given)[:200]!r}; it must be a full URL, such as "
        f"{CLOUD_WORKER}{WORKER_PATH}, or http://localhost:{_JAWN_PORT}{JAWN_PATH} for a "
        "self-hosted image"
    )
