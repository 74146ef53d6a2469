"""A wire that can be cut, bent and held, between an exporter and a server that is sound."""

from __future__ import annotations

import socket
import struct
import threading
import time
from contextlib import suppress
from types import TracebackType
from typing import Final

FAULTS: Final = ("refused", "reset", "slow", "hang", "half", "mute")
"""What may be wrong with a wire:

``refused``
    Nobody listens.
``reset``
    A TCP reset in the middle of what the client says.
``slow``
    The server takes 20 bytes every 50 ms: longer than exporters here have patience.
``hang``
    Connections are taken, and nothing is read.
``half``
    The server hears everything; its answer breaks off after 20 bytes.
``mute``
    The server hears everything; no answer comes.
"""

_HEARD_BEFORE_RESET: Final = 200
_ANSWERED_BEFORE_BREAK: Final = 20


class FaultyWire:
    """``with FaultyWire(port) as wire:`` passes what comes to ``wire.port`` on to *port*.

    Attributes:
        port: Where it listens on 127.0.0.1.
        connections: How many were made to it.
    """

    def __init__(self, port: int) -> None:
        self._target = port
        self._fault: str | None = None
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self.connections = 0
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]

    @property
    def fault(self) -> str | None:
        """What is wrong; None: nothing. To change it cuts the connections that there are."""
        return self._fault

    @fault.setter
    def fault(self, fault: str | None) -> None:
        if fault not in (None, *FAULTS):
            raise ValueError(f"a fault is one of {FAULTS}, not {fault!r}")
        before, self._fault = self._fault, fault
        if fault == "refused":
            self._stop_listening()
        elif before == "refused":
            self._listening = socket.create_server(("127.0.0.1", self.port))
            self._start()
        self.cut()

    def cut(self) -> None:
        """Reset every connection that there is."""
        with self._lock:
            connections, self._open = self._open, set()
        for connection in connections:
            _reset(connection)

    def _start(self) -> None:
        threading.Thread(target=self._accept, args=(self._listening,), daemon=True).start()

    def _stop_listening(self) -> None:
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()

    def _accept(self, listening: socket.socket) -> None:
        while True:
            try:
                client, _ = listening.accept()
            except OSError:
                return
            self.connections += 1
            server = socket.create_connection(("127.0.0.1", self._target))
            with self._lock:
                self._open |= {client, server}
            threading.Thread(target=self._hear, args=(client, server), daemon=True).start()
            threading.Thread(target=self._answer, args=(server, client), daemon=True).start()

    def _hear(self, client: socket.socket, server: socket.socket) -> None:
        """Pass on what the client says, as far as the fault lets it through."""
        heard = 0
        try:
            while self._fault != "hang":
                data = client.recv(20 if self._fault == "slow" else 65_536)
                heard += len(data)
                if not data:
                    server.shutdown(socket.SHUT_WR)
                    return
                if self._fault == "reset" and heard > _HEARD_BEFORE_RESET:
                    self._give_up(client, server)
                    return
                if self._fault == "slow":
                    time.sleep(0.05)
                server.sendall(data)
        except OSError:
            self._give_up(client, server)

    def _answer(self, server: socket.socket, client: socket.socket) -> None:
        """Pass on what the server answers, likewise."""
        try:
            while data := server.recv(65_536):
                if self._fault == "half":
                    client.sendall(data[:_ANSWERED_BEFORE_BREAK])
                    self._give_up(client, server)
                    return
                if self._fault != "mute":
                    client.sendall(data)
            client.shutdown(socket.SHUT_WR)
        except OSError:
            self._give_up(client, server)

    def _give_up(self, *connections: socket.socket) -> None:
        with self._lock:
            self._open -= set(connections)
        for connection in connections:
            _reset(connection)

    def __enter__(self) -> FaultyWire:
        self._start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop_listening()
        self.cut()


def _reset(connection: socket.socket) -> None:
    """Close with a TCP reset."""
    with suppress(OSError):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.shutdown(socket.SHUT_RD)  # wakes who reads it, and says nothing
    connection.close()
