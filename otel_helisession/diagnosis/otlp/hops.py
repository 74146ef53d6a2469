"""From here to an endpoint: its name, a connection, and TLS, each looked at by itself."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Iterator
from typing import Final

from otel_helisession import environment
from otel_helisession.diagnosis.otlp.hop import Hop, failed, passed, unknown
from otel_helisession.diagnosis.otlp.target import Target

TIMEOUT_SECONDS: Final = 5.0
"""How long a connection may take: more than any network needs that is worth sending spans over."""


def way_to(target: Target) -> Iterator[Hop]:
    """Iterate over the hops to *target* until one fails."""
    proxy = environment.proxy("https" if target.tls else "http", f"{target.host}:{target.port}")
    if proxy is not None:
        yield unknown("connection", "A proxy is set, so the connection is the exporter's to make.")
        return
    try:
        addresses = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        yield failed(
            "name",
            f"The name {target.host} does not resolve. Is it misspelt, or known only inside a "
            "cluster or a compose network?",
        )
        return
    found = list(dict.fromkeys(str(one[4][0]) for one in addresses))
    if found != [target.host]:
        yield passed("name", f"{target.host} is {', '.join(found[:4])}.")
    yield from _connected(target)


def _connected(target: Target) -> Iterator[Hop]:
    start = time.monotonic()
    try:
        connection = socket.create_connection((target.host, target.port), TIMEOUT_SECONDS)
    except TimeoutError:
        yield failed(
            "connection",
            f"Nothing answers at {target.host}:{target.port} within {TIMEOUT_SECONDS:.0f} s. A "
            "firewall may drop the packets, or the address is of another network.",
        )
        return
    except OSError as error:
        reason = error.strerror or str(error)
        yield failed(
            "connection",
            f"{target.host}:{target.port} takes no connection ({reason}). Is the Collector "
            "running, and listening on that address? In a container it must listen on 0.0.0.0.",
        )
        return
    with connection:
        millis = (time.monotonic() - start) * 1_000
        where = f"{target.host}:{target.port}"
        yield passed("connection", f"{where} takes connections ({millis:.0f} ms).")
        if target.tls:
            yield _encrypted(target, connection)


def _encrypted(target: Target, connection: socket.socket) -> Hop:
    context = ssl.create_default_context()
    context.set_alpn_protocols(["h2"] if target.protocol == "grpc" else ["http/1.1"])
    own = _certificate()
    try:
        if own is not None:
            context.load_verify_locations(own)
        with context.wrap_socket(connection, server_hostname=target.host) as secured:
            version = secured.version()
    except ssl.SSLCertVerificationError as error:
        return failed(
            "tls",
            f"The certificate of {target.host} is not trusted ({error.verify_message}). For one "
            "of your own set OTEL_EXPORTER_OTLP_CERTIFICATE to its authority's file.",
        )
    except FileNotFoundError:
        return failed("tls", f"There is no certificate file {own}.")
    except OSError as error:
        reason = getattr(error, "reason", None) or error.strerror or type(error).__name__
        return failed(
            "tls",
            f"TLS fails ({reason}). The endpoint may speak plain text: write http:// in front of "
            "it, or set OTEL_EXPORTER_OTLP_INSECURE=true where it has no scheme.",
        )
    return passed("tls", f"TLS works ({version}), and the certificate is trusted.")


def _certificate() -> str | None:
    return environment.text("OTEL_EXPORTER_OTLP_TRACES_CERTIFICATE") or environment.text(
        "OTEL_EXPORTER_OTLP_CERTIFICATE"
    )
