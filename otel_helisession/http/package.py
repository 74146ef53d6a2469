"""httpx or httpx2: two packages that have the same names, and no classes in common."""

from __future__ import annotations

from types import ModuleType
from typing import Any, Final

from otel_helisession.http.tee import AsyncTee, SyncTee

NAMES: Final = ("httpx", "httpx2")


class Package:
    """One of the two, imported.

    Attributes:
        module: The package itself.
        sync_tee: The tee that is a stream of its Client.
        async_tee: The tee that is a stream of its AsyncClient.
    """

    def __init__(self, module: ModuleType) -> None:
        self.module: Any = module
        self.sync_tee: Any = type("SyncTee", (SyncTee, self.module.SyncByteStream), {})
        self.async_tee: Any = type("AsyncTee", (AsyncTee, self.module.AsyncByteStream), {})
