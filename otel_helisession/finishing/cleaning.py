"""Cleaning: what is done to every text of a span before it leaves: secrets, media, length."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import Event
from opentelemetry.trace import Link, Status

from otel_helisession import semconv
from otel_helisession.conventions.attributes.shortening import shortened_text
from otel_helisession.finishing.media import described, may_hold_media, without_media
from otel_helisession.finishing.shared import SharedResource
from otel_helisession.guard import once
from otel_helisession.redaction import MASK, redact, redact_query, treatment
from otel_helisession.redaction.secrets import SHORT, redact_long
from otel_helisession.redaction.shape import shape

Redact = Callable[[str, str], str]
"""A user's own masking: given the name of an attribute and a text in it, the text to send."""

MAX_VALUE_CHARS: Final = 1_000_000
"""Longest text of one attribute. The largest prompts that models take today (200,000 tokens) have
about 800,000 characters; a Collector refuses a gRPC call of more than 4 MB, and with it every
span in it, so that no value may fill one alone."""

_MAX_DEPTH: Final = 64
"""Deepest structured value; deeper ones are masked, because nobody looks there."""

_MAX_RESOURCES: Final = 64

_MAX_REMEMBERED: Final = 8_192

_NUMBERS: Final = frozenset({int, float, bool})

_CLEAN: Final[set[str]] = set()
"""Short texts in which there is no secret, whatever plain name they stand under."""

_PLAIN: Final[set[str]] = set()
"""Names whose short texts are treated as any text."""

_NOTHING: Final[frozenset[str]] = frozenset()

SPAN_NAME: Final = "span.name"
STATUS_DESCRIPTION: Final = "otel.status_description"
"""Under these names a user's function gets what is no attribute."""

_IDENTITY: Final = frozenset(
    {
        semconv.SESSION_ID,
        semconv.SESSION_PATH,
        semconv.SESSION_NAME,
        semconv.SESSION_BUCKET,
        semconv.REQUEST_TYPE,
        semconv.OTEL_SESSION_ID,
    }
)
"""What groups spans, and has gone out in headers already: no user's function gets it."""


@dataclass(frozen=True)
class Cleaning:
    """How texts are cleaned. Known secrets always go; values that compare equal do the same.

    Attributes:
        redact: A user's function for what only the user knows to be secret. Called for every
            text of a span, in the background, from one thread at a time. When it raises, or
            does not return text, the mask stands in the text's place, and one line is logged.
        max_value_chars: Longest text of one value, from 1,000 on; None: any.
        keep_media: Whether base64 media stay; else a note of their type, size and hash does.

    Raises:
        TypeError: *redact* is no function, or another argument has the wrong type.
        ValueError: *max_value_chars* is too small.
    """

    redact: Redact | None = None
    max_value_chars: int | None = MAX_VALUE_CHARS
    keep_media: bool = False
    _resources: dict[int, tuple[Resource, Resource]] = field(
        default_factory=dict, compare=False, repr=False
    )

    def __post_init__(self) -> None:
        if self.redact is not None and not callable(self.redact):
            raise TypeError(
                "redact must be a function of an attribute's name and a text in it, "
                f"not {type(self.redact).__name__}"
            )
        chars = self.max_value_chars
        if chars is not None and (isinstance(chars, bool) or not isinstance(chars, int)):
            raise TypeError(f"max_value_chars must be an int or None, not {type(chars).__name__}")
        if chars is not None and chars < 1_000:
            raise ValueError(f"max_value_chars is {chars}; it must be at least 1000, or None")
        if not isinstance(self.keep_media, bool):
            raise TypeError(f"keep_media must be a bool, not {type(self.keep_media).__name__}")

    def changes(self, attributes: Mapping[str, Any]) -> dict[str, Any]:
        """Return only what must change in *attributes*: name to clean value. Usually empty."""
        made: dict[str, Any] = {}
        known = _CLEAN if self.redact is None else _NOTHING
        for name, value in attributes.items():
            kind = type(value)
            if kind is str:
                if value in known and name in _PLAIN:
                    continue
            elif kind in _NUMBERS:
                continue
            clean = self._value(name, value, 0)
            if clean is not value:
                made[name] = clean
            elif kind is str and len(value) <= SHORT and treatment(name) == "plain":
                _remember(name, value)
        return made

    def text(self, name: str, text: str) -> str:
        """Return *text*, which stands under *name*, clean."""
        if len(text) <= SHORT:
            clean = redact(text)
        else:
            its_shape = shape(text)
            if not self.keep_media and may_hold_media(its_shape):
                found = without_media(text)
                if found != text:
                    text, its_shape = found, shape(found)
            clean = redact_long(text, its_shape)
        if self.redact is not None and name not in _IDENTITY:
            clean = self._redacted(name, clean)
        if self.max_value_chars is not None and len(clean) > self.max_value_chars:
            clean = shortened_text(clean, self.max_value_chars)
        return clean

    def events(self, events: Sequence[Event]) -> Sequence[Event]:
        """Return the *events* clean; the same object when nothing must change."""
        found = False
        copies: list[Event] = []
        for event in events:
            changes = self.changes(event.attributes) if event.attributes else None
            if changes:
                found = True
                attributes = {**(event.attributes or {}), **changes}
                event = Event(event.name, attributes, event.timestamp)
            copies.append(event)
        return copies if found else events

    def links(self, links: Sequence[Link]) -> Sequence[Link]:
        """Return the *links* clean; the same object when nothing must change."""
        found = False
        copies: list[Link] = []
        for link in links:
            changes = self.changes(link.attributes) if link.attributes else None
            if changes:
                found = True
                link = Link(link.context, {**(link.attributes or {}), **changes})
            copies.append(link)
        return copies if found else links

    def status(self, status: Status) -> Status:
        """Return *status* with a clean description."""
        if not status.description:
            return status
        clean = self.text(STATUS_DESCRIPTION, status.description)
        return status if clean == status.description else Status(status.status_code, clean)

    def resource(self, resource: Resource) -> Resource:
        """Return *resource* clean: command lines with keys in them are among its attributes.

        Looked at once: it is a process's, and on all of its spans.
        """
        known = self._resources.get(id(resource))
        if known is not None and known[0] is resource:
            return known[1]
        changes = self.changes(resource.attributes)
        clean = SharedResource(
            Resource({**resource.attributes, **changes}, resource.schema_url)
            if changes
            else resource
        )
        if len(self._resources) >= _MAX_RESOURCES:
            self._resources.clear()
        self._resources[id(resource)] = (resource, clean)
        return clean

    def _value(self, name: str, value: Any, depth: int) -> Any:
        """Return *value* itself when nothing in it must change."""
        if value is None or isinstance(value, (bool, int, float)):
            return value
        how = treatment(name)
        if how == "masked":
            return value if value == MASK else MASK
        if isinstance(value, str):
            clean = self.text(name, redact_query(value) if how == "query" else value)
            return value if clean == value else clean
        return self._structure(name, value, depth + 1)

    def _structure(self, name: str, value: Any, depth: int) -> Any:
        if depth > _MAX_DEPTH:
            return MASK
        if isinstance(value, (bytes, bytearray)):
            return self._bytes(name, bytes(value))
        if isinstance(value, Mapping):
            made = {key: self._entry(name, key, item, depth) for key, item in value.items()}
            changed = any(made[key] is not item for key, item in value.items())
            return made if changed else value
        if isinstance(value, Sequence):
            items = [self._value(name, item, depth) for item in value]
            changed = any(new is not old for new, old in zip(items, value, strict=True))
            if not changed:
                return value
            return items if isinstance(value, list) else tuple(items)
        return value

    def _entry(self, name: str, key: Any, item: Any, depth: int) -> Any:
        """Return an entry of a mapping: its own name may say that it is secret."""
        if isinstance(key, str) and treatment(key) == "masked":
            return self._value(key, item, depth)
        return self._value(name, item, depth)

    def _bytes(self, name: str, value: bytes) -> Any:
        if not self.keep_media and len(value) > 256:
            return described("application/octet-stream", value)
        text = value.decode("latin-1")
        return value if self.text(name, text) == text else MASK

    def _redacted(self, name: str, text: str) -> str:
        assert self.redact is not None
        try:
            found = self.redact(name, text)
            if isinstance(found, str):
                return found
            problem = f"returned {type(found).__name__}, not text"
        except Exception as error:
            problem = f"failed with {type(error).__name__}"
        once(
            ("redact", id(self.redact)),
            logging.ERROR,
            "the redact function %s, first for %s; the texts for which it does leave as %s. "
            "Your program is not affected.",
            problem,
            name,
            MASK,
        )
        return MASK


def _remember(name: str, value: str) -> None:
    """Note that *value* is clean under names that are treated as *name* is: short texts are
    names mostly, and come again and again."""
    for one, known in ((name, _PLAIN), (value, _CLEAN)):
        if len(known) >= _MAX_REMEMBERED:
            known.clear()
        known.add(one)


DEFAULT: Final = Cleaning()
"""What everything goes through that leaves by an exporter of ours."""
