"""One reader over all conventions: a span in, an Operation out.

A convention is a module with the names of :class:`Convention`. The order of
:data:`CONVENTIONS` is the precedence where several speak of one span: the first says what
the span is and where it hangs, the others fill what it leaves out.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final, Protocol

from opentelemetry.sdk.trace import ReadableSpan

from otel_helisession import semconv
from otel_helisession.conventions.attributes.torn import TornJson
from otel_helisession.conventions.attributes.values import Attributes
from otel_helisession.conventions.content import Content
from otel_helisession.conventions.dialects import (
    adk,
    claude_code,
    database,
    doubles,
    genai,
    genai_legacy,
    helisession,
    http,
    laminar,
    langfuse,
    langsmith,
    livekit,
    logfire,
    mcp,
    mlflow,
    openinference,
    openlit,
    pydantic_ai,
    traceloop,
    vector_families,
    vercel,
)
from otel_helisession.conventions.failing import failure
from otel_helisession.conventions.merging import merged
from otel_helisession.conventions.operation import Kind, Operation, changed
from otel_helisession.conventions.reading import Reading


class Convention(Protocol):
    """What a module of a convention offers.

    Attributes:
        NAME: What it is called in ``Operation.convention``.
        FAMILIES: The first words (up to a dot) of the attributes by which it can be
            recognised; spans that have none of them are not shown to it.
        CONTENT: Which of its attributes an exporter with ``capture_content=False`` leaves out.
    """

    NAME: str
    FAMILIES: frozenset[str]
    CONTENT: Content

    def kind(self, attributes: Attributes) -> Kind | None:
        """Return what a span with *attributes* is, in a microsecond; None: it does not speak
        this convention, or does not say. Called when spans start, too."""

    def segment(self, name: str, attributes: Attributes) -> str | None:
        """Return what a span named *name*, of which kind() knows, adds to the path; None
        while it has not said enough."""

    def read(self, span: ReadableSpan, said: Reading) -> Operation | None:
        """Return what the finished *span* says; None when it does not speak this convention."""


CONVENTIONS: Final[tuple[Convention, ...]] = (
    helisession,
    doubles,  # before genai, in whose words they claim to be calls
    langsmith,  # before genai, whose operation name it writes and gets wrong
    genai,
    openinference,
    langfuse,
    traceloop,
    pydantic_ai,
    logfire,
    vercel,
    mlflow,
    adk,
    laminar,
    livekit,
    claude_code,
    openlit,
    mcp,
    vector_families,
    genai_legacy,
    database,
    http,
)

_STRUCTURE: Final = Operation()
_TORN: Final = TornJson(one.CONTENT for one in CONVENTIONS)


def attributes_of(span: ReadableSpan) -> dict[str, Any]:
    """Return a copy of the span's attributes, as cheaply as the SDK allows."""
    return plain(span.attributes)


def plain(attributes: Any) -> dict[str, Any]:
    """Return a copy of what ``span.attributes`` gave, as cheaply as the SDK allows."""
    copy = getattr(attributes, "copy", None)
    made: dict[str, Any] = dict(attributes or {}) if copy is None else copy()
    return made


def is_pending(span: ReadableSpan) -> bool:
    """Tell whether *span* is only Logfire's note that one has started, to be stored nowhere."""
    return doubles.is_pending(span.attributes or {})


def kind(attributes: Attributes) -> Kind | None:
    """Return what a span with these attributes is; None while nobody says."""
    for convention in _speaking(attributes):
        found = convention.kind(attributes)
        if found is not None:
            return found
    return None


def segment(span: ReadableSpan) -> str | None:
    """Return what *span* adds to the session path; None while no convention describes it."""
    attributes = attributes_of(span)
    for convention in _speaking(attributes):
        if convention.kind(attributes) is not None:
            return convention.segment(span.name, attributes)
    return None


def read(span: ReadableSpan) -> Operation:
    """Return what the finished *span* says. Never raises on what libraries write."""
    attributes = attributes_of(span)
    said = Reading(attributes)
    found = []
    for convention in _speaking(attributes):
        operation = convention.read(span, said)
        if operation is not None:
            found.append(operation)
            talk = operation.conversation
            said.talked = said.talked or bool(talk.input and talk.output)
    operation = merged(found) if found else _STRUCTURE
    if found:
        said.unread.update(dict.fromkeys(_TORN.names(attributes)))
    return changed(
        operation,
        failure=failure(span, said),
        server=said.text(semconv.SERVER_ADDRESS),
        helicone_id=said.text(semconv.HELICONE_ID),
        unread=tuple(said.unread),
    )


def _speaking(attributes: Attributes) -> tuple[Convention, ...]:
    """Return the conventions that may know a span with *attributes*, in their order.

    Half a microsecond, because spans of one kind have the same names: a span is shown to the
    two or three that its names hint at.
    """
    return _speaking_of(tuple(attributes))


@lru_cache(maxsize=1_024)
def _speaking_of(names: tuple[str, ...]) -> tuple[Convention, ...]:
    marks = 0
    for name in names:
        marks |= _mark(name)
    return _marked(marks)


@lru_cache(maxsize=8_192)
def _mark(name: str) -> int:
    """Return one bit for each convention that looks at attributes like *name*."""
    return _mark_of(name.partition(".")[0])


@lru_cache(maxsize=1_024)
def _mark_of(family: str) -> int:
    """Return the same for all names of a *family*: 16,000 numbered names are no work."""
    return sum(1 << at for at, one in enumerate(CONVENTIONS) if family in one.FAMILIES)


@lru_cache(maxsize=1_024)
def _marked(marks: int) -> tuple[Convention, ...]:
    return tuple(one for at, one in enumerate(CONVENTIONS) if marks >> at & 1)
