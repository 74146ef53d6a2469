"""The viewer's ASGI application: pages, their assets, and the JSON that they ask for."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any, Final

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from otel_helisession.store.error import StoreError
from otel_helisession.store.listing import Sought
from otel_helisession.store.phrase import Phrase
from otel_helisession.store.reader import SessionReader
from otel_helisession.version import __version__
from otel_helisession.viewer import answers, export, one_session, pages
from otel_helisession.viewer.below import Below
from otel_helisession.viewer.library import Library
from otel_helisession.viewer.live import Pulse
from otel_helisession.viewer.parameters import session_filter
from otel_helisession.viewer.recent import Recent
from otel_helisession.viewer.refusals import HANDLERS, redirected
from otel_helisession.viewer.reply import Reply, compressed, dumped
from otel_helisession.viewer.settings import Settings
from otel_helisession.web.gate import App, Gate

_PHRASE_SECONDS: Final = 0.5
"""How long sessions are read for a phrase: some 200 of 100 spans each. Those that are left are
not found, and are counted as ``unread``."""

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
            *pages.routes(),
            Route("/sessions/{id:path}", questions.page),
        ],
        exception_handlers=HANDLERS,
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
        }
        below: dict[str, Answer] = {
            "/api/sessions/{id:path}/spans/{trace_id}/{span_id}": _span,
            "/api/sessions/{id:path}/paths": _paths,
        }
        routes = [Route(path, self._answering(answer)) for path, answer in answered.items()]
        routes += [Below(path, self._answering(answer)) for path, answer in below.items()]
        exporting = Below("/api/sessions/{id:path}/export", self._export)
        events = Route("/api/events", self._events)
        names = Route("/api/names", self._names)
        choices = Route("/api/choices", self._choices)
        session = Route("/api/sessions/{id:path}", self._session)
        return [exporting, events, names, choices, *routes, session]

    def page(self, request: Request) -> Response:
        """Return the page of a session; for the start of an id, the way to the whole of it."""
        given = request.path_params["id"]
        with suppress(StoreError), self._library.reader() as reader:
            meant = reader.meant(given)
            if meant not in (None, given):
                return redirected(request, meant)
        return pages.shell()

    def _answering(self, answer: Answer) -> Callable[[Request], Response]:
        def endpoint(request: Request) -> Response:
            with self._library.reader() as reader:
                made = {"version": self._pulse.version, **answer(reader, request)}
            return compressed(Reply(made), request)

        return endpoint

    def _session(self, request: Request) -> Response:
        given = request.path_params["id"]
        return self._kept(
            f"session {given}",
            request,
            lambda reader, version: one_session.session(reader, given, version=version),
        )

    def _names(self, request: Request) -> Response:
        return self._kept(
            "names",
            request,
            lambda reader, version: dumped({"version": version, **answers.names(reader)}),
        )

    def _choices(self, request: Request) -> Response:
        return self._kept(
            "choices",
            request,
            lambda reader, version: dumped({"version": version, **reader.choices()._asdict()}),
        )

    def _kept(
        self, question: str, request: Request, make: Callable[[SessionReader, int], str]
    ) -> Response:
        """Return a long answer, which is made once for each version of the store."""
        version = self._pulse.version

        def made() -> bytes:
            with self._library.reader() as reader:
                return make(reader, version).encode()

        return compressed(Reply(self._recent.answer(question, version, made)), request)

    def _about(self, reader: SessionReader, request: Request) -> dict[str, Any]:
        receivers = self._settings.receivers
        return {
            "version": __version__,
            "store": str(self._settings.store),
            "only_read": self._settings.only_read,
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
        unread = 0

        def find(sought: Sought) -> Collection[str]:
            nonlocal unread
            found: Collection[str] = self._library.find(sought.text)
            if sought.quoted:
                found, left = reader.saying(Phrase(sought.text), found, _PHRASE_SECONDS)
                unread = max(unread, left)
            return found

        wanted = session_filter(request.query_params, find)
        said = answers.sessions(reader, wanted, recount=self._settings.only_read)
        return {**said, "unread": unread}

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


def _paths(reader: SessionReader, request: Request) -> dict[str, Any]:
    return one_session.paths(reader, request.path_params["id"])
