"""The viewer's ASGI application: pages, their assets, and the JSON that they ask for."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from otel_helisession.store.error import StoreError
from otel_helisession.store.reader import SessionReader
from otel_helisession.version import __version__
from otel_helisession.viewer import answers, export, pages
from otel_helisession.viewer.library import Library
from otel_helisession.viewer.live import Pulse
from otel_helisession.viewer.parameters import session_filter
from otel_helisession.viewer.problem import Problem
from otel_helisession.viewer.recent import Recent
from otel_helisession.viewer.reply import Reply, compressed, dumped
from otel_helisession.viewer.settings import Settings
from otel_helisession.web.gate import App, Gate

Answer = Callable[[SessionReader, Request], Any]


@dataclass(frozen=True)
class Viewer:
    """The application and what it is made of.

    Attributes:
        app: The ASGI application, behind its gate.
        library: Its readers of the store.
        pulse: Its watch on the store.
    """

    app: App
    library: Library
    pulse: Pulse


def make_viewer(settings: Settings) -> Viewer:
    """Return the viewer of one store. Opens nothing yet."""
    library, pulse = Library(settings.store), Pulse(settings.store)
    questions = _Questions(settings, library, pulse)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        watching = asyncio.create_task(pulse.watch())
        try:
            yield
        finally:
            watching.cancel()
            with suppress(asyncio.CancelledError):
                await watching
            library.close()

    app = Starlette(
        routes=[
            *questions.routes(),
            Mount("/assets", StaticFiles(directory=pages.ASSETS)),
            *pages.routes(),
        ],
        exception_handlers={
            Problem: _problem,
            StoreError: _unusable,
            404: _not_found,
            405: _not_found,
            500: _broken,
        },
        lifespan=lifespan,
    )
    return Viewer(Gate(app, settings.policy, settings.cookie), library, pulse)


class _Questions:
    """The JSON API. Each question borrows a reader, on a thread of Starlette's pool."""

    def __init__(self, settings: Settings, library: Library, pulse: Pulse) -> None:
        self._settings = settings
        self._library = library
        self._pulse = pulse
        self._recent = Recent()

    def routes(self) -> list[Route]:
        """Return its routes."""
        answered: dict[str, Answer] = {
            "/api/about": self._about,
            "/api/sessions": self._sessions,
            "/api/names": lambda reader, request: answers.names(reader),
            "/api/sessions/{id:path}/spans/{trace_id}/{span_id}": _span,
        }
        routes = [Route(path, self._answering(answer)) for path, answer in answered.items()]
        exporting = Route("/api/sessions/{id:path}/export", self._export)
        events = Route("/api/events", self._events)
        session = Route("/api/sessions/{id:path}", self._session)
        return [exporting, events, *routes, session]

    def _answering(self, answer: Answer) -> Callable[[Request], Response]:
        def endpoint(request: Request) -> Response:
            with self._library.reader() as reader:
                made = {"version": self._pulse.version, **answer(reader, request)}
            return compressed(Reply(made), request)

        return endpoint

    def _session(self, request: Request) -> Response:
        session_id, version = request.path_params["id"], self._pulse.version

        def make() -> bytes:
            with self._library.reader() as reader:
                made = {"version": version, **answers.session(reader, session_id)}
            return dumped(made).encode("ascii")

        return compressed(Reply(self._recent.answer(session_id, version, make)), request)

    def _about(self, reader: SessionReader, request: Request) -> dict[str, Any]:
        receivers = self._settings.receivers
        return {
            "version": __version__,
            "store": str(self._settings.store),
            "receivers": {
                "otlp_http": receivers.otlp_http,
                "otlp_grpc": receivers.otlp_grpc,
                "helicone": receivers.helicone,
            },
            "links": self._links(),
            "sessions": reader.count(),
        }

    def _links(self) -> dict[str, str | None]:
        return {name: self._settings.links.get(name) for name in ("jaeger", "tempo", "helicone")}

    def _sessions(self, reader: SessionReader, request: Request) -> dict[str, Any]:
        wanted = session_filter(request.query_params, self._library.find)
        return answers.sessions(reader, wanted)

    def _export(self, request: Request) -> Response:
        with self._library.reader() as reader:
            made = export.export(
                reader,
                request.path_params["id"],
                request.query_params.get("format", "json"),
                self._links(),
            )
        headers = {"content-disposition": f'attachment; filename="{made.file_name}"'}
        return Response(made.content, media_type=made.media_type, headers=headers)

    async def _events(self, request: Request) -> Response:
        headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
        return StreamingResponse(
            self._pulse.stream(), media_type="text/event-stream", headers=headers
        )


def _span(reader: SessionReader, request: Request) -> dict[str, Any]:
    given = request.path_params
    return answers.span(reader, given["id"], given["trace_id"], given["span_id"])


def _problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)
    said = {"error": str(error), "near": list(error.near)} if error.near else {"error": str(error)}
    return Reply(said, error.status)


def _unusable(request: Request, error: Exception) -> Response:
    return Reply({"error": str(error)}, 503)


def _not_found(request: Request, error: Exception) -> Response:
    status = getattr(error, "status_code", 404)
    if status == 405:
        return Reply({"error": f"{request.method} is not understood here; use GET"}, 405)
    return Reply({"error": f"there is nothing at {request.url.path[:200]!r}; start at /"}, 404)


def _broken(request: Request, error: Exception) -> Response:
    return Reply({"error": "the viewer could not answer; its terminal says why"}, 500)
