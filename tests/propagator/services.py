"""Web services on loopback that hand a session on: Flask, FastAPI, Django, gRPC."""

from __future__ import annotations

import asyncio
import contextlib
import json
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from otel_helisession import current_session
from tests.propagator.conftest import instrumentor, module

Work = Callable[[], None]
"""What a service does while it answers, in its request's context."""


def told() -> str:
    """Return the session that is current in a service, as JSON."""
    found = current_session()
    return json.dumps(found and [found.name, found.id, found.path])


@contextlib.contextmanager
def flask_service(work: Work) -> Iterator[str]:
    """Run a Flask application with *work* in its only view, and yield its URL."""
    flask = module("flask")
    app = flask.Flask("shop")

    @app.get("/")
    def view() -> Any:
        work()
        return flask.Response(told(), mimetype="application/json")

    instrumented = instrumentor("flask.FlaskInstrumentor")
    instrumented.instrument_app(app)
    with _wsgi(app) as url:
        yield url
    instrumented.uninstrument_app(app)


@contextlib.contextmanager
def django_service(work: Work) -> Iterator[str]:
    """Run a Django application with *work* in its only view, and yield its URL."""
    module("django")
    from django.conf import settings
    from django.core.handlers.wsgi import WSGIHandler
    from django.http import HttpRequest, HttpResponse
    from django.urls import path

    def view(request: HttpRequest) -> HttpResponse:
        work()
        return HttpResponse(told())

    if not settings.configured:
        settings.configure(ALLOWED_HOSTS=["*"], ROOT_URLCONF=(), MIDDLEWARE=[])
    settings.ROOT_URLCONF = (path("", view),)
    instrumented = instrumentor("django.DjangoInstrumentor")
    instrumented.instrument()
    with _wsgi(WSGIHandler()) as url:
        yield url
    instrumented.uninstrument()


@contextlib.contextmanager
def _wsgi(app: Any) -> Iterator[str]:
    from wsgiref.simple_server import WSGIRequestHandler, make_server

    class Quiet(WSGIRequestHandler):
        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    server = make_server("127.0.0.1", 0, app, handler_class=Quiet)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()
    thread.join(5)


@contextlib.contextmanager
def fastapi_service(work: Work) -> Iterator[str]:
    """Run a FastAPI application with *work* in its only route, and yield its URL."""
    fastapi, uvicorn = module("fastapi"), module("uvicorn")
    app = fastapi.FastAPI()

    @app.get("/")
    def view() -> Any:
        work()
        return fastapi.Response(told())

    instrumented = instrumentor("fastapi.FastAPIInstrumentor")
    instrumented.instrument_app(app)
    config = uvicorn.Config(app, port=0, log_level="error", lifespan="off", ws="none")
    server = uvicorn.Server(config)
    listening = config.bind_socket()
    listening.listen()
    thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listening.getsockname()[1]}/"
    server.should_exit = True
    thread.join(5)
    listening.close()
    instrumented.uninstrument_app(app)


@contextlib.contextmanager
def grpc_service(work: Work) -> Iterator[Callable[..., str]]:
    """Run a gRPC server with *work* in its only method, and yield a function that calls it."""
    grpc = module("grpc")

    def answer(request: bytes, context: Any) -> bytes:
        work()
        return told().encode()

    instrumented = [
        instrumentor("grpc.GrpcInstrumentorServer"),
        instrumentor("grpc.GrpcInstrumentorClient"),
    ]
    for one in instrumented:
        one.instrument()
    handler = grpc.method_handlers_generic_handler(
        "demo.Shop", {"Buy": grpc.unary_unary_rpc_method_handler(answer)}
    )
    with ThreadPoolExecutor(2) as pool:
        server = grpc.server(pool, handlers=[handler])
        port = server.add_insecure_port("127.0.0.1:0")
        server.start()
        with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
            buy = channel.unary_unary("/demo.Shop/Buy")
            yield lambda **options: buy(b"", timeout=10, **options).decode()
        server.stop(None).wait(5)
    for one in instrumented:
        one.uninstrument()


@contextlib.contextmanager
def grpc_aio_service(work: Work) -> Iterator[Callable[..., str]]:
    """As grpc_service, with gRPC's asyncio server and client; each call has both of its own."""
    grpc = module("grpc")
    instrumented = [
        instrumentor("grpc.GrpcAioInstrumentorServer"),
        instrumentor("grpc.GrpcAioInstrumentorClient"),
    ]
    for one in instrumented:
        one.instrument()

    async def answer(request: bytes, context: Any) -> bytes:
        work()
        return told().encode()

    async def call(**options: Any) -> str:
        handler = grpc.method_handlers_generic_handler(
            "demo.Shop", {"Buy": grpc.unary_unary_rpc_method_handler(answer)}
        )
        server = grpc.aio.server(handlers=[handler])
        port = server.add_insecure_port("127.0.0.1:0")
        await server.start()
        async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
            answered = await channel.unary_unary("/demo.Shop/Buy")(b"", timeout=10, **options)
        await server.stop(None)
        return bytes(answered).decode()

    yield lambda **options: asyncio.run(call(**options))
    for one in instrumented:
        one.uninstrument()
