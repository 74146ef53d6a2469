"""The HTTP receivers: OTLP and Helicone's logging endpoint, as routes, an app, or a server."""

from __future__ import annotations

import threading
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, Final

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from otel_helisession.intake import helicone_http, otlp_http, signals
from otel_helisession.intake.body import Room
from otel_helisession.intake.intake import Intake
from otel_helisession.intake.listening import listening
from otel_helisession.web.gate import Gate, Scope, as_json
from otel_helisession.web.policy import Policy, Refusal

PORT: Final = 4318
"""OTLP's own, to which every SDK sends by default."""

_HELICONE_OTLP: Final = ("/v1/trace/log", "/v1/trace/log-python")
"""Where Helicone's own asynchronous loggers send OTLP."""

_OTLP: Final = frozenset({*(signal.path for signal in signals.SIGNALS), *_HELICONE_OTLP})

_STOP_SECONDS: Final = 5.0

Handler = Callable[[Request, Intake, Room], Awaitable[Response]]


def routes(intake: Intake) -> list[Route]:
    """Return the routes that put what they are sent into *intake*. They check no sender: see
    :class:`~otel_helisession.web.gate.Gate`."""
    room = Room()
    made = [
        _route(path, partial(otlp_http.receive, signal=signal), intake, room)
        for signal in signals.SIGNALS
        for path in (signal.path, *(_HELICONE_OTLP if signal is signals.TRACES else ()))
    ]
    for path, flavour in helicone_http.PATHS.items():
        made.append(_route(path, partial(helicone_http.receive, flavour=flavour), intake, room))
    return made


def _route(path: str, handler: Any, intake: Intake, room: Room) -> Route:
    async def endpoint(request: Request) -> Response:
        response: Response = await handler(request, intake, room)
        return response

    return Route(path, endpoint, methods=["POST"])


def application(intake: Intake, policy: Policy | None = None) -> Any:
    """Return an ASGI application of these routes alone, behind *policy*: by default only this
    machine's programs, and no web page, may send."""
    policy = Policy() if policy is None else policy
    pages = Middleware(
        CORSMiddleware,
        allow_origins=sorted(policy.origins),
        allow_methods=["POST"],
        allow_headers=["*"],
    )
    app = Starlette(routes=routes(intake), middleware=[pages] if policy.origins else [])
    return Gate(app, policy, "helisession_otlp", _worded)


def _worded(refusal: Refusal, scope: Scope) -> tuple[str, bytes]:
    """Return a refusal in the words of the protocol that the request's path speaks."""
    if scope["path"] not in _OTLP:
        return as_json(refusal, scope)
    said = dict(scope["headers"]).get(b"content-type", b"")
    return otlp_http.refused(refusal, said.decode("latin-1"))


class HttpReceiver:
    """A server of :func:`application`, on a thread of its own.

    Args:
        intake: Where spans go.
        host: The address to listen on.
        port: The port; 0: any that is free.
        policy: Who may send.
    """

    def __init__(
        self,
        intake: Intake,
        host: str = "127.0.0.1",
        port: int = PORT,
        policy: Policy | None = None,
    ) -> None:
        self._config = uvicorn.Config(
            application(intake, policy),
            host=host,
            port=port,
            log_config=None,
            log_level="critical",
            access_log=False,
            lifespan="off",
            ws="none",
            server_header=False,
            timeout_graceful_shutdown=2,
        )
        self._server = uvicorn.Server(self._config)
        self._thread: threading.Thread | None = None
        self.host = host
        self.port = port

    @property
    def url(self) -> str:
        """Where it listens: what OTEL_EXPORTER_OTLP_ENDPOINT is set to."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"

    def start(self) -> None:
        """Listen.

        Raises:
            OSError: The port is taken, or may not be listened on.
        """
        self._socket = listening(self.host, self.port)
        self.port = self._socket.getsockname()[1]
        self._thread = threading.Thread(
            target=self._server.run,
            args=([self._socket],),
            name="helisession-otlp",
            daemon=True,
        )
        self._thread.start()

    def stop(self) -> None:
        """Finish the requests under way, and stop listening."""
        self._server.should_exit = True
        if self._thread is not None:
            self._thread.join(_STOP_SECONDS)
            self._socket.close()
