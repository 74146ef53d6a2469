"""Listening: a socket on a port, or why there is none, in a sentence that says what to do."""

from __future__ import annotations

import socket


def listening(host: str, port: int) -> socket.socket:
    """Return a socket that listens on *host* and *port*; 0 takes a free one.

    Raises:
        OSError: It is taken, or may not be listened on.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    made = socket.socket(family, socket.SOCK_STREAM)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((host, port))
        made.listen(128)
    except OSError as error:
        made.close()
        raise unheard(host, port, error.strerror, error.errno) from None
    return made


def unheard(host: str, port: int, reason: str | None, number: int | None = None) -> OSError:
    """Return the error that says that nobody can listen there, for that *reason*."""
    address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    return OSError(
        number,
        f"cannot listen on {address}: {reason or 'the port is taken'}; is another collector "
        "running, or another `helisession view`? Give another port",
    )
