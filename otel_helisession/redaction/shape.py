"""The shape of a text: where characters of keys stand, at the price of one look at each.

Most texts have no long run of them, and then most searches for keys can be left out.
"""

from __future__ import annotations

from typing import Final

_OF_KEYS: Final = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_+/=.~"
_OPENING: Final = b"\"',"
_TABLE: Final = bytes(
    ord("x") if one in _OF_KEYS else ord('"') if one in _OPENING else ord(" ") for one in range(256)
)


def shape(text: str) -> bytes:
    """Return an ``x`` for each character of base64 or of a key, a ``"`` for what stands before
    values (quotes and the comma of a ``data:`` URL), and blanks for others."""
    return text.encode("utf-8", "replace").translate(_TABLE)


def has_run(shape: bytes, length: int) -> bool:
    """Tell whether so many characters of keys stand beside each other."""
    return b"x" * length in shape


def has_value(shape: bytes, length: int) -> bool:
    """Tell whether so many characters of keys stand behind what stands before values."""
    return b'"' + b"x" * length in shape
