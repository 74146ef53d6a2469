"""What the attacks share: a key that must not be seen, and who looks for it."""

from __future__ import annotations

import gc
import logging
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

KEY = "sk-helicone-0000000-1111111-2222222-3333333"
SECRETS = ("1111111", "hunter2", "c2VjcmV0")
"""A part of the key, a password, and a login as it is sent: none of them may be seen."""


def seen_in(text: str) -> list[str]:
    """Return the secrets that *text* shows."""
    return [secret for secret in SECRETS if secret in text]


def held_by(root: object) -> Iterator[Any]:
    """Return all objects of ours that *root* leads to, itself included."""
    seen: set[int] = set()
    waiting = [root]
    while waiting:
        one = waiting.pop()
        if id(one) in seen or isinstance(one, (type, ModuleType, logging.Logger)):
            continue
        seen.add(id(one))
        ours = type(one).__module__.startswith("otel_helisession")
        if ours:
            yield one
        if ours or isinstance(one, (dict, list, tuple, set, frozenset)):
            waiting += gc.get_referents(one)


def files_with_secrets(folder: Path) -> list[str]:
    """Return the files below *folder* that show a secret."""
    return [
        path.name
        for path in folder.rglob("*")
        if path.is_file() and seen_in(path.read_bytes().decode("latin-1"))
    ]
