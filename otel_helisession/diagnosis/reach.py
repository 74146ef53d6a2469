"""Sentences on where spans would go: an OTLP endpoint that answers, a store that can be used."""

from __future__ import annotations

import socket
import tempfile
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from otel_helisession import environment
from otel_helisession import environment_variables as names
from otel_helisession.configuration import check
from otel_helisession.diagnosis.result import Sentences, counted
from otel_helisession.store import schema
from otel_helisession.store.connection import connect
from otel_helisession.store.error import StoreError, unwritable
from otel_helisession.store.location import identity, store_path
from otel_helisession.store.reader import SessionReader

TIMEOUT_SECONDS: Final = 2.0
"""How long a connection may take: across the world, but no longer than a person waits."""

_PORTS: Final = {"grpc": 4317, "http/protobuf": 4318}


def describe(store: Path | None = None) -> Sentences:
    """Say where configure() would send spans, and what keeps them from arriving.

    Connects to an OTLP endpoint, and sends nothing there. Reads the store, if there is one.
    """
    try:
        chosen: tuple[str, ...] = check()
    except (ValueError, ImportError):
        return ([], [])  # said among the variables
    facts = [f"configure() would send spans to: {', '.join(chosen) or 'nowhere'}."]
    findings: list[str] = []
    theirs = environment.items("OTEL_TRACES_EXPORTER") or ()
    for part in (
        _otlp("otlp" in theirs) if "otlp" in (*chosen, *theirs) else ([], []),
        _helicone() if "helicone" in chosen else ([], []),
        _store(store),
    ):
        facts += part[0]
        findings += part[1]
    return (facts, findings)


def _otlp(by_sdk: bool) -> Sentences:
    """Look at the endpoint. *by_sdk*: the SDK sends there, which takes gRPC for its default."""
    protocol = _first("PROTOCOL")
    endpoint = _first("ENDPOINT") or f"http://localhost:{_PORTS.get(protocol or 'grpc', 4318)}"
    try:
        url = urlsplit(endpoint if "://" in endpoint else f"//{endpoint}")
        host, port = url.hostname, url.port
    except ValueError:
        host, port = None, None
    if not host:
        return ([], [f"The OTLP endpoint {endpoint!r} is no URL, such as http://localhost:4318."])
    if protocol is None:
        protocol = "http/protobuf" if port == _PORTS["http/protobuf"] and not by_sdk else "grpc"
    findings = _mismatch(port, protocol)
    if port is None:
        port = 80 if url.scheme == "http" and protocol != "grpc" else 443
    proxy = environment.proxy(url.scheme or "https", url.netloc)
    if proxy is not None:
        return ([f"Spans go over OTLP ({protocol}) to {host}:{port}, through a proxy."], findings)
    try:
        socket.create_connection((host, port), TIMEOUT_SECONDS).close()
    except OSError as error:
        reason = error.strerror or str(error) or type(error).__name__
        silent = (
            f"Nothing answers at the OTLP endpoint {host}:{port} ({reason}), so spans would "
            "be lost. Start the collector, or correct OTEL_EXPORTER_OTLP_ENDPOINT."
        )
        return ([], [silent, *findings])
    return ([f"The OTLP endpoint {host}:{port} ({protocol}) takes connections."], findings)


def _mismatch(port: int | None, protocol: str) -> list[str]:
    """Say that *port* is the usual one of the other protocol."""
    for other, usual in _PORTS.items():
        if port == usual and protocol in _PORTS and protocol != other:
            every = "OTEL_EXPORTER_OTLP_PROTOCOL"
            traces = "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL"
            variable = every if environment.text(traces) is None else traces
            return [
                f"The OTLP endpoint has port {port}, and spans would go there by {protocol}, but "
                f"{port} is OTLP's {'gRPC' if other == 'grpc' else 'HTTP'} port, which does not "
                f"understand it. Set {variable}={other}, or use port {_PORTS[protocol]}."
            ]
    return []


def _first(what: str) -> str | None:
    """Return the variable for traces, or else the one for all signals."""
    return environment.text(f"OTEL_EXPORTER_OTLP_TRACES_{what}") or environment.text(
        f"OTEL_EXPORTER_OTLP_{what}"
    )


def _helicone() -> Sentences:
    key = names.HELICONE_API_KEY
    return ([f"{key} has the shape of a key; to try it: helisession doctor helicone"], [])


def _store(given: Path | None) -> Sentences:
    try:
        path = store_path(given)
        if identity(path) is None:
            _check_place(path)
            return ([f"There is no store yet; it would be {path}."], [])
        connect(path).close()  # a store that can only be read is no place for spans
        with SessionReader(path) as reader:
            sessions = reader.count()
    except StoreError as error:
        said = str(error) if given is None else error.for_option()
        return ([], [f"The store cannot be used: {said}."])
    kilobytes = sum(file.stat().st_size for file in path.parent.glob(f"{path.name}*")) / 1_000
    return (
        [
            f"The store {path} has {counted(sessions, 'session')} in {kilobytes:,.0f} kB "
            f"(store version {schema.VERSION})."
        ],
        [],
    )


def _check_place(path: Path) -> None:
    """Raise StoreError if no store can be made at *path*; leave nothing there."""
    place = next(parent for parent in path.parents if parent.exists())
    try:
        tempfile.TemporaryFile(dir=place).close()  # what access rights promise is not enough
    except OSError as error:
        raise unwritable(path, f"{place} takes no new files") from error
