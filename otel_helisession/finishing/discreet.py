"""A span without content, for exporters with ``capture_content=False``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.trace import Link

from otel_helisession import environment
from otel_helisession import environment_variables as names
from otel_helisession.conventions import reader
from otel_helisession.conventions.discretion import plain_attributes, plain_events
from otel_helisession.finishing.finished import FinishedSpan

SUFFIX: Final = " without content"
"""What the name of a destination ends with that gets none: a spool gives its spans to no other."""

_SHORTEST: Final = 8
_GONE: Final = "…"


def captures_content(given: bool | None) -> bool:
    """Return whether an exporter sends content: as *given*, else as the environment says.

    Raises:
        TypeError: *given* is neither a boolean nor None.
        ValueError: ``HELISESSION_CAPTURE_CONTENT`` has a value that is not accepted.
    """
    if given is None:
        return environment.flag(names.HELISESSION_CAPTURE_CONTENT, default=True)
    if not isinstance(given, bool):
        raise TypeError(f"capture_content must be a bool or None, not {type(given).__name__}")
    return given


def without_content(span: ReadableSpan) -> FinishedSpan:
    """Return the finished *span* without messages, prompts, arguments, results, queries,
    documents and data: in attributes, events, links, and where its name repeats them.

    Error text stays.
    """
    attributes = reader.attributes_of(span)
    kept = plain_attributes(attributes)
    return FinishedSpan(
        span,
        kept,
        name=_name(span.name, attributes, kept) if len(kept) < len(attributes) else None,
        parent=span.parent,
        events=plain_events(span.events) if span.events else (),
        links=[Link(link.context, plain_attributes(link.attributes or {})) for link in span.links],
        cleaning=span.cleaning if isinstance(span, FinishedSpan) else None,
    )


def _name(name: str, attributes: Mapping[str, Any], kept: Mapping[str, Any]) -> str:
    """Return *name* without what it repeats of content: some name a span by its prompt."""
    for key, value in attributes.items():
        if key not in kept and isinstance(value, str) and _SHORTEST <= len(value) <= len(name):
            name = name.replace(value, _GONE)
    return name
