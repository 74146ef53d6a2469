"""Pictures, sound and documents in texts: base64, replaced by what they are, how large, and
their hash, by which two of them can be compared."""

from __future__ import annotations

import re
from base64 import b64decode
from re import Match
from typing import Any, Final

from otel_helisession.redaction.shape import has_run, has_value

_RUN: Final = 64
"""So many characters of base64 beside each other are looked at; the smallest picture has 90."""

_UNMARKED: Final = 1_000
"""From so many on, no mark is needed: no text has a word like that."""

_RUNS: Final = re.compile(
    r"(?:(?<![A-Za-z0-9+/_\\-])|(?<=\\[nrtbf]))" rf"[A-Za-z0-9+/_-]{{{_RUN - 2},}}={{0,2}}"
)
"""Not from the letter of an escape on, where one stands before."""

_DATA_URL: Final = re.compile(
    r"data:([A-Za-z0-9.+-]+/[A-Za-z0-9.+-]+)?(?:;[A-Za-z0-9=._-]+)*;base64,\Z"
)
_ENTRY: Final = re.compile(
    r"""(?:data|content|b64_json|bytes|blob|file_data|image|audio)\\*["']\s*:\s*b?\\*["']\Z"""
)
_SAYS_SO: Final = re.compile(
    r"base64|inline_?data|input_audio|blob|b64_json|mime_?type|media_?type|file_data",
    re.IGNORECASE,
)
"""What an object with an entry of base64 says: Anthropic's, Gemini's, OpenAI's, GenAI's."""

_NEAR: Final = 160

_SIGNATURES: Final = (
    ("iVBORw0KGgo", "image/png"),
    ("/9j/", "image/jpeg"),
    ("R0lGOD", "image/gif"),
    ("UklGR", "image/webp"),
    ("JVBERi0", "application/pdf"),
    ("SUQz", "audio/mpeg"),
    ("T2dnUw", "audio/ogg"),
    ("ZkxhQw", "audio/flac"),
    ("UEsDB", "application/zip"),
)
"""How base64 begins of the files that models are sent."""

_TYPE: Final = re.compile(r"\b((?:image|audio|video|application|text|font)/[A-Za-z0-9.+-]{1,60})")
_FORMAT: Final = re.compile(r"""format\\*["']\s*:\s*\\*["'](wav|mp3|flac|opus|pcm16)""")
_UNKNOWN: Final = "application/octet-stream"


def without_media(text: str) -> str:
    """Return *text* with base64 replaced by notes; *text* itself when it has none.

    In a ``data:`` URL, which keeps its start, and in an object that says that it holds base64,
    any run of 64 characters is; elsewhere from 1,000 on, if it begins like a file, or has
    capitals, small letters and digits. JSON stays JSON. Linear in the length.
    """
    return _RUNS.sub(_replaced, text)


def may_hold_media(its_shape: bytes) -> bool:
    """Tell whether without_media() might find something in a text of this shape."""
    return has_value(its_shape, _RUN - 2) or has_run(its_shape, _UNMARKED)


def described(mime_type: str, content: bytes) -> str:
    """Return the note that stands in the place of *content*."""
    import hashlib  # with OpenSSL, which takes 2 ms to load, for media alone

    digest = hashlib.sha256(content).hexdigest()
    return f"[{mime_type}, {len(content)} bytes, sha256 {digest}]"


def _replaced(found: Match[str]) -> str:
    data, start = found[0], found.start()
    before = found.string[max(0, start - _NEAR) : start]
    url = _DATA_URL.search(before)
    if url is not None:
        return _note(url[1] or _mime_type(data, ""), data)
    around = before + found.string[found.end() : found.end() + _NEAR]
    is_marked = _ENTRY.search(before) is not None and _SAYS_SO.search(around) is not None
    if (is_marked or len(data) >= _UNMARKED) and _is_mixed(data[:400]):
        return _note(_mime_type(data, around), data)
    return data


def _is_mixed(data: str) -> bool:
    """Tell whether *data* looks like base64, not like a word or a line of x."""
    if data.startswith(tuple(signature for signature, _ in _SIGNATURES)):
        return True
    kinds: Any = (str.isupper, str.islower, str.isdigit)
    return all(any(map(kind, data)) for kind in kinds)


def _mime_type(data: str, around: str) -> str:
    for signature, mime_type in _SIGNATURES:
        if data.startswith(signature):
            return mime_type
    found = _TYPE.search(around)
    if found is not None:
        return found[1]
    sound = _FORMAT.search(around)
    return _UNKNOWN if sound is None else f"audio/{sound[1]}"


def _note(mime_type: str, data: str) -> str:
    plain = data.rstrip("=").replace("-", "+").replace("_", "/")
    plain = plain[: len(plain) - (len(plain) % 4 == 1)]
    return described(mime_type, b64decode(plain + "=" * (-len(plain) % 4)))
