"""Whose session the headers say, and where in its path."""

from __future__ import annotations

import asyncio
from typing import Any

from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF

from otel_helisession import current_session, session, set_session, step
from otel_helisession.http import instrument_httpx
from tests.collecting import CollectedSpans
from tests.http.conftest import Caller, announced
from tests.servers.echo import EchoServer

LOCAL = ["127.0.0.1"]


def test_unsampled_calls_have_headers(caller: Caller, echo: EchoServer) -> None:
    """The session is in the Context, whatever becomes of spans."""
    provider = TracerProvider(sampler=ALWAYS_OFF, shutdown_on_exit=False)
    instrument_httpx(allow_hosts=LOCAL, tracer_provider=provider)
    tracer = provider.get_tracer("test")
    with session("Trip", id="a", path="/trip"), tracer.start_as_current_span("unsampled"):
        caller.post(f"{echo.url}/v1/chat/completions", json={"model": "m", "messages": []})
    assert announced(echo.last.headers)["helicone-session-path"] == "/trip"


def test_the_path_in_the_header_is_the_path_on_the_span(
    caller: Caller, echo: EchoServer, spans: CollectedSpans
) -> None:
    """A unit of work named after its start no longer moves what was announced below it."""
    instrument_httpx(allow_hosts=LOCAL)
    from opentelemetry import trace

    tracer = trace.get_tracer("test")
    agent = {"gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "planner"}
    with session("Trip", path="/trip"), step("research"):
        with tracer.start_as_current_span("agent", attributes=agent):
            caller.post(f"{echo.url}/a")
        with tracer.start_as_current_span("late") as late:
            caller.post(f"{echo.url}/b")
            late.set_attributes(agent)
    paths = [announced(request.headers)["helicone-session-path"] for request in echo.requests]
    assert paths == ["/trip/research/planner", "/trip/research"]
    assert spans.one("agent").attributes["helicone.session.path"] == paths[0]
    assert spans.one("late").attributes["helicone.session.path"] == paths[1]


def test_a_session_passed_to_another_thread_goes_with_the_call(
    package: Any, echo: EchoServer
) -> None:
    """By set_session and attach, as for spans."""
    import threading

    from opentelemetry import context

    instrument_httpx(allow_hosts=LOCAL)
    with session("Trip", id="a"):
        carried = set_session(current_session())

    def work() -> None:
        token = context.attach(carried)
        package.get(echo.url)
        context.detach(token)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert announced(echo.last.headers)["helicone-session-id"] == "a"


def test_concurrent_tasks_keep_their_sessions_apart(package: Any) -> None:
    """One client, forty calls at once."""
    instrument_httpx(allow_hosts=["api.example.com"])

    async def answer(request: Any) -> Any:
        await asyncio.sleep(0)
        return package.Response(200, text=announced(request.headers)["helicone-session-id"])

    async def call(client: Any, number: int) -> bool:
        with session("Trip", id=f"run-{number}"):
            response = await client.get("https://api.example.com")
        return bool(response.text == f"run-{number}")

    async def main() -> list[bool]:
        async with package.AsyncClient(transport=package.MockTransport(answer)) as client:
            return await asyncio.gather(*(call(client, number) for number in range(40)))

    assert asyncio.run(main()) == [True] * 40


def test_a_live_span_of_a_session_is_enough_where_the_context_was_lost(
    caller: Caller, echo: EchoServer, spans: CollectedSpans
) -> None:
    """The current span's session is announced."""
    from opentelemetry import context, trace

    instrument_httpx(allow_hosts=LOCAL)
    with session("Trip", id="a", path="/trip"):
        span = trace.get_tracer("test").start_span("lost")
    token = context.attach(trace.set_span_in_context(span, context.Context()))
    caller.post(echo.url)
    context.detach(token)
    span.end()
    assert announced(echo.last.headers)["helicone-session-path"] == "/trip"
