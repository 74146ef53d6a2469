"""Which TracerProviders a program has, and which processors they were given.

Processors are a provider's own business: nothing public tells them. So a program that is
diagnosed from its first line has ``add_span_processor`` watched; in one that is running
already, only that a SessionSpanProcessor exists is known.
"""

from __future__ import annotations

import functools
import gc
import weakref
from collections.abc import Callable
from typing import Any

from opentelemetry.sdk.trace import SpanProcessor, TracerProvider

from otel_helisession.diagnosis.watcher import WatchingSpanProcessor

_watched: weakref.WeakKeyDictionary[Any, list[str]] = weakref.WeakKeyDictionary()
"""Providers that have our watcher, with the processors that they were given since."""

_originals: tuple[Callable[..., None], Callable[..., None]] | None = None
"""``TracerProvider``'s own ``__init__`` and ``add_span_processor``, while they are watched."""


def class_name(thing: object) -> str:
    """Return the full name of the class of *thing*."""
    kind = type(thing)
    return f"{kind.__module__}.{kind.__qualname__}"


def watch(provider: Any) -> None:
    """Have the spans of *provider* counted, if it is the SDK's and is not watched yet."""
    if not isinstance(provider, TracerProvider) or provider in _watched:
        return
    if not hasattr(provider, "resource"):  # being made right now
        return
    _watched[provider] = []
    add = _originals[1] if _originals is not None else TracerProvider.add_span_processor
    add(provider, WatchingSpanProcessor(class_name(provider)))


def watch_existing() -> None:
    """Watch every provider that there is."""
    for provider in instances(TracerProvider):
        watch(provider)


def watch_all() -> None:
    """Watch every provider from its beginning, and what it is given. Before a program starts."""
    global _originals
    watch_existing()
    if _originals is not None:
        return
    _originals = initialise, add = TracerProvider.__init__, TracerProvider.add_span_processor

    @functools.wraps(initialise)
    def watched_init(self: Any, *args: Any, **kwargs: Any) -> None:
        initialise(self, *args, **kwargs)
        watch(self)

    @functools.wraps(add)
    def watched_add(self: Any, span_processor: SpanProcessor) -> None:
        add(self, span_processor)
        _watched.setdefault(self, []).append(type(span_processor).__name__)

    TracerProvider.__init__ = watched_init  # type: ignore[method-assign]
    TracerProvider.add_span_processor = watched_add  # type: ignore[method-assign]


def unwatch() -> None:
    """Put back what watch_all() replaced. Watchers stay where they are, idle."""
    global _originals
    if _originals is not None:
        TracerProvider.__init__ = _originals[0]  # type: ignore[method-assign]
        TracerProvider.add_span_processor = _originals[1]  # type: ignore[method-assign]
        _originals = None


def watching_all() -> bool:
    """Tell whether providers are watched from their beginning."""
    return _originals is not None


def processors(provider: Any) -> tuple[str, ...]:
    """Return the classes of the processors that *provider* is known to have been given."""
    return tuple(_watched.get(provider, ()))


def instances(kind: type) -> list[Any]:
    """Return the objects of *kind* that are alive. About 50 ms."""
    return [found for found in gc.get_objects() if kind in type(found).__mro__]
