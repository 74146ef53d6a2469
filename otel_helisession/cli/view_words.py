"""What `helisession view` says when it has started: where it is, and three ways to send spans."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from otel_helisession.viewer.settings import Settings


def address(host: str, port: int, token: str | None) -> str:
    """Return where the viewer is, as this machine reaches it, with the token if there is one."""
    name = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)
    return f"http://{name}:{port}/" + (f"?token={token}" if token else "")


def greeting(place: str, settings: Settings, problems: Sequence[str]) -> str:
    """Return the lines that are printed once the viewer answers."""
    return "\n".join(_lines(place, settings, problems))


def _lines(place: str, settings: Settings, problems: Sequence[str]) -> Iterator[str]:
    yield f"Sessions: {place}"
    yield f"Store:    {settings.store}"
    yield ""
    receivers, token = settings.receivers, settings.policy.token
    if settings.only_read:
        yield "The store can only be read: no spans are taken, and a search does not look into"
        yield "messages and paths. Another store: --store FILE"
        yield ""
        yield "Ctrl-C ends it."
        return
    yield "Ways to send spans:"
    yield "  Python          otel_helisession.configure()   or: helisession run -- python app.py"
    if receivers.otlp_http:
        yield f"  any language    OTEL_EXPORTER_OTLP_ENDPOINT={receivers.otlp_http}"
    if receivers.otlp_grpc:
        yield f"    over gRPC     OTEL_EXPORTER_OTLP_ENDPOINT={receivers.otlp_grpc}"
    if token and (receivers.otlp_http or receivers.otlp_grpc):
        yield f"    with          OTEL_EXPORTER_OTLP_HEADERS=Authorization=Bearer%20{token}"
    if receivers.helicone:
        yield f"  Helicone's loggers, with their URL set to {receivers.helicone}"
        theirs = f'HeliconeManualLogger(logging_endpoint="{receivers.otlp_http}", ...)'
        yield f"    in Python     {theirs}"
    yield from (f"Not listening: {problem}" for problem in problems)
    yield ""
    yield "Ctrl-C ends it."
