"""Over TLS, and through proxies."""

from __future__ import annotations

import base64
import shutil
import socket
import ssl
import subprocess
import threading
from pathlib import Path

import pytest
from opentelemetry.sdk.trace.export import SpanExportResult

from otel_helisession.exporters.helicone import HeliconeSpanExporter
from tests.helicone.endpoint import KEY, FakeHelicone
from tests.helicone.spans import llm

FAILURE, SUCCESS = SpanExportResult.FAILURE, SpanExportResult.SUCCESS
LOGIN = "Basic " + base64.b64encode(b"me:p@ss").decode()


def _pass_on(source: socket.socket, target: socket.socket) -> None:
    try:
        while data := source.recv(65_536):
            target.sendall(data)
    except OSError:
        pass
    finally:
        target.close()


class Proxy:
    """A proxy on loopback: passes the first request line and headers on, and then everything.

    Attributes:
        seen: The head of each connection's first request.
        refuse: Answers tunnels with 407.
    """

    def __init__(self, target: str) -> None:
        self.seen: list[str] = []
        self.refuse = False
        host, _, port = target.rpartition("/")[2].partition(":")
        self._target = (host, int(port))
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._listening.accept()
            except OSError:
                return
            threading.Thread(target=self._connection, args=(client,), daemon=True).start()

    def _connection(self, client: socket.socket) -> None:
        data = b""
        while b"\r\n\r\n" not in data:
            data += client.recv(65_536)
        head, _, _ = data.partition(b"\r\n\r\n")
        self.seen.append(head.decode())
        if self.refuse:
            client.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n")
            client.close()
            return
        server = socket.create_connection(self._target)
        if head.startswith(b"CONNECT "):
            client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        else:
            line, _, rest = data.partition(b"\r\n")
            method, url, version = line.split(b" ")
            path = b"/" + url.split(b"/", 3)[3]
            server.sendall(b" ".join((method, path, version)) + b"\r\n" + rest)
        threading.Thread(target=_pass_on, args=(client, server), daemon=True).start()
        _pass_on(server, client)

    def close(self) -> None:
        self._listening.close()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate of localhost's own, with its key, in one file."""
    if shutil.which("openssl") is None:
        pytest.skip("makes a certificate with openssl")
    folder = tmp_path_factory.mktemp("tls")
    command = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext"
    files = ["-keyout", str(folder / "key"), "-out", str(folder / "certificate")]
    arguments = [*command.split(), "subjectAltName=DNS:localhost", *files]
    subprocess.run(arguments, check=True, capture_output=True)
    both = folder / "both.pem"
    both.write_text((folder / "certificate").read_text() + (folder / "key").read_text())
    return both


@pytest.fixture
def secure(worker: FakeHelicone, certificate: Path) -> str:
    """The worker behind TLS; its URL."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    server = worker._server
    server.socket = context.wrap_socket(server.socket, server_side=True)
    return worker.url.replace("http://127.0.0.1", "https://localhost")


def _export(url: str) -> SpanExportResult:
    exporter = HeliconeSpanExporter(KEY, url, timeout_seconds=1.0)
    result = exporter.export([llm(), llm()])
    exporter.shutdown()
    return result


def test_over_tls(
    worker: FakeHelicone, secure: str, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a certificate of one's own authority: SSL_CERT_FILE is OpenSSL's own variable."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    assert _export(secure) is SUCCESS
    assert len(worker.arrivals) == 2


def test_a_certificate_that_is_not_trusted(
    worker: FakeHelicone, secure: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Nothing is sent, and the line says why."""
    assert _export(secure) is FAILURE
    assert worker.arrivals == []
    assert "certificate verify failed" in caplog.text


def test_through_a_proxy(worker: FakeHelicone, monkeypatch: pytest.MonkeyPatch) -> None:
    """Plain HTTP: the whole URL in the request line, and the proxy's login beside our key."""
    proxy = Proxy(worker.origin)
    monkeypatch.setenv("HTTP_PROXY", f"http://me:p%40ss@127.0.0.1:{proxy.port}")
    assert _export(worker.url) is SUCCESS
    assert proxy.seen[0].startswith(f"POST {worker.url} HTTP/1.1\r\n")
    assert f"Proxy-Authorization: {LOGIN}" in proxy.seen[0]
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    seen = len(proxy.seen)
    assert _export(worker.url) is SUCCESS
    assert len(proxy.seen) == seen
    proxy.close()


def test_through_a_tunnel(
    worker: FakeHelicone, secure: str, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """TLS: the proxy gets its login and the host, and neither key nor logs."""
    proxy = Proxy(worker.origin)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    monkeypatch.setenv("HTTPS_PROXY", f"me:p%40ss@127.0.0.1:{proxy.port}")
    assert _export(secure) is SUCCESS
    host = secure.split("/")[2]
    assert set(proxy.seen) == {
        f"CONNECT {host} HTTP/1.1\r\nHost: {host}\r\nProxy-Authorization: {LOGIN}"
    }
    proxy.close()


def test_a_proxy_that_refuses(
    worker: FakeHelicone,
    secure: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The line has its answer, and not its password."""
    proxy = Proxy(worker.origin)
    proxy.refuse = True
    monkeypatch.setenv("HTTPS_PROXY", f"http://me:p%40ss@127.0.0.1:{proxy.port}")
    assert _export(secure) is FAILURE
    assert "the proxy refused the tunnel: HTTP/1.1 407" in caplog.text
    assert "p@ss" not in caplog.text
    proxy.close()
