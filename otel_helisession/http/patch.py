"""Our place in httpx and httpx2: around ``Client.send`` and ``AsyncClient.send``.

Every request of every client goes through these two public methods, whatever its transport
and whenever it was made. Each package is patched when the program imports it, so that
nobody pays for the import of the other one.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

from otel_helisession.guard import caught
from otel_helisession.http.package import NAMES, Package
from otel_helisession.http.sending import begin

_patched: dict[type, tuple[Any, Any]] = {}
"""Client classes: their own ``send``, and ours around it."""


def apply() -> None:
    """Patch what is imported, and the rest when it is. Again: only what is not patched yet."""
    for name in NAMES:
        module = sys.modules.get(name)
        if module is not None:
            _patch(module)
    if _watch not in sys.meta_path:
        sys.meta_path.insert(0, _watch)


def remove() -> None:
    """Put back what was there. Where others have wrapped our ``send``, it stays and is idle."""
    if _watch in sys.meta_path:
        sys.meta_path.remove(_watch)
    for client, (original, ours) in list(_patched.items()):
        if client.__dict__.get("send") is ours:
            client.send = original  # type: ignore[attr-defined]
        del _patched[client]


def _patch(module: ModuleType) -> None:
    if not hasattr(module, "AsyncClient"):  # being imported right now, or not httpx
        return
    package = Package(module)
    for client, wrap in ((module.Client, _around), (module.AsyncClient, _around_async)):
        original = client.__dict__["send"]
        if client in _patched and original is _patched[client][1]:
            continue
        ours = wrap(original, package)
        _patched[client] = (original, ours)
        client.send = ours


def _around(original: Callable[..., Any], package: Package) -> Callable[..., Any]:
    @functools.wraps(original)
    def send(self: Any, request: Any, **options: Any) -> Any:
        sending = begin(self, request, package, asynchronous=False)
        if sending is None:
            return original(self, request, **options)
        with sending:
            response = original(self, request, **options)
        sending.answered(response)
        return response

    return send


def _around_async(original: Callable[..., Any], package: Package) -> Callable[..., Any]:
    @functools.wraps(original)
    async def send(self: Any, request: Any, **options: Any) -> Any:
        sending = begin(self, request, package, asynchronous=True)
        if sending is None:
            return await original(self, request, **options)
        with sending:
            response = await original(self, request, **options)
        sending.answered(response)
        return response

    return send


class _Watch(MetaPathFinder):
    """Patches a package right after the program has imported it."""

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name not in NAMES:
            return None
        for finder in sys.meta_path:
            spec = None if finder is self else finder.find_spec(name, path, target)
            if spec is not None:
                if spec.loader is not None:
                    _patch_after(spec.loader, name)
                return spec
        return None


def _patch_after(loader: Loader, name: str) -> None:
    """Let this *loader*, which is one module's own, patch the module once it is executed."""
    execute = loader.exec_module

    def exec_module(module: ModuleType) -> None:
        execute(module)
        if module.__name__ == name and _watch in sys.meta_path:
            try:
                _patch(module)
            except Exception as error:
                caught(f"instrumenting {name}", error)

    try:
        loader.exec_module = exec_module  # type: ignore[method-assign]
    except AttributeError:  # a loader without a dict, of no importer that is known
        return


_watch = _Watch()
