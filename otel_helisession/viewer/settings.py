"""Settings: what one viewer shows and where its deep links lead."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from otel_helisession.web.policy import Policy


@dataclass(frozen=True, slots=True)
class Receivers:
    """Where spans can be sent to this process; None where it does not listen.

    Attributes:
        otlp_http: ``http://127.0.0.1:4318``.
        otlp_grpc: ``http://127.0.0.1:4317``.
        helicone: The full URL for Helicone's loggers.
    """

    otlp_http: str | None = None
    otlp_grpc: str | None = None
    helicone: str | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """What one viewer shows.

    Attributes:
        store: The store's file.
        policy: Who may look.
        receivers: Where it takes spans.
        links: Addresses of other views of a session and span by their name, with ``{trace_id}``,
            ``{span_id}``, ``{session_id}`` and ``{session_name}`` to be filled in.
        cookie: Name of the cookie that keeps the token.
        only_read: Whether the store cannot be written: nothing keeps it up, nor its index.
    """

    store: Path
    policy: Policy = field(default_factory=Policy)
    receivers: Receivers = field(default_factory=Receivers)
    links: Mapping[str, str] = field(default_factory=dict)
    cookie: str = "helisession"
    only_read: bool = False
