"""Phrase: words that stand side by side, and the sessions in which they do.

The search index knows which session has which words, not where. So of the sessions that have
all of a phrase's words the spans themselves are read, the last started first.
"""

from __future__ import annotations

import json
import re
import sqlite3
import time
import unicodedata
import zlib
from collections.abc import Collection, Iterable
from contextlib import closing
from typing import Any, Final

from otel_helisession.store import body, indexing
from otel_helisession.store.search import LEAST_BEGINNING, WORD, spaced

_NEWEST_FIRST: Final = (
    "SELECT session_id FROM sessions WHERE session_id IN (SELECT value FROM json_each(?))"
    " ORDER BY start_unix_nano DESC"
)
_ESCAPE: Final = b"\\u"
"""What a body of ASCII has where somebody wrote anything else."""


class Phrase:
    """What somebody searches for in quotation marks; the last word may be the beginning of one.

    Case, accents, and what stands between words do not matter.

    Args:
        text: The phrase, without its quotation marks.
    """

    def __init__(self, text: str) -> None:
        plain = _plain(text)
        self._words = plain.split()
        begins = text[-1:].isalnum() and len((self._words or [""])[-1]) >= LEAST_BEGINNING
        self._sought = f" {plain}" if begins else f" {plain} "
        self._raw = [word.encode() for word in self._words]

    @property
    def is_one_word(self) -> bool:
        """Whether the index alone knows where it is."""
        return len(self._words) < 2

    def is_in(self, texts: Iterable[str]) -> bool:
        """Tell whether one of *texts* has it."""
        return any(self._sought in f" {_plain(text)} " for text in texts)

    def may_be_in(self, raw: bytes) -> bool:
        """Tell whether the span of this body, unpacked as far as JSON, can have it."""
        lower = raw.lower()
        return _ESCAPE in raw or all(word in lower for word in self._raw)


def saying(
    connection: sqlite3.Connection,
    phrase: Phrase,
    session_ids: Collection[str],
    seconds: float | None = None,
) -> tuple[set[str], int]:
    """Return the sessions that have *phrase*, and how many were not looked at. 30 µs a span.

    Args:
        connection: To the store.
        phrase: What is searched for.
        session_ids: The sessions that have all its words.
        seconds: How long to look, at most; None: until all are looked at.
    """
    if phrase.is_one_word:
        return set(session_ids), 0
    rows = connection.execute(_NEWEST_FIRST, (json.dumps(list(session_ids)),)).fetchall()
    until = None if seconds is None else time.monotonic() + seconds
    found: set[str] = set()
    for place, (session_id,) in enumerate(rows):
        if until is not None and time.monotonic() > until:
            return found, len(rows) - place
        with closing(connection.execute(indexing.OF_SESSION, (session_id,))) as spans:
            if any(_says(phrase, span) for span in spans):
                found.add(session_id)
    return found, 0


def _says(phrase: Phrase, span: tuple[Any, ...]) -> bool:
    _, _, *columns, packed = span
    if phrase.is_in(column for column in columns if column):
        return True
    if packed is None or not phrase.may_be_in(zlib.decompress(packed)):
        return False
    return phrase.is_in(indexing.words(body.unpack(packed)))


def _plain(text: str) -> str:
    """Return the words of *text* as the index has them, with a blank between."""
    if not text.isascii():
        text = unicodedata.normalize("NFKD", spaced(text))
        text = _ACCENTS.sub("", text).casefold()
    return " ".join(WORD.findall(text.lower()))


_ACCENTS: Final = re.compile("[\u0300-\u036f]")
