"""The server cannot be found, or is not who it should be."""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter as Grpc
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter as Http
from opentelemetry.sdk.trace.export import SpanExporter

from otel_helisession.exporters.helicone import HeliconeSpanExporter
from tests.faults.conftest import Start
from tests.faults.program import took
from tests.helicone.endpoint import KEY


def exporter(kind: str, address: str, scheme: str) -> SpanExporter:
    """Return an exporter that sends to HOST:PORT."""
    if kind == "grpc":
        return Grpc(endpoint=f"{scheme}://{address}", timeout=1, insecure=scheme == "http")
    if kind == "http":
        return Http(f"{scheme}://{address}/v1/traces", timeout=1)
    return HeliconeSpanExporter(KEY, f"{scheme}://{address}/custom/v1/log", timeout_seconds=1)


@pytest.fixture
def impostor(tmp_path: Path) -> Iterator[str]:
    """HOST:PORT of a TLS server whose certificate nobody has signed. It keeps what it hears."""
    if shutil.which("openssl") is None:
        pytest.skip("makes a certificate with openssl")
    key, certificate = tmp_path / "key", tmp_path / "certificate"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    files = ["-subj", "/CN=localhost", "-keyout", str(key), "-out", str(certificate)]
    subprocess.run([*command, *files], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    listening = socket.create_server(("127.0.0.1", 0))
    heard: list[bytes] = []

    def serve() -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            connection.settimeout(2)
            with suppress(OSError), context.wrap_socket(connection, server_side=True) as secured:
                heard.append(secured.recv(65_536))

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield f"localhost:{listening.getsockname()[1]}"
    with suppress(OSError):
        listening.shutdown(socket.SHUT_RDWR)
    listening.close()
    thread.join(5)
    assert not any(heard), "somebody told an impostor something"


def fails_in_time(made: SpanExporter, start: Start, spool: Path) -> None:
    program = start(made, spool=spool)
    program.work()
    began = time.monotonic()
    assert not program.processor.force_flush(500)
    assert took(began, 500)
    began = time.monotonic()
    assert not program.processor.shutdown(1_000)
    assert took(began, 1_000)
    assert program.waits_for_nobody()
    (queue,) = program.processor._delivery.queues  # type: ignore[union-attr]
    assert (queue.tally.kept, queue.tally.lost) == (len(program.sent), 0)


@pytest.mark.parametrize("kind", ["http", "grpc", "helicone"])
def test_an_impostor_gets_nothing(kind: str, impostor: str, start: Start, tmp_path: Path) -> None:
    """Its certificate is its own: not a byte is said, and the spans wait in the spool."""
    fails_in_time(exporter(kind, impostor, "https"), start, tmp_path / "spool")


@pytest.mark.parametrize("kind", ["http", "grpc", "helicone"])
def test_a_name_that_nobody_knows_costs_no_span(kind: str, start: Start, tmp_path: Path) -> None:
    """They wait in the spool for the name to be put right."""
    fails_in_time(exporter(kind, "collector.invalid:4318", "http"), start, tmp_path / "spool")
