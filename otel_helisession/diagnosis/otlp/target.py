"""Target: an OTLP endpoint, as the stock exporters would find it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal
from urllib.parse import urlsplit

from otel_helisession import environment

if TYPE_CHECKING:
    from opentelemetry.sdk.trace.export import SpanExporter
    from requests import Session

Protocol = Literal["grpc", "http/protobuf"]

PROTOCOLS: Final[tuple[Protocol, ...]] = ("grpc", "http/protobuf")

_PORTS: Final = {"grpc": 4317, "http/protobuf": 4318}
_EVERY: Final = "OTEL_EXPORTER_OTLP_"
_TRACES: Final = "OTEL_EXPORTER_OTLP_TRACES_"


@dataclass(frozen=True, slots=True)
class Target:
    """Where spans would go.

    Attributes:
        protocol: How they travel.
        host: Its host.
        port: Its port.
        tls: Whether the connection is encrypted.
        given: The endpoint that was given, None where the exporter finds it itself.
        source: Who says so.
    """

    protocol: Protocol
    host: str
    port: int
    tls: bool
    given: str | None
    source: str

    @property
    def shown(self) -> str:
        """``127.0.0.1:4317 (grpc)``."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port} ({self.protocol}{', TLS' if self.tls else ''})"

    def exporter(self, session: Session | None = None) -> SpanExporter:
        """Make the stock exporter, which reads headers, certificates and the timeout itself.

        Args:
            session: By what HTTP goes; None for the exporter's own.

        Raises:
            ImportError: It is not installed.
        """
        if self.protocol == "grpc":
            from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import (
                OTLPSpanExporter as GrpcExporter,
            )

            insecure = None if self.given is None else not self.tls
            return GrpcExporter(endpoint=self.given, insecure=insecure)
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import (
            OTLPSpanExporter as HttpExporter,
        )

        return HttpExporter(endpoint=self.given, session=session)


def resolve(endpoint: str | None = None, protocol: str | None = None) -> Target:
    """Return where spans would go.

    Args:
        endpoint: In place of ``OTEL_EXPORTER_OTLP_TRACES_ENDPOINT`` and
            ``OTEL_EXPORTER_OTLP_ENDPOINT``. Without a path it gets ``/v1/traces`` over HTTP.
        protocol: In place of ``OTEL_EXPORTER_OTLP_PROTOCOL``; else the port tells: 4318 is
            OTLP's for HTTP.

    Raises:
        ValueError: There is no such endpoint, or protocol.
    """
    source, said = _endpoint(endpoint)
    parts = urlsplit(said if "://" in said else f"//{said}")
    try:
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if not host or parts.scheme not in ("http", "https", ""):
        raise ValueError(
            f"{source} is {_without_user(said)!r}; give a URL such as http://localhost:4318, or "
            "http://localhost:4317 for gRPC"
        )
    spoken = _protocol(protocol, port)
    if parts.scheme == "" and spoken != "grpc":
        raise ValueError(
            f"{source} is {_without_user(said)!r}; OTLP over HTTP needs http:// or https://"
        )
    tls = parts.scheme == "https" or (parts.scheme == "" and not _insecure())
    if port is None:
        port = 443 if tls else (_PORTS["grpc"] if spoken == "grpc" else 80)
    given = said if endpoint is not None else None
    if given is not None and spoken != "grpc" and parts.path in ("", "/"):
        given = f"{given.rstrip('/')}/v1/traces"
    return Target(spoken, host, port, tls, given, source)


def _endpoint(given: str | None) -> tuple[str, str]:
    if given is not None:
        return "--endpoint", given.strip()
    for name in (f"{_TRACES}ENDPOINT", f"{_EVERY}ENDPOINT"):
        said = environment.text(name)
        if said is not None:
            return name, said
    protocol = environment.text(f"{_TRACES}PROTOCOL") or environment.text(f"{_EVERY}PROTOCOL")
    return "the default", f"http://localhost:{_PORTS.get(protocol or 'grpc', 4318)}"


def _protocol(given: str | None, port: int | None) -> Protocol:
    for source, said in (
        ("--protocol", given),
        (f"{_TRACES}PROTOCOL", environment.text(f"{_TRACES}PROTOCOL")),
        (f"{_EVERY}PROTOCOL", environment.text(f"{_EVERY}PROTOCOL")),
    ):
        if said is None:
            continue
        for known in PROTOCOLS:
            if said.lower() == known:
                return known
        raise ValueError(f"{source} is {said!r}; accepted: {', '.join(PROTOCOLS)}")
    return "http/protobuf" if port == _PORTS["http/protobuf"] else "grpc"


def _insecure() -> bool:
    for name in (f"{_TRACES}INSECURE", f"{_EVERY}INSECURE"):
        if environment.text(name) is not None:
            return environment.flag(name)
    return False


def _without_user(url: str) -> str:
    return url.rpartition("@")[2]
