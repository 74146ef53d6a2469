"""Text from users' data, made safe: cleaned, bounded and, for headers, encoded; never refused.

Helicone groups requests by the exact pair of session id and name, so one function encodes
for HTTP headers and for the ``meta`` of a log alike.
"""

from __future__ import annotations

import logging
import re
from functools import lru_cache
from typing import Final
from urllib.parse import quote, unquote

from otel_helisession.guard import once

MAX_ID_CHARS: Final = 200
"""Longest session or user id. Langfuse drops longer ones, the strictest reader that we know."""

MAX_NAME_CHARS: Final = 200
"""Longest session name: it is a type of session, read in a list."""

MAX_ENCODED_CHARS: Final = 1_000
"""Longest encoded header value. Servers commonly refuse 8 kB of headers in all, and a
request of the user's must never fail because of ours."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
_PERCENT = re.compile(r"%(?=[0-9A-Fa-f]{2})")
_NAME_CHARS = re.compile(r"[^A-Za-z0-9._-]+")
_PRINTABLE: Final = "".join(chr(code) for code in range(0x20, 0x7F))


def is_plain(text: str) -> bool:
    """Tell whether *text* needs no cleaning and no encoding: printable ASCII, no outer blanks."""
    return (
        text.isascii()
        and text.isprintable()
        and "%" not in text
        and text[:1] != " "
        and text[-1:] != " "
    )


def clean(text: str) -> str:
    """Return *text* without control characters and outer blanks, as a plain str."""
    if text.__class__ is not str:  # an enum's member, say
        text = str.__str__(text)
    return text.strip() if text.isprintable() else _CONTROL.sub("", text).strip()


@lru_cache(maxsize=1_024)
def clean_name(name: str) -> str:
    """Return a session name: clean, at most MAX_NAME_CHARS characters."""
    cleaned = clean(name)
    if len(cleaned) > MAX_NAME_CHARS:
        once(
            ("name", "long"),
            logging.WARNING,
            "a session name was longer than %d characters; it was cut",
            MAX_NAME_CHARS,
        )
        cleaned = cleaned[:MAX_NAME_CHARS].rstrip()
    return cleaned


def clean_id(identifier: str) -> str:
    """Return a session or user id: clean, and bounded so that different ids stay different.

    An id that is too long keeps its start and ends in a digest of the whole.
    """
    cleaned = clean(identifier)
    if len(cleaned) <= MAX_ID_CHARS and (cleaned.isascii() or len(encode(cleaned)) < 800):
        return cleaned
    once(
        ("id", "long"),
        logging.WARNING,
        "an id was longer than %d characters; it was replaced by its start and a digest",
        MAX_ID_CHARS,
    )
    import hashlib  # with OpenSSL, which takes 2 ms to load, for ids that nobody should have

    digest = hashlib.sha256(cleaned.encode()).hexdigest()[:32]
    start = cleaned[: MAX_ID_CHARS - 33] if cleaned.isascii() else cleaned[:40]
    return f"{start}-{digest}"


def clean_property_name(name: str) -> str:
    """Return *name* as HTTP header characters (letters, digits, ``.``, ``_``, ``-``).

    Other runs become one ``-``; the result may be empty.
    """
    return _NAME_CHARS.sub("-", name).strip("-")[:100]


def encode(text: str) -> str:
    """Return *text* as a header value: printable ASCII, at most MAX_ENCODED_CHARS characters.

    Printable ASCII stays; control characters go; everything else, and a ``%`` that stands
    before two hexadecimal digits, is percent-encoded as UTF-8. :func:`decode` undoes it.
    """
    if is_plain(text) and len(text) <= MAX_ENCODED_CHARS:
        return text
    escaped = _PERCENT.sub("%25", clean(text))
    encoded = quote(escaped, safe=_PRINTABLE)
    if len(encoded) <= MAX_ENCODED_CHARS:
        return encoded
    return _cut_encoded(escaped)


def fits(text: str) -> bool:
    """Tell whether the clean *text* fits a header value as a whole."""
    return len(quote(_PERCENT.sub("%25", text), safe=_PRINTABLE)) <= MAX_ENCODED_CHARS


def _cut_encoded(escaped: str) -> str:
    """Encode as many whole characters as fit, never half of an escape."""
    parts: list[str] = []
    length = 0
    for part in re.findall(r"%25|.", escaped, re.DOTALL):
        encoded = part if part == "%25" else quote(part, safe=_PRINTABLE)
        length += len(encoded)
        if length > MAX_ENCODED_CHARS:
            break
        parts.append(encoded)
    return "".join(parts).rstrip()


def decode(value: str) -> str:
    """Return the text that :func:`encode` made *value* from, cleaned."""
    return clean(unquote(value, errors="replace")) if "%" in value else clean(value)
