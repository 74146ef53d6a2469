"""Serving: the viewer on a port, until somebody stops it."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Final

import uvicorn

from otel_helisession.viewer.app import Viewer

_GRACE_SECONDS: Final = 1
"""What answers that are under way get when the viewer ends."""


class Server(uvicorn.Server):
    """uvicorn's server, which lets the streams end before it waits for them.

    Args:
        viewer: What it serves.
        started: Called once it answers.
    """

    def __init__(self, viewer: Viewer, started: Callable[[], None] = lambda: None) -> None:
        self._viewer = viewer
        self._started = started
        super().__init__(
            uvicorn.Config(
                viewer.app,
                log_config=None,  # uvicorn's own would let the receivers' INFO through for a moment
                log_level="warning",
                access_log=False,
                server_header=False,
                timeout_graceful_shutdown=_GRACE_SECONDS,
                ws="none",
                lifespan="on",
            )
        )

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to answer, and say so."""
        await super().startup(sockets)
        if self.started:
            self._started()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End the streams of events, then everything else."""
        self._viewer.pulse.stop()
        await super().shutdown(sockets)


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens on *host* and *port*; 0 takes a free one.

    Raises:
        OSError: It is taken, or no address of this machine.
    """
    family, _, _, _, address = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    made = socket.socket(family, socket.SOCK_STREAM)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind(address)
        made.listen(128)
    except BaseException:
        made.close()
        raise
    return made
