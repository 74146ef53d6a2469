"""The exporters that a configuration names: which they are, and where each one sends."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MethodType
from typing import Final

from opentelemetry.sdk.trace.export import SpanExporter

from otel_helisession import environment
from otel_helisession import environment_variables as names
from otel_helisession.extras import installing
from otel_helisession.finishing import SUFFIX, captures_content
from otel_helisession.redaction import redact

EXPORTERS: Final = ("otlp", "session_trace", "helicone", "local", "none")
"""What may be named as an exporter."""


class UnknownDestination(ValueError):
    """Spans were kept for an exporter that a program made itself."""


def chosen(
    given: Iterable[str | SpanExporter] | None, store: str | None, key: str | None
) -> list[str | SpanExporter]:
    """Return which exporters were asked for, checked."""
    if given is None:
        given = environment.items(names.HELISESSION_EXPORTERS)
        source = names.HELISESSION_EXPORTERS
    else:
        source = "exporters"
        if isinstance(given, str):
            raise TypeError(
                f"exporters takes a sequence, as in [{redact(repr(given))}], not a text"
            )
    if given is None:
        return list(_default_exporters(store, key))
    listed = list(given)
    for exporter in listed:
        known = exporter in EXPORTERS if isinstance(exporter, str) else hasattr(exporter, "export")
        if not known:
            raise ValueError(
                f"{source} has {redact(repr(exporter))}; accepted: {', '.join(EXPORTERS)}"
                + ("" if source.isupper() else ", and span exporters")
            )
    if "none" in listed and len(listed) > 1:
        raise ValueError(f"{source} has 'none' beside others; give it alone")
    return listed


def _default_exporters(store: str | None, key: str | None) -> Iterable[str]:
    if environment.text("OTEL_EXPORTER_OTLP_ENDPOINT") or environment.text(
        "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"
    ):
        yield "otlp"
        found = True
    else:
        found = False
    if key or environment.text(names.HELICONE_API_KEY):
        yield "helicone"
        found = True
    if store or not found:
        yield "local"


def exporters(
    chosen: Sequence[str | SpanExporter],
    store: str | None,
    key: str | None,
    capture_content: bool | None = None,
) -> tuple[list[SpanExporter], list[str]]:
    """Make the exporters, and say where each one sends.

    Without content, those of a program's own get none either; ours say so themselves.
    """
    has_content = captures_content(capture_content)
    makers: Mapping[str, Callable[[], tuple[SpanExporter, str]]] = {
        "otlp": lambda: otlp(has_content),
        "session_trace": _session_trace,
        "helicone": lambda: _helicone(key, has_content),
        "local": lambda: _local(store, has_content),
    }
    made: list[SpanExporter] = []
    destinations: list[str] = []
    for exporter in chosen:
        if exporter == "none":
            continue
        if isinstance(exporter, str):
            ready, destination = makers[exporter]()
        else:
            ready, destination = _discreet(exporter, has_content), type(exporter).__name__
        made.append(ready)
        destinations.append(destination)
    return made, destinations


def exporter_for(destination: str) -> tuple[SpanExporter, str]:
    """Make the exporter by which spans go that were kept for *destination*.

    Args:
        destination: What a spool calls it: the name or the class of one of the exporters that
            can be named, and perhaps where it sends. To another place than that nothing goes.

    Returns:
        The exporter, and where it sends.

    Raises:
        UnknownDestination: No such exporter can be named.
        ValueError: Its variables are wrong.
        ImportError: It needs an extra.
    """
    has_content = not destination.endswith(SUFFIX)
    first, _, address = destination.removesuffix(SUFFIX).partition(" ")
    name = _CLASSES.get(first, first)
    if name == "helicone" and address:
        return _helicone_at(address, destination, has_content), f"Helicone at {address}"
    if name == "local" and os.path.isabs(address):
        return _local(address, has_content)
    if name == "session_trace" and _CLASSES.get(address, address) in ("", "otlp"):
        return _session_trace(owner=False)
    if name not in EXPORTERS or name == "none" or address:
        raise UnknownDestination(
            f"{destination!r} is an exporter of a program's own, which cannot be made here"
        )
    made, places = exporters([name], None, None, None if has_content else False)
    return made[0], places[0]


_CLASSES: Final[Mapping[str, str]] = {
    "OTLPSpanExporter": "otlp",
    "SessionTraceExporter": "session_trace",
    "HeliconeSpanExporter": "helicone",
    "LocalSpanExporter": "local",
}
"""The classes of the exporters that can be named, as a spool knows them."""


def _discreet(exporter: SpanExporter, has_content: bool) -> SpanExporter:
    """Return *exporter* such that it gets no content, if it shall get none."""
    if has_content or isinstance(getattr(exporter, "spooled", None), MethodType):
        return exporter
    from otel_helisession.exporters.session_span import SessionSpanExporter

    return SessionSpanExporter(exporter, capture_content=False)


def _helicone_at(address: str, destination: str, has_content: bool) -> SpanExporter:
    """Make the exporter for the endpoint that is shown as *address*.

    What is shown lacks what may be secret, so the environment's is taken where it is the same.
    """
    from otel_helisession.exporters.helicone import HeliconeSpanExporter

    made = HeliconeSpanExporter(capture_content=has_content)
    if made.destination == destination:
        return made
    return HeliconeSpanExporter(endpoint=address, capture_content=has_content)


def _session_trace(owner: bool | None = None) -> tuple[SpanExporter, str]:
    """Make the exporter of one trace a session, to where OTLP goes."""
    from otel_helisession.session_trace.exporter import SessionTraceExporter

    exporter, place = otlp(has_content=True)  # which it does not send
    return SessionTraceExporter(exporter, owner=owner), f"one trace a session, {place}"


def otlp(has_content: bool) -> tuple[SpanExporter, str]:
    """Make the exporter that the standard OTLP variables describe, and say where it sends.

    Raises:
        ValueError: A variable is wrong.
        ImportError: It needs an extra.
    """
    endpoint = environment.text("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") or environment.text(
        "OTEL_EXPORTER_OTLP_ENDPOINT"
    )
    protocol = (
        environment.text("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL")
        or environment.text("OTEL_EXPORTER_OTLP_PROTOCOL")
        or _usual_protocol(endpoint)
    )
    exporter: type[SpanExporter]
    try:
        if protocol == "grpc":
            from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import (
                OTLPSpanExporter as exporter,
            )
        elif protocol == "http/protobuf":
            from opentelemetry.exporter.otlp.proto.http.trace_exporter import (
                OTLPSpanExporter as exporter,
            )
        else:
            raise ValueError(
                f"OTEL_EXPORTER_OTLP_PROTOCOL is {protocol!r}; accepted: grpc, http/protobuf"
            )
    except ImportError as error:
        raise ImportError(f"the otlp exporter needs an extra: {installing('otlp')}") from error
    return _discreet(
        exporter(), has_content
    ), f"OTLP over {protocol} at {endpoint or 'the default endpoint'}"


def _usual_protocol(endpoint: str | None) -> str:
    """Return what is spoken on the endpoint's port: 4318 is OTLP's for HTTP, where gRPC, the
    Python SDK's default, would lose everything."""
    return "http/protobuf" if endpoint and re.search(r":4318(/|$)", endpoint) else "grpc"


def _helicone(key: str | None, has_content: bool) -> tuple[SpanExporter, str]:
    from otel_helisession.exporters.helicone import HeliconeSpanExporter

    exporter = HeliconeSpanExporter(api_key=key, capture_content=has_content)
    return exporter, "Helicone"


def _local(store: str | None, has_content: bool) -> tuple[SpanExporter, str]:
    from otel_helisession.exporters.local import LocalSpanExporter

    exporter = LocalSpanExporter(store, capture_content=has_content)
    return exporter, f"the embedded store at {exporter.path} (see: helisession ls)"
